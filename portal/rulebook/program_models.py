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
    needs_subscription: bool = False
    source: Text | None = None


class Product(Strict):
    label: Text
    solution_area: Code


class PoeElement(Named):
    """Something that a proof of execution must show."""

    activities: list[Code] = Field(default_factory=list)  # those it is asked for; without any, all of them
    source: list[Text] = Field(default_factory=list)  # the clauses of the written source, quoted


class ProofTemplate(Strict):
    """What the template of a proof says around the claim; what is not said is left out."""

    introduction: list[Text] = Field(default_factory=list)  # how to fill it in, sentence by sentence
    acknowledgment: str = ""  # what the customer signs


class ProgramsFile(Strict):
    solution_areas: dict[Code, SolutionArea]
    engagements: dict[Code, Named]
    activities: dict[Code, Activity]
    products: dict[Code, Product]
    poe_elements: dict[Code, PoeElement]
    proof_template: ProofTemplate = Field(default_factory=ProofTemplate)  # versions before it had none

    def product_label(self, code: str) -> str:
        """Return what a product is called; its code where a draft still has one that was taken out."""
        return self.products[code].label if code in self.products else code

    def poe_elements_of(self, activity: str | None) -> tuple[PoeElement, ...]:
        """Return what a proof must show for `activity`; before one is chosen, what every proof must show."""
        elements = self.poe_elements.values()
        return tuple(one for one in elements if not one.activities or activity in one.activities)
