"""Conditions decided twice, by durable-rules and in plain Python, with one answer or none."""

from collections.abc import Mapping

from portal.rulebook.condition_types import Condition, FactType
from portal.rulebook.conditions import compile_python
from portal.rulebook.decision import CouldNotBeDecided, Value
from portal.rulebook.engine import Engine, EngineFailed
from portal.rulebook.typed_facts import IllTyped, require


class Twofold:
    """Named conditions compiled for both evaluators; immutable and safe to share between threads.

    Raises ConditionError or EngineRefused where the engine could not be trusted with them.
    """

    def __init__(self, conditions: Mapping[str, Condition]) -> None:
        self._types: dict[str, FactType] = {}
        for condition in conditions.values():
            self._types.update(condition.types)
        self.facts = frozenset(self._types)
        self._engine = Engine(conditions, self._types)
        self._holds = {name: compile_python(condition) for name, condition in conditions.items()}

    def holding(self, question: str, facts: Mapping[str, Value], *, engine: bool = True) -> frozenset[str]:
        """Return the names of the conditions that hold; facts that none of them reads are ignored.

        `engine` is False for replays, which plain Python decides alone. Raises CouldNotBeDecided
        when a fact is missing or ill-typed, when the engine fails, and when the two differ.
        """
        try:
            require(self._types, self.facts, facts)
        except IllTyped as error:
            raise CouldNotBeDecided(question, str(error)) from None
        expected = frozenset(name for name, holds in self._holds.items() if holds(facts))
        if not engine:
            return expected
        try:
            fired = self._engine.fire(facts)
        except EngineFailed as error:
            raise CouldNotBeDecided(question, str(error)) from error
        if fired != expected:
            names = ", ".join(sorted(fired ^ expected))
            raise CouldNotBeDecided(question, f"durable-rules and the evaluator differ about {names}")
        return expected
