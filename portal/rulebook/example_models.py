"""The shapes of the example files: complete base cases, and examples that change one of them."""

from pydantic import Field

from portal.rulebook.models import Code, FactName, Strict, Text


class BaseCase(Strict):
    """A complete claim that examples begin with; products and documents hold the facts of one item each."""

    means: Text
    facts: dict[FactName, object]
    products: list[dict[FactName, object]] = Field(default_factory=list)
    documents: list[dict[FactName, object]] = Field(default_factory=list)


class CasesFile(Strict):
    """examples/cases.yaml: the base cases, and who acts."""

    cases: dict[Text, BaseCase]
    people: dict[Text, list[Code]]  # "a partner" → roles; `system` and `customer` are reserved


class Example(Strict):
    """One question about a base case with a few changes, and the answer expected."""

    name: Text
    question: Code
    given: Text
    but: dict[FactName, object] = Field(default_factory=dict)
    product: dict[FactName, object] = Field(default_factory=dict)  # overrides of every product
    by: Text | None = None
    form: dict[Code, object] = Field(default_factory=dict)
    expect: Code  # allowed, refused, or an outcome of the question
    because: list[Code] = Field(default_factory=list)


class ExamplesFile(Strict):
    """Any other file of examples/."""

    examples: list[Example]
