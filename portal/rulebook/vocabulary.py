"""Everything a condition or a text may name: facts, declared or following from other files, values, sets."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import cast

from babel.support import LazyProxy

from portal.languages.dates import day_in_words, moment_in_words
from portal.languages.numbers import money_in_words
from portal.languages.offered import ENGLISH
from portal.languages.sentences import gettext, lazy_gettext, number, speaking
from portal.rulebook import closed_names as closed
from portal.rulebook.check_words import Speech
from portal.rulebook.condition_types import Always, Condition, ConditionError, FactType, Names
from portal.rulebook.conditions import parse
from portal.rulebook.decision import Value
from portal.rulebook.models import Defined, Fact, Side
from portal.rulebook.parts import Parts
from portal.rulebook.wording import spoken

_STATUSES = "claim_statuses"  # the statuses, and `new` while the claim is being created
_KINDS, _CLOCK_STATES = "actor_kinds", "clock_states"
# What the portal calls codes of its own, in the language being spoken when a label is written.
_WORDS: Mapping[str, str] = {
    closed.NEW: lazy_gettext("New"),
    "person": lazy_gettext("somebody who is signed in"),
    "customer": lazy_gettext("the customer"),
    "system": lazy_gettext("the portal itself"),
    "never": lazy_gettext("not started"),
    "running": lazy_gettext("running"),
    "stopped": lazy_gettext("stopped"),
    "ended": lazy_gettext("ended"),
}
# stays English: told to the policy's authors
_CIRCULAR = "the condition is defined by itself, directly or by way of others: write out what it means"


class Vocabulary:
    """The facts, values and named sets of one policy, and how each is worded. Immutable.

    `facts` holds declared and generated facts alike (not `input.ASK`, which belongs to a
    transition); `named_sets` the codes of each set; `values` the named values; `defined` the
    defined conditions as written; `misdefined` those of them that could not be understood.
    """

    def __init__(self, parts: Parts, further_roles: Iterable[str] = ()) -> None:
        self._catalogs = {
            name: {code: str(getattr(entry, "label", spoken(code))) for code, entry in entries.items()}
            for name, entries in parts.catalogs.items()
        }
        self._catalogs[_STATUSES] = {closed.NEW: _WORDS[closed.NEW], **self._catalogs["statuses"]}
        self._catalogs[_KINDS] = {code: _WORDS[code] for code in closed.ACTOR_KINDS}
        self._catalogs[_CLOCK_STATES] = {code: _WORDS[code] for code in closed.CLOCK_STATES}
        for role in further_roles:
            self._catalogs["roles"].setdefault(role, spoken(role))
        self.facts: Mapping[str, Fact] = MappingProxyType({**parts.vocabulary.facts, **_generated(parts)})
        self.values: Mapping[str, int | str] = MappingProxyType(dict(parts.vocabulary.values))
        self.defined: Mapping[str, Defined] = MappingProxyType(dict(parts.vocabulary.defined))
        self.named_sets: Mapping[str, frozenset[str]] = MappingProxyType(
            {name: frozenset(parts.codes_of_set(name)) for name in parts.vocabulary.sets}
        )
        self.types: Mapping[str, FactType] = MappingProxyType(
            {name: self._type(fact) for name, fact in self.facts.items()}
        )
        self._attributes = _attributes(parts) if closed.ACTIVITY in self.facts else {}
        self.misdefined: Mapping[str, ConditionError]
        self._conditions, self.misdefined = self._understood()
        self._names: dict[frozenset[str], Names] = {}
        self._parsed: dict[tuple[str, frozenset[str]], Condition] = {}

    def codes(self, name: str) -> tuple[str, ...]:
        """Return the codes that the choice or set `name` may have, in their order; none where it is open."""
        of = self.facts[name].of
        if isinstance(of, str):
            return tuple(self._catalogs.get(of, ()))
        return tuple(of or ())

    def seen_by(self, name: str) -> frozenset[Side]:
        """Return the sides that may read the fact `name`."""
        seen_by: tuple[Side, ...] = ("partner", "operator")
        return frozenset(self.facts[name].seen_by if name in self.facts else seen_by)

    def type_of(self, name: str) -> FactType:
        """Return the type of a fact, `input.ASK` included; raises KeyError for an unknown one."""
        return FactType("bool") if name.startswith("input.") else self.types[name]

    def parse(self, text: str, asks: frozenset[str] = frozenset()) -> Condition:
        """Return the condition of `text`, in which `input.ASK` may stand for each of `asks`.

        Raises ConditionError. What was parsed once is kept, for the same text stands in many places.
        """
        known = self._parsed.get((text, asks))
        if known is None:
            known = self._parsed[text, asks] = parse(text, self.names(asks))
        return known

    def names(self, asks: frozenset[str] = frozenset()) -> Names:
        """Return what a condition may name where a form asks for `asks`."""
        if asks not in self._names:
            inputs = {f"input.{ask}": FactType("bool") for ask in asks}
            self._names[asks] = self._named({**self.types, **inputs}, self._conditions)
        return self._names[asks]

    def meaning(self, name: str) -> str:
        """Return what the fact `name` is about, in the words of the policy."""
        if name in self.facts:
            return str(self.facts[name].means)
        return spoken(name.rpartition(".")[2])

    def speech(self, asks: Mapping[str, str] | None = None) -> Speech:
        """Return how conditions speak of the facts; `asks` are the labels of what the form asks for."""

        def sentence(name: str, holds: bool) -> str:
            if not name.startswith("input."):
                return self.sentence(name, holds)
            return _of_form((asks or {}).get(name.removeprefix("input.")) or self.meaning(name), holds)

        return Speech(self.meaning, self.written, sentence, self._ordered, self._least)

    def sentence(self, name: str, holds: bool) -> str:
        """Say of a fact that is true or false, or of a defined condition, that it is so, or is not."""
        said = self.defined.get(name) or self.facts[name]
        if holds:
            return str(said.means)
        return said.means_not or gettext("Not so: %(sentence)s", sentence=said.means)

    def written(self, name: str, value: Value) -> str:
        """Return `value` of the fact `name` as a reader expects it: a label, a date in words, a number."""
        if value is None:
            return gettext("not given")
        if isinstance(value, bool):
            return gettext("yes") if value else gettext("no")
        fact = self.facts.get(name)
        if isinstance(value, frozenset):
            labels = [self._label(fact, code) for code in self._ordered(name, value)]
            return ", ".join(labels) or gettext("none")
        if isinstance(value, datetime):
            return _moment(value)
        if isinstance(value, date):
            return day_in_words(value, speaking())
        if isinstance(value, int):
            return _money(value, fact.currency or "") if fact and fact.type == "money" else number(value)
        return self._label(fact, value) if fact and fact.type == "choice" else value

    def _label(self, fact: Fact | None, code: str) -> str:
        catalog = self._catalogs.get(fact.of, {}) if fact and isinstance(fact.of, str) else {}
        return str(catalog.get(code, code.replace("_", " ")))

    def _ordered(self, name: str, codes: frozenset[str]) -> list[str]:
        order = {code: place for place, code in enumerate(self.codes(name))} if name in self.facts else {}
        return sorted(codes, key=lambda code: (order.get(code, len(order)), code))

    def _least(self, name: str) -> int | None:
        fact = self.facts.get(name)
        return fact.range[0] if fact and fact.range else None

    def _type(self, fact: Fact) -> FactType:
        codes: frozenset[str] | None = None
        if isinstance(fact.of, str):
            codes = frozenset(self._catalogs[fact.of]) if fact.of in self._catalogs else None
        elif fact.of is not None:
            codes = frozenset(fact.of)
        return FactType(fact.type, fact.unit, codes, fact.scope, fact.may_be_absent, fact.currency)

    def _named(self, facts: Mapping[str, FactType], conditions: Mapping[str, Condition]) -> Names:
        return Names(facts, self.values, conditions, self.named_sets, self._attributes)

    def _understood(self) -> tuple[Mapping[str, Condition], Mapping[str, ConditionError]]:
        """Parse the defined conditions, each after those that it names itself.

        One that cannot be understood counts as true elsewhere, so that it is told of only once.
        """
        done: dict[str, Condition] = {}
        wrong: dict[str, ConditionError] = {}
        waiting = dict(self.defined)
        while waiting:
            named = {name: _mentioned(one.when) & set(waiting) for name, one in waiting.items()}
            ready = [name for name, others in named.items() if not others]
            for name in ready or [name for name in waiting if name in _reached(name, named)]:
                text = waiting.pop(name).when
                try:
                    if not ready:
                        raise ConditionError(1, 1, _CIRCULAR)
                    done[name] = parse(text, self._named(self.types, done))
                except ConditionError as error:
                    wrong[name] = error
                    done[name] = Condition(Always(True), {}, "claim", 1, 1)
        return MappingProxyType(done), MappingProxyType(wrong)


def _mentioned(text: str) -> set[str]:
    return set(re.findall(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*", text))


def _reached(name: str, named: Mapping[str, set[str]]) -> set[str]:
    """Return what the condition `name` names, directly or by way of others."""
    reached: set[str] = set()
    waiting = set(named[name])
    while waiting:
        other = waiting.pop()
        if other not in reached:
            reached.add(other)
            waiting |= named.get(other, set())
    return reached


def _generated(parts: Parts) -> dict[str, Fact]:
    """Return the facts that follow from the lifecycle, the clocks and the roles.

    They are not validated, for what they mean is said anew wherever it is written.
    """
    made = Fact.model_construct
    facts = {
        closed.STATUS: made(
            type="choice", means=lazy_gettext("Status of the claim"), of=_STATUSES, changes="system"
        ),
        closed.ROLES: made(type="set", means=lazy_gettext("Roles of the one who acts"), of="roles"),
        closed.KIND: made(type="choice", means=lazy_gettext("Who acts"), of=_KINDS),
    }
    for name, clock in parts.deadlines.clocks.items():
        facts[f"clock.{name}"] = made(type="choice", means=clock.label, of=_CLOCK_STATES)
        facts[f"clock.{name}_due_on"] = made(type="date", means=_due_on(clock.label), may_be_absent=True)
    return facts


def _due_on(deadline: str) -> str:
    said = LazyProxy(lambda: gettext("Last day of “%(deadline)s”", deadline=deadline), enable_cache=False)
    return cast("str", said)


def _of_form(label: str, brought: bool) -> str:
    if brought:
        return gettext("“%(label)s” is filled in on the form", label=label)
    return gettext("“%(label)s” is left empty on the form", label=label)


def _moment(value: datetime) -> str:
    if speaking() == ENGLISH:
        return f"{value.day} {value:%B %Y, %H:%M %Z}".rstrip()
    return moment_in_words(value, value.tzinfo or UTC, speaking())


def _money(value: int, currency: str) -> str:
    if speaking() == ENGLISH:  # the code behind the amount
        return f"{value / 100:,.2f} {currency}"
    return money_in_words(value, currency, speaking())


def _attributes(parts: Parts) -> dict[str, tuple[str, frozenset[str]]]:
    programs = parts.programs
    true_of: dict[str, set[str]] = {name: set() for name in closed.ACTIVITY_ATTRIBUTES}
    for code, activity in programs.activities.items():
        area = programs.solution_areas.get(activity.solution_area)
        for name, holds in (
            ("can_earn", activity.can_earn),
            ("needs_subscription", activity.needs_subscription),
            ("needs_technical_contact", area is not None and area.needs_technical_contact),
        ):
            if holds:
                true_of[name].add(code)
    return {f"activity.{name}": (closed.ACTIVITY, frozenset(codes)) for name, codes in true_of.items()}
