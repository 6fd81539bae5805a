"""durable-rules behind its fence: it answers rightly, or it is an error."""

import gc
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from types import ModuleType
from typing import Any

import durable_rules_engine
import pytest

from portal.rulebook import engine as engine_module
from portal.rulebook.conditions import FactType, Names, compile_python, parse
from portal.rulebook.decision import Value
from portal.rulebook.engine import Engine, EngineFailed

NAMES = Names(
    facts={
        "claim.round": FactType("int"),
        "claim.most": FactType("int", may_be_absent=True),
        "claim.ready": FactType("bool"),
        "claim.status": FactType("choice", codes=frozenset(("draft", "approved")), may_be_absent=True),
        "claim.note": FactType("text"),
        "claim.due_on": FactType("date"),
        "claim.told_at": FactType("timestamp"),
        "actor.roles": FactType("set"),
    },
    sets={"leading": frozenset(("admin", "lead"))},
)
FACTS: dict[str, Value] = {
    "claim.round": 1,
    "claim.most": None,
    "claim.ready": False,
    "claim.status": "draft",
    "claim.note": "x",
    "claim.due_on": date(2026, 11, 30),
    "claim.told_at": datetime(2026, 11, 30, tzinfo=UTC),
    "actor.roles": frozenset(("lead",)),
}


def engine(**texts: str) -> Engine:
    return Engine({name: parse(text, NAMES) for name, text in texts.items()}, NAMES.facts)


def library(**replaced: Any) -> ModuleType:
    """The real module with some functions replaced, for the ways in which it is known to fail."""
    module = ModuleType("durable_rules_engine")
    vars(module).update(vars(durable_rules_engine) | replaced)
    return module


def test_the_rules_that_hold_fire_and_no_others() -> None:
    made = engine(
        first="claim.round == 1",
        second="claim.round > 1",
        lead='"lead" in actor.roles && actor.roles.all(r, r in leading)',
        admin='"admin" in actor.roles',
        either='claim.round == 1 || claim.status == "draft" || !claim.ready',
        always="true",
        never="false",
        absent="claim.most == null && claim.round != claim.most && !(claim.round <= claim.most)",
        compared="claim.round >= claim.most",
    )
    assert made.fire(FACTS) == {"first", "lead", "either", "always", "absent"}
    assert made.fire({**FACTS, "claim.most": 1}) == {"first", "lead", "either", "always", "compared"}


@pytest.mark.parametrize("texts", [{}, {"never": "false"}, {"later": "claim.round == 7"}])
def test_that_no_rule_holds_is_an_answer(texts: dict[str, str]) -> None:
    made = engine(**texts)
    for _ in range(3):
        assert made.fire(FACTS) == frozenset()


def test_more_rules_than_the_library_bears_are_packed_apart() -> None:
    made = engine(**{f"r{number}": f"claim.round < {number}" for number in range(200)})
    assert made.fire(FACTS) == {f"r{number}" for number in range(2, 200)}
    assert made.fire({**FACTS, "claim.round": -1}) == {f"r{number}" for number in range(200)}


def test_a_thousand_and_more_decisions_leave_nothing_behind() -> None:
    made = engine(second="claim.round == 2")  # at the 1,024th state that is kept, the library gives up
    fired = [bool(made.fire({**FACTS, "claim.round": number % 3})) for number in range(3_000)]
    assert fired == [number % 3 == 2 for number in range(3_000)]


# ── facts that the library would misread ───────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("claim.round", None),
        ("claim.round", True),
        ("claim.round", "1"),
        ("claim.round", 1.0),
        ("claim.round", 2**53),
        ("claim.round", -(2**53)),
        ("claim.ready", 1),
        ("claim.ready", "true"),
        ("claim.status", "unheard_of"),
        ("claim.status", 1),
        ("claim.note", "a\0b"),
        ("claim.note", "\ud800"),
        ("claim.note", "x" * 32_768),
        ("claim.note", None),
        ("claim.due_on", datetime(2026, 11, 30, tzinfo=UTC)),
        ("claim.due_on", "2026-11-30"),
        ("claim.told_at", datetime(2026, 11, 30)),  # noqa: DTZ001 - the mistake that is refused
        ("claim.told_at", datetime(2999, 11, 30, tzinfo=UTC)),
        ("actor.roles", {"lead"}),
        ("actor.roles", frozenset((1,))),
    ],
)
def test_an_ill_typed_fact_is_an_error(fact: str, value: Any) -> None:
    made = engine(
        number="claim.round == 1", truth="claim.ready", choice="claim.status == 'draft'",
        text="claim.note == 'x'", day="claim.due_on == date('2026-11-30')",
        moment="claim.told_at != timestamp('2026-11-30T00:00:00Z')", group="'lead' in actor.roles",
    )  # fmt: skip
    assert made.fire(FACTS) == {"number", "choice", "text", "day", "group"}
    with pytest.raises(EngineFailed, match=fact):
        made.fire({**FACTS, fact: value})


def test_a_missing_fact_is_an_error_and_an_unread_one_is_not() -> None:
    made = engine(first="claim.round == 1")
    assert made.facts == {"claim.round"}
    assert made.fire({"claim.round": 1}) == {"first"}
    with pytest.raises(EngineFailed, match=r"claim\.round is missing"):
        made.fire({"claim.ready": True})


# ── the engine killed ──────────────────────────────────────────────────────────────────────────


@pytest.fixture(params=["cold", "warm"])
def made(request: pytest.FixtureRequest) -> Engine:
    """An engine that has not decided yet, and one that has."""
    found = engine(second="claim.round == 2")
    if request.param == "warm":
        assert found.fire(FACTS) == frozenset()
    return found


def test_without_the_library_nothing_is_decided(made: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as killed:
        killed.setitem(sys.modules, "durable_rules_engine", None)
        with pytest.raises(EngineFailed):
            made.fire(FACTS)
    assert made.fire({**FACTS, "claim.round": 2}) == {"second"}


def test_a_ruleset_that_cannot_be_made_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_definition: str) -> int:
        raise MemoryError

    monkeypatch.setattr(engine_module, "ruleset_factory", broken)
    with pytest.raises(EngineFailed, match="MemoryError"):
        engine(first="claim.round == 1").fire(FACTS)


Answers = Callable[..., Any]


def _raising() -> Answers:
    def raising(*_: object) -> Any:
        raise RuntimeError("303")

    return raising


def _answering(*answers: Any) -> Callable[[], Answers]:
    """Make a function of the library that gives these answers in turn, and the last one for ever."""

    def fresh() -> Answers:
        left = list(answers)
        return lambda *_: left.pop(0) if len(left) > 1 else left[0]

    return fresh


@pytest.mark.parametrize(
    ("told", "function", "does"),
    [
        ("not even the sentinel", "start_action_for_state", _answering(None)),
        ("the sentinel did not fire", "start_action_for_state", _answering(("{}", '{"r0": {}}'))),
        ("a rule twice", "complete_and_start_action", _answering('{"sentinel": {}}', None)),
        ("not given", "complete_and_start_action", _answering('{"r7": {}}', None)),
        ("goes on firing", "complete_and_start_action", _answering('{"r0": {}}')),
        ("did not take the facts", "assert_fact", _answering((1, 0))),
        ("303", "assert_fact", _raising),
        ("JSONDecodeError", "start_action_for_state", _answering(("{}", "no json"))),
        ("RuntimeError", "delete_state", _raising),
    ],
)
def test_whatever_the_library_does_amiss_is_an_error(
    made: Engine, monkeypatch: pytest.MonkeyPatch, told: str, function: str, does: Callable[[], Answers]
) -> None:
    faulty = library(**{function: does()})
    with monkeypatch.context() as wrong:
        wrong.setattr(engine_module, "native", lambda: faulty)
        with pytest.raises(EngineFailed, match=told):
            made.fire(FACTS)
    # The handle that failed is left alone, and the next decision is right again.
    assert made.fire({**FACTS, "claim.round": 2}) == {"second"}
    assert made.fire(FACTS) == frozenset()


# ── threads and memory ─────────────────────────────────────────────────────────────────────────


def test_eight_threads_deciding_at_once_are_answered_rightly() -> None:
    texts = {
        f"r{number}": f"claim.round > {number} && !claim.ready || claim.most == {number}"
        for number in range(70)
    }
    made = engine(**texts)
    compiled = {name: compile_python(parse(text, NAMES)) for name, text in texts.items()}

    def decide(thread: int) -> int:
        wrong = 0
        for number in range(250):
            facts = {
                **FACTS,
                "claim.round": (number * (thread + 1)) % 71,
                "claim.ready": number % 5 == thread % 5,
                "claim.most": None if number % 3 else number % 70,
            }
            wrong += made.fire(facts) != {name for name, holds in compiled.items() if holds(facts)}
        return wrong

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)  # so that threads meet within a decision, not between decisions
    try:
        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(decide, range(8))) == 0
    finally:
        sys.setswitchinterval(interval)


def test_an_engine_that_is_gone_gives_its_handles_back(monkeypatch: pytest.MonkeyPatch) -> None:
    removed: list[int] = []

    def remove(handle: int) -> None:
        removed.append(handle)
        durable_rules_engine.delete_ruleset(handle)

    gc.collect()  # engines of other tests that wait to be collected give theirs back now
    monkeypatch.setattr(engine_module, "native", lambda: library(delete_ruleset=remove))
    made = engine(**{f"r{number}": f"claim.round == {number}" for number in range(70)})
    made.fire(FACTS)
    assert removed == []
    del made
    gc.collect()
    assert len(removed) == 2  # one of each ruleset
