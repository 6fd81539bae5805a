"""The shape of programs.yaml: what can be claimed, and what a proof of it must show."""

from typing import Literal

from pydantic import Field

from portal.rulebook.models import Code, Strict, Text


class SolutionArea(Strict):
    label: Text
    means: Text
    unit: list[Literal["tenant", "product", "subscription"]]  # what an association unit consists of
    needs_technical_contact: bool = False


class Named(Strict):
    label: Text
    means: Text


class Activity(Strict):
    label: Text
    solution_area: Code
    engagement: Code
    means: Text
    can_earn: bool
    counts_for: Text
    customer_reads: Text | None = None  # what the partner does, told to the customer whom it does it for
    needs_subscription: bool = False
    source: Text | None = None


class Product(Strict):
    label: Text
    solution_area: Code


class PoeElement(Named):
    """Something that a proof of execution must show."""

    activities: list[Code] = Field(default_factory=list)  # those it is asked for; without any, all of them
    source: list[Text] = Field(default_factory=list)  # the clauses of the written source, quoted


# What every template said before rule files named it; claims are pinned to such versions.
FIRST_INTRODUCTION = (
    "The tables are filled with what the claim says. Where they say (fill in), write what is missing.",
    "Write under each heading what it asks for, and delete the words in italics.",
    "Then have the customer sign, and upload this document to the claim.",
)
FIRST_ACKNOWLEDGMENT = (
    "The customer confirms that the partner named in this document did the work that it describes, "
    "for the products that it names."
)


class ProofTemplate(Strict):
    """What the template of a proof says around the claim."""

    introduction: list[Text] = Field(min_length=1)  # how to fill it in, sentence by sentence
    acknowledgment: Text  # what the customer signs


def _first_template() -> ProofTemplate:
    return ProofTemplate(introduction=list(FIRST_INTRODUCTION), acknowledgment=FIRST_ACKNOWLEDGMENT)


class ProgramsFile(Strict):
    solution_areas: dict[Code, SolutionArea]
    engagements: dict[Code, Named]
    activities: dict[Code, Activity]
    products: dict[Code, Product]
    poe_elements: dict[Code, PoeElement]
    proof_template: ProofTemplate = Field(default_factory=_first_template)

    def product_label(self, code: str) -> str:
        """Return what a product is called; its code where a draft still has one that was taken out."""
        return self.products[code].label if code in self.products else code

    def poe_elements_of(self, activity: str | None) -> tuple[PoeElement, ...]:
        """Return what a proof must show for `activity`; before one is chosen, what every proof must show."""
        elements = self.poe_elements.values()
        return tuple(one for one in elements if not one.activities or activity in one.activities)
