"""The rules of one question as they are decided: written ones, and those that follow from the lifecycle."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from portal.rulebook import closed_names as closed
from portal.rulebook.condition_types import Condition
from portal.rulebook.conditions import negated
from portal.rulebook.documents import Path
from portal.rulebook.models import Ask, Rule, Scope, Transition
from portal.rulebook.parts import Parts
from portal.rulebook.templates import facts_in
from portal.rulebook.vocabulary import Vocabulary
from portal.rulebook.wording import listed, quoted, spoken

_ALWAYS = "true"
# What a person does to give what an ask of each type asks for; the ask's label follows in quotes.
_TO_GIVE: Mapping[str, str] = {
    "text": "write something under",
    "documents": "choose a file under",
    "codes": "choose at least one under",
    "products": "choose at least one product under",
    "location": "choose a location under",
    "person": "choose a person under",
    "date": "enter a date under",
    "fields": "fill in the fields under",
}


@dataclass(frozen=True)
class AskedRule:
    """One rule of one question, ready to be decided: it fires where its condition holds.

    `file` and `path` lead to where it is written; a rule that follows from a transition leads to
    what it follows from. `written` is False for those.
    """

    code: str
    say: str
    condition: Condition
    file: str
    path: Path
    scope: Scope = "claim"
    source: str | None = None
    instead: str | None = None
    outcome: str | None = None
    rank: int = 0
    written: bool = False

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
            rule.say,
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
        yield self._made(closed.WRONG_STATUS, *self._status(transition), (*path, "moves"))
        yield self._made(closed.NO_PERMISSION, *self._permission(transition), (*path, "by"))

    def of_asks(self, name: str, transition: Transition) -> Iterator[AskedRule]:
        """Yield what refuses a form that does not bring what the transition asks for."""
        path: Path = ("transitions", name, "asks")
        asks = frozenset(transition.asks)
        for ask_name, ask in transition.asks.items():
            if ask.need == "required":
                say = _sentence(_to_give(ask_name, ask))
                text = f"!input.{ask_name}"
                yield self._made(f"{closed.MISSING}{ask_name}", text, say, (*path, ask_name), asks)
        one_of = {one: ask for one, ask in transition.asks.items() if ask.need == "one_of"}
        if one_of:
            either = listed([_to_give(one, ask) for one, ask in one_of.items()], "or")
            say = _sentence(either)
            text = " && ".join(f"!input.{one}" for one in one_of)
            yield self._made(closed.NOTHING_GIVEN, text, say, path, asks)

    def _made(
        self, code: str, text: str, say: str, path: Path, asks: frozenset[str] = frozenset()
    ) -> AskedRule:
        return AskedRule(code, say, self._vocabulary.parse(text, asks), "lifecycle.yaml", path)

    def _status(self, transition: Transition) -> tuple[str, str]:
        statuses = self._parts.lifecycle.statuses
        if closed.NEW in transition.moves:
            say = (
                f'"{transition.label}" begins a new claim. This one exists, in status "{{{closed.STATUS}}}".'
            )
        else:
            labels = quoted([statuses[status].label for status in transition.moves], "or")
            say = (
                f'"{transition.label}" cannot be done with a claim in status "{{{closed.STATUS}}}". '
                f"It can be done in status {labels} only."
            )
        moved = ", ".join(f'"{status}"' for status in transition.moves)
        return f"!({closed.STATUS} in [{moved}])", say

    def _permission(self, transition: Transition) -> tuple[str, str]:
        if transition.by == closed.SYSTEM:
            say = f'"{transition.label}" is done by the portal itself when it is time, and by nobody else.'
            return f'{closed.KIND} != "{closed.SYSTEM}"', say
        if transition.by == closed.CUSTOMER:
            say = f'"{transition.label}" is done by the customer alone, with the link in the e-mail to them.'
            return f'{closed.KIND} != "{closed.CUSTOMER}"', say
        holding = {name: role for name, role in self._parts.roles.roles.items() if transition.by in role.may}
        if not holding:
            say = f'"{transition.label}" is given to no role. Ask the policy owner to give it to one.'
            return _ALWAYS, say
        labels = listed([role.label for role in holding.values()], "or")
        say = f'Your roles do not allow "{transition.label}". Ask somebody with the role {labels} to do it.'
        return " && ".join(f'!("{role}" in {closed.ROLES})' for role in holding), say


def _to_give(name: str, ask: Ask) -> str:
    return f'{_TO_GIVE[ask.type]} "{ask.label or spoken(name)}"'


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
