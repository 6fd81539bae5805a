"""The rules of one question as they are decided: written ones, and those that follow from the lifecycle."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from portal.rulebook import built_in_texts as texts
from portal.rulebook import closed_names as closed
from portal.rulebook.condition_types import Condition
from portal.rulebook.conditions import negated
from portal.rulebook.documents import Path
from portal.rulebook.models import Rule, Scope, Transition
from portal.rulebook.parts import Parts
from portal.rulebook.templates import facts_in
from portal.rulebook.vocabulary import Vocabulary

_ALWAYS = "true"
Said = Callable[[], str]


@dataclass(frozen=True)
class AskedRule:
    """One rule of one question, ready to be decided: it fires where its condition holds.

    `file` and `path` lead to where it is written; a rule that follows from a transition leads to
    what it follows from. `written` is False for those. `said` words it in the language being spoken,
    for a rule is kept longer than one reader needs it. `looks_for` says what a rule that is not written
    wants to be so, for whoever reads which rules were asked and did not refuse.
    """

    code: str
    said: Said = field(compare=False)
    condition: Condition
    file: str
    path: Path
    scope: Scope = "claim"
    source: str | None = None
    instead: str | None = None
    outcome: str | None = None
    rank: int = 0
    written: bool = False
    looks_for: Said | None = field(compare=False, default=None)

    @property
    def say(self) -> str:
        """Its text, with its placeholders as they are."""
        return self.said()

    @property
    def reads_input(self) -> bool:
        return any(fact.startswith("input.") for fact in self.condition.facts)

    @property
    def facts(self) -> frozenset[str]:
        """The facts that the rule needs to be decided and said, its item's name included."""
        named = frozenset() if self.scope == "claim" else frozenset((f"{self.scope}.name",))
        return self.condition.facts | facts_in(self.say) | named


class RuleMaker:
    """Makes the asked rules of one policy's questions."""

    def __init__(self, parts: Parts, vocabulary: Vocabulary) -> None:
        self._parts = parts
        self._vocabulary = vocabulary

    def written(self, file: str, path: Path, rule: Rule, scope: Scope, asks: frozenset[str]) -> AskedRule:
        """Return the asked rule of a rule in a file; `scope` is the question's own."""
        if rule.when is not None:
            condition = self._vocabulary.parse(rule.when, asks)
        else:
            condition = negated(self._vocabulary.parse(rule.unless or "", asks))
        return AskedRule(
            rule.id,
            lambda: rule.say,
            condition,
            file,
            path,
            rule.for_each or scope,
            rule.source,
            rule.instead,
            rule.outcome,
            rule.rank or 0,
            written=True,
        )

    def of_lifecycle(self, name: str, transition: Transition) -> Iterator[AskedRule]:
        """Yield what refuses a transition before any written rule: the status, and who acts."""
        path: Path = ("transitions", name)
        looks_for = partial(texts.right_status, self._possible(transition))
        yield self._made(
            closed.WRONG_STATUS, *self._status(transition), (*path, "moves"), looks_for=looks_for
        )
        looks_for = partial(texts.right_person, transition.by, list(self._holding(transition).values()))
        yield self._made(
            closed.NO_PERMISSION, *self._permission(transition), (*path, "by"), looks_for=looks_for
        )

    def of_asks(self, name: str, transition: Transition) -> Iterator[AskedRule]:
        """Yield what refuses a form that does not bring what the transition asks for."""
        path: Path = ("transitions", name, "asks")
        asks = frozenset(transition.asks)
        for ask_name, ask in transition.asks.items():
            if ask.need == "required":
                said, text = partial(texts.nothing_given, {ask_name: ask}), f"!input.{ask_name}"
                yield self._made(f"{closed.MISSING}{ask_name}", text, said, (*path, ask_name), asks)
        one_of = {one: ask for one, ask in transition.asks.items() if ask.need == "one_of"}
        if one_of:
            text = " && ".join(f"!input.{one}" for one in one_of)
            yield self._made(closed.NOTHING_GIVEN, text, partial(texts.nothing_given, one_of), path, asks)

    def _made(
        self,
        code: str,
        text: str,
        said: Said,
        path: Path,
        asks: frozenset[str] = frozenset(),
        looks_for: Said | None = None,
    ) -> AskedRule:
        condition = self._vocabulary.parse(text, asks)
        return AskedRule(code, said, condition, "lifecycle.yaml", path, looks_for=looks_for)

    def _possible(self, transition: Transition) -> list[str]:
        """Return the labels of the statuses that it moves from; none where it begins a claim."""
        statuses = self._parts.lifecycle.statuses
        return [statuses[status].label for status in transition.moves if status != closed.NEW]

    def _holding(self, transition: Transition) -> dict[str, str]:
        """Return the roles that hold its permission, with their labels."""
        roles = self._parts.roles.roles
        return {name: role.label for name, role in roles.items() if transition.by in role.may}

    def _status(self, transition: Transition) -> tuple[str, Said]:
        label = transition.label
        moved = ", ".join(f'"{status}"' for status in transition.moves)
        condition = f"!({closed.STATUS} in [{moved}])"  # stays English: a condition
        if closed.NEW in transition.moves:
            return condition, partial(texts.begins_a_claim, label)
        return condition, partial(texts.wrong_status, label, self._possible(transition))

    def _permission(self, transition: Transition) -> tuple[str, Said]:
        label = transition.label
        if transition.by == closed.SYSTEM:
            return f'{closed.KIND} != "{closed.SYSTEM}"', partial(texts.by_the_portal, label)
        if transition.by == closed.CUSTOMER:
            return f'{closed.KIND} != "{closed.CUSTOMER}"', partial(texts.by_the_customer, label)
        holding = self._holding(transition)
        if not holding:
            return _ALWAYS, partial(texts.by_no_role, label)
        # stays English: a condition
        condition = " && ".join(f'!("{role}" in {closed.ROLES})' for role in holding)
        return condition, partial(texts.by_other_roles, label, list(holding.values()))
