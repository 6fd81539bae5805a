"""One rule, wherever it stands: its condition, its words, its source and the names in them, checked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.rulebook import closed_names as closed
from portal.rulebook.condition_types import And, Check, Condition, Node, Not, Or
from portal.rulebook.documents import Path
from portal.rulebook.models import Rule, Scope, Side
from portal.rulebook.notes import Notes
from portal.rulebook.parts import Parts
from portal.rulebook.problems import closest
from portal.rulebook.quoted_numbers import quoted_numbers
from portal.rulebook.templates import placeholders, stray_brace
from portal.rulebook.vocabulary import Vocabulary
from portal.rulebook.wording import listed

BOTH_SIDES: frozenset[Side] = frozenset(("partner", "operator"))


@dataclass(frozen=True)
class Setting:
    """Where a rule stands: what it may read besides facts, what it is decided for, who reads its words."""

    asks: frozenset[str] = frozenset()
    scope: Scope = "claim"
    readers: frozenset[Side] = BOTH_SIDES


class RuleChecks:
    """Checks of single rules and texts, against one policy."""

    def __init__(self, parts: Parts, vocabulary: Vocabulary, notes: Notes) -> None:
        self._parts = parts
        self._vocabulary = vocabulary
        self._notes = notes

    def rule(self, file: str, path: Path, rule: Rule, setting: Setting) -> None:
        """Check everything of `rule` but its id and outcome, which its neighbors decide."""
        notes = self._notes
        if rule.instead is not None:
            known = self._parts.lifecycle.transitions
            notes.unknown(file, (*path, "instead"), "transition", rule.instead, known)
        scope = rule.for_each or setting.scope
        if setting.scope != "claim" and scope != setting.scope:
            notes.problem(
                file,
                (*path, "for_each"),
                f"the question is decided for each {setting.scope} already: delete `for_each`",
            )
        self.text(file, (*path, "say"), rule.say, scope, setting.readers)
        if (rule.when is None) == (rule.unless is None):
            sentence = "a rule says one of `when` and `unless`, and never both: write the one that is meant"
            notes.problem(file, path, sentence)
            return
        key, text = ("when", rule.when) if rule.when is not None else ("unless", rule.unless)
        condition = notes.condition(
            file, (*path, key), text or "", self._vocabulary, setting.asks, negative=key == "unless"
        )
        if condition is not None:
            self._check_scope(file, (*path, key), condition, scope)
            self._check_source(file, path, rule, condition)

    def text(
        self,
        file: str,
        path: Path,
        text: str,
        scope: Scope,
        readers: frozenset[Side],
        besides: frozenset[str] = frozenset(),
    ) -> None:
        """Check the `{placeholders}` of a text that `readers` get to see; it may name `besides` too."""
        vocabulary, notes = self._vocabulary, self._notes
        stray = stray_brace(text)
        if stray is not None:
            sentence = "a brace without its other half: write {fact.name}, or no brace"
            notes.text(file, path, text, stray, sentence, None)
        values = {f"value.{name}" for name in vocabulary.values}
        for name, index in placeholders(text):
            if name in values | besides:
                continue
            if name not in vocabulary.facts:
                meant = closest(name, [*vocabulary.facts, *values, *besides])
                notes.text(file, path, text, index, f"unknown fact or value {{{name}}}", meant)
                continue
            of_scope = vocabulary.facts[name].scope
            if of_scope not in ("claim", scope):
                sentence = f"{name} differs by {of_scope}: add `for_each: {of_scope}`"
                notes.text(file, path, text, index, sentence, None)
            hidden = readers - vocabulary.seen_by(name)
            if hidden:
                reader = listed(sorted(hidden))
                sentence = f"{name} is not for a {reader} to see, who reads this: say it without the fact"
                notes.text(file, path, text, index, sentence, None)

    def unique(self, rules: Iterable[tuple[str, Path, Rule]], within: str, asks: Iterable[str] = ()) -> None:
        """Check that no two rules of one transition or question share an id, nor bear a reserved one."""
        seen: set[str] = set()
        missing = {f"{closed.MISSING}{ask}" for ask in asks}
        for file, path, rule in rules:
            reserved = rule.id in (closed.WRONG_STATUS, closed.NO_PERMISSION, closed.NOTHING_GIVEN)
            if reserved or rule.id in missing:
                self._notes.problem(
                    file, (*path, "id"), f"{rule.id} is an id that the rulebook itself gives: choose another"
                )
            if rule.id in seen:
                sentence = f"the id {rule.id} stands twice in {within}: rename one, for examples name it"
                self._notes.problem(file, (*path, "id"), sentence)
            seen.add(rule.id)

    def no_outcome(self, file: str, rules: Sequence[Rule], path: Path) -> None:
        """Check that refusals name no outcome: a refusal refuses."""
        for position, rule in enumerate(rules):
            for key in ("outcome", "rank"):
                if getattr(rule, key) is not None:
                    sentence = f"{key} belongs to the rules of questions; a refusal only refuses: delete it"
                    self._notes.problem(file, (*path, position, key), sentence, key=True)

    def _check_scope(self, file: str, path: Path, condition: Condition, scope: Scope) -> None:
        if condition.scope not in ("claim", scope):
            name = min(fact for fact, kind in condition.types.items() if kind.scope != "claim")
            sentence = f"{name} differs by {condition.scope}: add `for_each: {condition.scope}`"
            self._notes.problem(file, path, sentence)

    def _check_source(self, file: str, path: Path, rule: Rule, condition: Condition) -> None:
        """A value must be the number that the quoted clause says, or be decided here."""
        numbers = quoted_numbers(rule.source or "")
        if rule.decided or not numbers:
            return
        for name in sorted(_values_in(condition.root)):
            value = self._vocabulary.values.get(name.removeprefix("value."))
            if isinstance(value, int) and value not in numbers:
                quoted = listed([str(number) for number in sorted(numbers)])
                sentence = (
                    f"the source says {quoted}, but {name} is {value}: "
                    "correct one of them, or write `decided: true`"
                )
                self._notes.problem(file, (*path, "source"), sentence)


def _values_in(node: Node) -> frozenset[str]:
    if isinstance(node, Check):
        return frozenset((node.name,)) if node.name and node.name.startswith("value.") else frozenset()
    if isinstance(node, Not):
        return _values_in(node.item)
    if isinstance(node, And | Or):
        return frozenset[str]().union(*(_values_in(item) for item in node.items))
    return frozenset()
