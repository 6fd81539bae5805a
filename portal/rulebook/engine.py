"""durable-rules behind its fence: which rules hold of some facts, or an error, and never a guess.

What is avoided, and why, stands in docs/decisions and in the tests beside this module: the library's
`Host`, callbacks, timers, joins, events and its own treatment of missing, mixed and nested values.
"""

import json
import weakref
from collections.abc import Mapping
from contextlib import suppress
from threading import Lock, RLock
from types import ModuleType
from typing import Any

from portal.rulebook.condition_types import Condition, FactType
from portal.rulebook.decision import Value
from portal.rulebook.engine_fields import MARK, SID, Asked, EngineRefused, Fields
from portal.rulebook.normal_form import ALTERNATIVES_LIMIT, Literal, alternatives
from portal.rulebook.typed_facts import IllTyped, require

__all__ = ["Engine", "EngineFailed", "EngineRefused"]

IDLE_LIMIT = 4  # handles kept a ruleset, of about half a megabyte each
_SENTINEL = "sentinel"
_STATE = "0"
_HANDLED = 0  # what assert_fact answers when some rule matched

# The library keeps all handles in one table, so that only one thread at a time adds or removes one.
# Removal also happens where Python collects garbage, within the same thread: hence reentrant.
_table = RLock()


class EngineFailed(Exception):
    """The engine is missing, answered oddly, or was asked with facts that it cannot be trusted with."""


def native() -> ModuleType:
    """Return the compiled module of durable-rules; raises ImportError where it is missing."""
    import durable_rules_engine

    module: ModuleType = durable_rules_engine
    return module


def ruleset_factory(definition: str) -> int:
    """Compile a definition (JSON) and return the handle of the ruleset."""
    with _table:
        handle: int = native().create_ruleset("portal", definition)
    return handle


class Engine:
    """Named conditions, decided together by durable-rules; safe to share between threads.

    Compiling the definitions happens at once, compiling them in the library at the first decision.
    `facts` are the names that `fire` needs.
    """

    def __init__(self, rules: Mapping[str, Condition], facts_types: Mapping[str, FactType]) -> None:
        """Raise ConditionError above 60 alternatives a rule, EngineRefused where fields are confused."""
        self.facts = frozenset(fact for condition in rules.values() for fact in condition.facts)
        self._types = {fact: facts_types[fact] for fact in self.facts}
        for condition in rules.values():
            for fact, type_ in condition.types.items():
                given = self._types[fact]
                if (type_.type, type_.may_be_absent) != (given.type, given.may_be_absent):
                    raise EngineRefused(f"{fact} has another type than the conditions were written for")
        self._fields = Fields()
        entries = [
            (name, asked)
            for name, condition in rules.items()
            for alternative in alternatives(condition)
            for asked in self._conjunctions(alternative)
        ]
        packs = range(0, max(len(entries), 1), ALTERNATIVES_LIMIT)
        self._rulesets = [_Ruleset(entries[start : start + ALTERNATIVES_LIMIT]) for start in packs]

    def fire(self, facts: Mapping[str, Value]) -> frozenset[str]:
        """Return the names of the rules that hold; raises EngineFailed and never answers by half.

        Facts that no rule reads are ignored.
        """
        try:
            require(self._types, self.facts, facts)
            message = json.dumps({MARK: 1, SID: _STATE, **self._fields.values(facts)})
        except IllTyped as error:
            raise EngineFailed(str(error)) from None
        fired: set[str] = set()
        for ruleset in self._rulesets:
            fired |= ruleset.decide(message)
        return frozenset(fired)

    def _conjunctions(self, alternative: tuple[Literal, ...]) -> list[list[Asked]]:
        found: list[list[Asked]] = [[]]
        for literal in alternative:
            # A negated comparison of a fact that may be absent stands for two alternatives.
            found = [one + two for one in found for two in self._fields.asked(literal)]
            if len(found) > ALTERNATIVES_LIMIT:
                raise EngineRefused("a rule asks too much about facts that may be absent")
        return found


class _Ruleset:
    """Up to 60 alternatives compiled together, and the handles that decide them."""

    def __init__(self, entries: list[tuple[str, list[Asked]]]) -> None:
        self._names = {f"r{number}": name for number, (name, _) in enumerate(entries)}
        definition = {_SENTINEL: _rule([])}
        definition |= {f"r{number}": _rule(asked) for number, (_, asked) in enumerate(entries)}
        self._definition = json.dumps(definition)
        self._idle: list[int] = []
        self._lock = Lock()
        weakref.finalize(self, _remove_all, self._idle).atexit = False

    def decide(self, message: str) -> set[str]:
        """Return the names of the rules that hold; a handle that failed is never used again."""
        try:
            handle = self._take()
            fired = _run(handle, message, len(self._names) + 1)
        except EngineFailed:
            raise
        except Exception as error:
            # Whatever the library raises, the caller must not take it for "no rule holds".
            raise EngineFailed(f"durable-rules failed ({type(error).__name__}: {error})") from error
        if _SENTINEL not in fired:
            raise EngineFailed("durable-rules did not answer: the sentinel did not fire")
        if len(fired) != len(set(fired)) or not set(fired) <= {_SENTINEL, *self._names}:
            raise EngineFailed("durable-rules answered with a rule twice, or with one it was not given")
        self._give_back(handle)
        return {self._names[rule] for rule in fired if rule != _SENTINEL}

    def _take(self) -> int:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return ruleset_factory(self._definition)

    def _give_back(self, handle: int) -> None:
        with self._lock:
            if len(self._idle) < IDLE_LIMIT:
                self._idle.append(handle)
                return
        _remove_all([handle])


def _rule(asked: list[Asked]) -> dict[str, object]:
    mark: Asked = {MARK: 1}
    return {"all": [{"m": {"$and": [mark, *asked]} if asked else mark}]}


def _run(handle: int, message: str, most: int) -> list[str]:
    """Assert one fact, collect the names of the rules it fires, and forget it."""
    library: Any = native()
    answer, state = library.assert_fact(handle, message)
    if answer != _HANDLED:
        raise EngineFailed(f"durable-rules did not take the facts (answer {answer})")
    fired: list[str] = []
    started = library.start_action_for_state(handle, state)
    action = started[1] if started else None
    while action is not None:
        fired.extend(json.loads(action))
        if len(fired) > most:
            raise EngineFailed("durable-rules goes on firing")
        action = library.complete_and_start_action(handle, state)
    if not fired:
        # Deleting the state of a fact that matched nothing ends the process, so the handle is left.
        raise EngineFailed("durable-rules did not answer: no rule fired, not even the sentinel")
    library.delete_state(handle, _STATE)
    return fired


def _remove_all(handles: list[int]) -> None:
    with _table, suppress(Exception):  # what cannot be removed is left; nobody uses it any more
        library = native()
        while handles:
            library.delete_ruleset(handles.pop())
