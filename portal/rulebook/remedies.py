"""What would change a refusal or an answer: the smallest joint change by those who may act, decided again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from portal.rulebook import closed_names as closed
from portal.rulebook.axioms import Axioms
from portal.rulebook.changes import Change, Key, Made, Possible
from portal.rulebook.condition_types import Always, Check, Node, Not
from portal.rulebook.decision import Decision, Facts, Value
from portal.rulebook.models import Side
from portal.rulebook.parts import Parts
from portal.rulebook.python_evaluator import check_holds
from portal.rulebook.questions import AskedQuestion
from portal.rulebook.vocabulary import Vocabulary
from portal.rulebook.wording import quoted

# Up to this many changes all combinations are looked at; beyond, as far as the tries below go.
CHANGES_IN_FULL = 3
# A draft in which nothing is filled in yet needs one change for nearly every rule of its submission.
CHANGES_AT_MOST = 12
# A try takes about 0.1 ms, and a page may need a dozen searches; most end after fewer than twenty tries.
TRIES_AT_MOST = 2000


@dataclass(frozen=True)
class Remedy:
    """Changes that together bring what is wanted, as few as possible; each says who does what.

    Without any, nothing ever brings it: `fixed` are the facts, in words, that decide it and change no more.
    """

    changes: tuple[Change, ...]
    fixed: str = ""


@dataclass
class _Search:
    """One search. `dead` holds what was tried in vain: the changes made, and how many more were allowed."""

    question: str
    possible: Possible
    tries: int = 0
    dead: set[tuple[frozenset[tuple[Key, Value]], int]] = field(default_factory=set)


class Remedies:
    """Finds changes under one policy that would end a refusal. Immutable, safe between threads."""

    def __init__(
        self,
        asked: Mapping[str, AskedQuestion],
        parts: Parts,
        axioms: Axioms,
        vocabulary: Vocabulary,
    ) -> None:
        self._asked = asked
        self._lifecycle, self._questions = parts.lifecycle, parts.policy.questions
        self._axioms = axioms
        self._vocabulary = vocabulary

    def find(self, decision: Decision, reader: Side) -> Remedy | None:
        """Return one smallest joint change after which it is decided as wanted, None without one.

        Of a transition it is wanted that it be allowed, of a question what its `wanted` says; of one that
        says nothing, nothing is. `reader` is the side it is shown to: a fact that this side may not see is
        changed by nobody. By plain Python alone; the caller decides the result again by both evaluators.
        """
        if self.is_as_wanted(decision):
            return None
        search = _Search(decision.question, self._possible(decision, reader))
        for depth in range(1, CHANGES_AT_MOST + 1):
            found = self._within(search, {}, depth, in_full=depth <= CHANGES_IN_FULL)
            if found is not None:
                return Remedy(tuple(found.values()))
            if search.tries >= TRIES_AT_MOST and depth >= CHANGES_IN_FULL:
                return None
        return self._never(search)

    def is_as_wanted(self, decision: Decision) -> bool:
        """Tell whether there is nothing to look for: it is decided as wanted, or nothing else is wanted."""
        if decision.question in self._lifecycle.transitions:
            return decision.allowed
        return self._questions[decision.question].wanted in (None, decision.outcome)

    def after(self, decision: Decision, remedy: Remedy, reader: Side) -> Facts:
        """Return the facts as they are when every change of `remedy` was made."""
        made = {change.key: change for change in remedy.changes}
        return self._possible(decision, reader).after(made)[0]

    def _possible(self, decision: Decision, reader: Side) -> Possible:
        transition = self._lifecycle.transitions.get(decision.question)
        status = str(decision.facts.claim.get(closed.STATUS))
        known = self._lifecycle.statuses
        answers = [row.moves for row in self._lifecycle.transitions.values() if row.by == closed.CUSTOMER]
        return Possible(
            decision.facts,
            self._vocabulary,
            transition.asks if transition else {},
            frozenset(known[status].editable if status in known else ()),
            frozenset(chain.from_iterable(known[one].editable for one in self._to_come(status))),
            any(status in moves for moves in answers),
            reader,
            self._constants(decision.question),
            time=transition is None,
        )

    def _to_come(self, status: str) -> frozenset[str]:
        """Return `status` and every status that a claim in it can still come to; all where it is unknown."""
        known = frozenset(self._lifecycle.statuses)
        if status not in known:
            return known
        found, waiting = {status}, [status]
        while waiting:
            here = waiting.pop()
            ends = {row.moves[here] for row in self._lifecycle.transitions.values() if here in row.moves}
            waiting += (ends & known) - found
            found |= ends & known
        return frozenset(found)

    def _never(self, search: _Search) -> Remedy | None:
        """Return that nothing brings the wanted answer, where that is certain: a reason's facts are fixed.

        Of an action that is refused it is not said, for a reason may go when the claim moves on.
        """
        if search.question in self._lifecycle.transitions:
            return None
        facts = search.possible.facts
        for root, item in self._firing(search.question, facts):
            names = frozenset(chain.from_iterable(check.facts for check in _holding(root, True, facts.claim)))
            if item < 0 and names and all(search.possible.is_fixed(name) for name in names):
                return Remedy((), quoted([self._vocabulary.meaning(name) for name in sorted(names)]))
        return None

    def _constants(self, question: str) -> Mapping[str, frozenset[int]]:
        found: dict[str, set[int]] = {}
        transition = self._lifecycle.transitions.get(question)
        for name in (question, *(transition.requires if transition else ())):
            for rule in self._asked[name].rules:
                for check in _checks(rule.condition.root):
                    if isinstance(check.against, int):
                        found.setdefault(check.fact, set()).add(check.against)
        return {name: frozenset(values) for name, values in found.items()}

    def _within(
        self, search: _Search, made: dict[Key, Change], depth: int, *, in_full: bool
    ) -> dict[Key, Change] | None:
        """Return `made` and at most `depth` further changes that together suffice, or None."""
        state = frozenset((key, change.value) for key, change in made.items()), depth
        if state in search.dead or (search.tries >= TRIES_AT_MOST and not in_full):
            return None
        search.tries += 1
        blocking = list(self._blocking(search, made))
        if not blocking:
            return made
        if depth and _needed_at_least(blocking) <= depth:
            # One of the changes that end a reason belongs to every solution; the fewest are tried first.
            for change in min(blocking, key=len):
                found = self._within(search, {**made, change.key: change}, depth - 1, in_full=in_full)
                if found is not None:
                    return found
        search.dead.add(state)
        return None

    def _blocking(self, search: _Search, made: Made) -> Iterator[list[Change]]:
        """Yield for each reason that still refuses the changes of which one must be made to end it."""
        facts, left = search.possible.after(made)
        broken = self._axioms.broken(facts)
        if broken is not None:
            yield search.possible.of(broken, left, made, facts)
            return
        for root, item in self._firing(search.question, facts):
            merged = facts.claim if item < 0 else {**facts.claim, **facts.products[item]}
            names = frozenset(chain.from_iterable(check.facts for check in _holding(root, True, merged)))
            yield search.possible.of(names, [] if item < 0 else [left[item]], made, facts)

    def _firing(self, question: str, facts: Facts) -> Iterator[tuple[Node, int]]:
        """Yield the condition of every rule in the way, with the position of its product, -1 for none."""
        transition = self._lifecycle.transitions.get(question)
        wanted_of: dict[str, str | None] = dict(transition.requires) if transition else {}
        if transition:
            for one in self._asked[question].fired(facts, engine=False)[0]:
                yield one.rule.condition.root, one.item
        else:
            wanted_of[question] = self._questions[question].wanted
        for name, wanted in wanted_of.items():
            for one in self._asked[name].fired(facts, engine=False)[0]:
                if one.rule.outcome != wanted:
                    yield one.rule.condition.root, one.item


def _checks(node: Node) -> Iterator[Check]:
    if isinstance(node, Check):
        yield node
    elif isinstance(node, Not):
        yield from _checks(node.item)
    elif not isinstance(node, Always):
        for item in node.items:
            yield from _checks(item)


def _holding(node: Node, holds: bool, facts: Mapping[str, Value]) -> Iterator[Check]:
    """Yield the checks that are as the condition wants them: for it to fail, one of them has to change."""
    if isinstance(node, Check):
        if check_holds(node)(facts) == holds:
            yield node
    elif isinstance(node, Not):
        yield from _holding(node.item, not holds, facts)
    elif not isinstance(node, Always):
        for item in node.items:
            yield from _holding(item, holds, facts)


def _needed_at_least(blocking: list[list[Change]]) -> int:
    """Return how many changes are needed at least: reasons without a change in common."""
    seen: set[Key] = set()
    count = 0
    for choices in sorted(blocking, key=len):
        keys = {change.key for change in choices}
        if not keys & seen:
            seen |= keys
            count += 1
    return count
