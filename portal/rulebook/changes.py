"""Single changes of facts: who can make which now, in whose words, and the facts as they are afterwards."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from portal.languages.sentences import gettext
from portal.rulebook import closed_names as closed
from portal.rulebook.decision import Facts, Value
from portal.rulebook.models import Ask, Fact, Side
from portal.rulebook.vocabulary import Vocabulary
from portal.rulebook.wording import quoted, spoken

CLAIM = -1  # the item of a change of the claim itself
INPUT = "input."
REMOVED = "removed"  # stands for the fact in the key of a change that takes an item off
TIME = "time"  # who changes what changes by itself
CLOCK = "clock."

Key = tuple[str, int]  # a fact and the item it belongs to, or CLAIM


@dataclass(frozen=True)
class Change:
    """One thing to do: `who` (partner, operator, customer, time) does what `text` says, about `subject`.

    `item` is the position of the product in the facts that were decided; with `fact` REMOVED it is
    taken off the claim.
    """

    fact: str
    value: Value
    who: str
    text: str
    item: int = CLAIM
    subject: str | None = None

    @property
    def key(self) -> Key:
        return self.fact, self.item


Made = Mapping[Key, Change]


@dataclass(frozen=True)
class Possible:
    """What can be changed about one refused action, or one answer, by anybody who may act now.

    `constants` are the numbers that its rules hold each fact against. An answer may wait for `time`.
    """

    facts: Facts
    vocabulary: Vocabulary
    asks: Mapping[str, Ask]  # of the action's form
    editable: frozenset[str]  # the field groups that the claim's status opens
    ever_editable: frozenset[str]  # those that it opens, or any status that it can still come to
    customer_may_answer: bool
    reader: Side
    constants: Mapping[str, frozenset[int]]
    time: bool

    def after(self, made: Made) -> tuple[Facts, list[int]]:
        """Return the facts after all changes, and the old position of each product that is left."""
        left = [place for place in range(len(self.facts.products)) if (REMOVED, place) not in made]
        claim = {**self.facts.claim}
        for name, fact in self.vocabulary.facts.items():
            if fact.counts and isinstance(count := claim.get(name), int):
                claim[name] = count - (len(self.facts.products) - len(left))
        items = {place: {**self.facts.products[place]} for place in left}
        for change in made.values():
            if change.item == CLAIM:
                claim[change.fact] = change.value
            elif change.item in items and change.fact != REMOVED:
                items[change.item][change.fact] = change.value
        return Facts(claim, tuple(items.values()), self.facts.documents), left

    def of(self, names: Iterable[str], places: Sequence[int], made: Made, facts: Facts) -> list[Change]:
        """Return every change of one of the facts `names` that was not made yet, in a fixed order.

        Facts of products are changed for the products at `places`, which may also be taken off. Numbers
        are changed to what they are held against: the rules' constants, and each other as in `facts`.
        """
        found: list[Change] = []
        numbers = {value for name in names if isinstance(value := facts.claim.get(name), int)}
        for name in sorted(names):
            if name.startswith(INPUT):
                found += self._of_input(name)
                continue
            fact = self.vocabulary.facts[name]
            if name.startswith(CLOCK):
                found += self._of_clock(name, fact, facts.claim.get(name))
            elif fact.scope == "claim":
                found += self._of_fact(name, fact, CLAIM, facts.claim.get(name), numbers)
            else:
                for place in places:
                    found += self._of_fact(name, fact, place, self.facts.products[place].get(name), numbers)
        found += [change for place in places for change in self._removal(place)]
        return [change for change in found if change.key not in made]

    def is_fixed(self, name: str) -> bool:
        """Tell whether nobody can change the fact `name` of the claim any more, and nothing else does.

        Of a fact that the reader may not see, it is not told.
        """
        fact = self.vocabulary.facts.get(name)
        if fact is None or fact.scope != "claim" or fact.changes == closed.SYSTEM:
            return False
        if self.reader not in fact.seen_by:
            return False
        return fact.group is not None and fact.group not in self.ever_editable

    def _of_clock(self, name: str, fact: Fact, value: Value) -> Iterator[Change]:
        if self.time and value in closed.STILL_TO_END:
            text = gettext("“%(deadline)s” ends", deadline=fact.means)
            yield Change(name, closed.ENDED, TIME, text)

    def _of_input(self, name: str) -> Iterator[Change]:
        ask = self.asks[name.removeprefix(INPUT)]
        label = quoted([ask.label or spoken(name.removeprefix(INPUT))])
        if self.facts.claim.get(name):
            yield Change(name, False, self.reader, gettext("Leave out %(label)s", label=label))
        else:
            yield Change(name, True, self.reader, gettext("Give %(label)s", label=label))

    def _of_fact(
        self, name: str, fact: Fact, place: int, value: Value, numbers: set[int]
    ) -> Iterator[Change]:
        if fact.to_change is None or not self._may_be_changed(fact):
            return
        subject = None if place == CLAIM else self._name_of(place)
        if isinstance(value, frozenset):
            for near in _sets_near(value, self.vocabulary.codes(name)):
                brought = self.vocabulary.written(name, near - value) if near - value else None
                yield Change(name, near, fact.changes, fact.to_change, place, subject or brought)
            return
        for other in self._values(name, fact, value, numbers):
            yield Change(name, other, fact.changes, fact.to_change, place, subject)

    def _removal(self, place: int) -> Iterator[Change]:
        for fact in self.vocabulary.facts.values():
            if fact.to_remove is not None and self._may_be_changed(fact):
                yield Change(REMOVED, True, fact.changes, fact.to_remove, place, self._name_of(place))

    def _may_be_changed(self, fact: Fact) -> bool:
        if self.reader not in fact.seen_by or fact.changes in ("system", "nobody"):
            return False
        if fact.changes == closed.CUSTOMER:
            return self.customer_may_answer
        return fact.group is None or fact.group in self.editable

    def _values(self, name: str, fact: Fact, value: Value, numbers: set[int]) -> Iterator[Value]:
        if fact.type == "bool":
            yield not value
        elif fact.type == "choice" and fact.scope == "claim":
            yield from (code for code in self.vocabulary.codes(name) if code != value)
        elif fact.type == "int" and isinstance(value, int):
            against = self.constants.get(name, frozenset()) | numbers
            low, high = fact.range or (0, max(against) + 1)
            near = {number + step for number in against for step in (-1, 0, 1)}
            fitting = [one for one in near if one != value and low <= one <= high]
            yield from sorted(fitting, key=lambda one: (abs(one - value), one))

    def _name_of(self, place: int) -> str | None:
        name = self.facts.products[place].get("product.name")
        return name if isinstance(name, str) else None


def _sets_near(value: frozenset[str], codes: Sequence[str]) -> Iterator[frozenset[str]]:
    """Yield the sets that have one code more, one less, or one alone; what is added stands in its order."""
    found = [value | {code} for code in codes]
    found += [value - {code} for code in codes]
    found += [frozenset((code,)) for code in codes]
    yield from (one for one in dict.fromkeys(found) if one != value)
