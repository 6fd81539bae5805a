"""Rules that durable-rules would confuse are refused when they are compiled."""

from itertools import count

import durable_rules_engine
import pytest

from portal.rulebook.conditions import ConditionError, FactType, Names, parse
from portal.rulebook.engine import Engine, EngineRefused
from portal.rulebook.engine_fields import hashed


def _colliding_facts() -> tuple[str, str]:
    """Two fact names whose fields have one 32-bit hash; by the birthday paradox soon found."""
    seen: dict[int, str] = {}
    for number in count():
        name = f"claim.f{number}"
        other = seen.setdefault(hashed(name.replace(".", "-")), name)
        if other != name:
            return other, name
    raise AssertionError


def test_the_library_confuses_names_of_one_hash() -> None:
    # The reason for the next test; were this to fail, the library would have become safer.
    assert hashed("costarring") == hashed("liquid")
    rule = '{"r": {"all": [{"m": {"$and": [{"_k": 1}, {"costarring": 1}]}}]}}'
    handle = durable_rules_engine.create_ruleset("confused", rule)
    _, state = durable_rules_engine.assert_fact(handle, '{"_k": 1, "sid": "0", "liquid": 1}')
    assert '"r"' in durable_rules_engine.start_action_for_state(handle, state)[1]


def test_facts_of_one_hash_are_refused_when_compiled() -> None:
    one, two = _colliding_facts()
    names = Names({one: FactType("bool"), two: FactType("bool")})
    assert Engine({"alone": parse(one, names)}, names.facts).fire({one: True}) == {"alone"}
    with pytest.raises(EngineRefused, match="one field to the engine"):
        Engine({"one": parse(one, names), "two": parse(two, names)}, names.facts)


def test_names_that_the_library_keeps_for_itself_are_refused() -> None:
    for name in ("id", "sid", "claim.a.b", "claim-x.y", "Claim.x"):
        names = Names({name: FactType("bool")})
        with pytest.raises((EngineRefused, ConditionError)):
            Engine({"rule": parse(name, names)}, names.facts)


def test_conditions_of_another_vocabulary_are_refused() -> None:
    rule = {"rule": parse("claim.round == 1", Names({"claim.round": FactType("int")}))}
    with pytest.raises(EngineRefused, match="another type"):
        Engine(rule, {"claim.round": FactType("int", may_be_absent=True)})


def test_what_absent_facts_multiply_is_bounded() -> None:
    facts = {f"claim.f{number}": FactType("int", may_be_absent=True) for number in range(7)}
    read = parse(" && ".join(f"{name} != 1" for name in facts), Names(facts))
    with pytest.raises(EngineRefused, match="may be absent"):
        Engine({"rule": read}, facts)
