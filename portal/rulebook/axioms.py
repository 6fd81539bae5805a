"""What is true of every claim: types, codes, ranges and the vocabulary's `always`, held against facts."""

from collections.abc import Iterator, Mapping

from portal.rulebook.conditions import compile_python
from portal.rulebook.decision import CouldNotBeDecided, Facts, Value
from portal.rulebook.models import Axiom
from portal.rulebook.typed_facts import IllTyped, require
from portal.rulebook.vocabulary import Vocabulary


class Axioms:
    """Refuses facts that no claim can have, for proofs assume that there are none. Immutable."""

    def __init__(self, vocabulary: Vocabulary, always: list[Axiom]) -> None:
        self._vocabulary = vocabulary
        parsed = [(axiom.id, vocabulary.parse(axiom.when)) for axiom in always]
        self._always = [(name, one.scope, one.facts, compile_python(one)) for name, one in parsed]

    def require(self, question: str, facts: Facts) -> None:
        """Raise CouldNotBeDecided where the facts that are there break an axiom or are ill-typed.

        Facts that the vocabulary does not know are left alone, and so is an axiom some fact of
        which is missing or absent.
        """
        for _, own, _ in _all(facts):
            self._require_each(question, own)
        for name, _ in self._broken(facts):
            raise CouldNotBeDecided(question, f"the facts break the axiom {name}")

    def broken(self, facts: Facts) -> frozenset[str] | None:
        """Return the facts of the first axiom that does not hold of well-typed facts, None where all do."""
        return next((needed for _, needed in self._broken(facts)), None)

    def _broken(self, facts: Facts) -> Iterator[tuple[str, frozenset[str]]]:
        for scope, _, found in _all(facts):
            for name, of_scope, needed, holds in self._always:
                given = of_scope == scope and all(found.get(fact) is not None for fact in needed)
                if given and not holds(found):
                    yield name, needed

    def _require_each(self, question: str, facts: Mapping[str, Value]) -> None:
        vocabulary = self._vocabulary
        known = [name for name in facts if name in vocabulary.types]
        try:
            require(vocabulary.types, known, facts)
        except IllTyped as error:
            raise CouldNotBeDecided(question, str(error)) from None
        for name in known:
            value, range_ = facts[name], vocabulary.facts[name].range
            if range_ is not None and isinstance(value, int) and not range_[0] <= value <= range_[1]:
                raise CouldNotBeDecided(question, f"fact {name} is out of its range")


def _all(facts: Facts) -> Iterator[tuple[str, Mapping[str, Value], Mapping[str, Value]]]:
    """Yield the claim and each of its items: scope, own facts, and own facts with the claim's."""
    yield "claim", facts.claim, facts.claim
    for scope, items in (("product", facts.products), ("document", facts.documents)):
        for item in items:
            yield scope, item, {**facts.claim, **item}
