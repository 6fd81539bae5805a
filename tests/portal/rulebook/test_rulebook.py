"""A rulebook decides by both evaluators, tells every reason, and decides nothing on impossible facts."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from portal.rulebook import engine, twofold
from portal.rulebook.condition_types import Condition
from portal.rulebook.conditions import compile_python
from portal.rulebook.decision import CouldNotBeDecided, Decision, Facts, Value
from portal.rulebook.loading import load, read_folder
from portal.rulebook.rulebook import Rulebook

INVENTED = read_folder(Path(__file__).parent / "invented")

KITE: Mapping[str, Value] = {
    "claim.status": "drawn",
    "actor.kind": "person",
    "actor.roles": frozenset({"flyer"}),
    "kite.length": 120,
    "kite.tail": 30,
    "kite.color": "red",
    "kite.stickers": frozenset({"star"}),
    "kite.maker": "Ada",
    "kite.drawn_on": date(2026, 12, 14),
    "kite.fee": 123456,
    "judge.notes": 0,
    "clock.rest": "never",
}
FRAME: Mapping[str, Value] = {"product.name": "Frame", "product.holes": 0, "product.tied": True}
SAIL: Mapping[str, Value] = {**FRAME, "product.name": "Sail"}
FORM = {"input.weather": True, "input.song": True, "input.dance": False}


def facts(*products: Mapping[str, Value], **changes: Value) -> Facts:
    """Return the facts of a sound kite; `kite__tail=3` changes the fact `kite.tail`."""
    changed = {name.replace("__", "."): value for name, value in changes.items()}
    return Facts({**KITE, **changed}, products or (FRAME, SAIL))


def changed(file: str, old: str, new: str) -> Rulebook:
    assert old in INVENTED[file]
    return load({**INVENTED, file: INVENTED[file].replace(old, new, 1)})


def codes(decision: Decision) -> list[tuple[str, str | None]]:
    return [(reason.code, reason.subject) for reason in decision.reasons]


@pytest.fixture(scope="module")
def kites() -> Rulebook:
    return load(INVENTED)


# ── transitions ────────────────────────────────────────────────────────────────────────────────


def test_an_action_that_nothing_refuses_is_allowed(kites: Rulebook) -> None:
    decision = kites.decide("fly", facts())
    assert decision.allowed
    assert decision.reasons == ()
    assert (decision.policy_version, decision.roles_version) == (kites.version, kites.version)


def test_every_reason_is_told_in_its_order(kites: Rulebook) -> None:
    loose = {**SAIL, "product.tied": False, "product.holes": 3}
    wrong = facts(
        FRAME, loose, claim__status="retired", actor__roles=frozenset(), kite__maker="", kite__color=None
    )
    decision = kites.decide("fly", replace(wrong, claim={**wrong.claim, **dict.fromkeys(FORM, False)}))
    assert decision.outcome == "refused"
    assert codes(decision) == [
        ("wrong_status", None),
        ("no_permission", None),
        ("nameless", None),
        ("holes", "Sail"),
        ("colorless", None),
        ("loose", "Sail"),
        ("missing_weather", None),
        ("nothing_given", None),
    ]


def test_reasons_say_what_is_so_in_words(kites: Rulebook) -> None:
    status = kites.decide("fly", facts(claim__status="flying")).reasons[0]
    assert status.text == (
        "“Fly” is not possible while the claim is in status “In the air”. "
        "It is possible only in status “Drawn”."
    )
    assert (status.file, INVENTED["lifecycle.yaml"].splitlines()[status.line - 1].strip()) == (
        "lifecycle.yaml",
        "moves: {drawn: flying}",
    )
    person = kites.decide("fly", facts(actor__roles=frozenset({"judge"}))).reasons[0]
    assert person.text == "Your roles do not allow “Fly”. Ask somebody with the role Flyer to do it."
    assert kites.decide("draw", facts()).reasons[0].text == (
        "“Draw” begins a new claim. This one exists, in status “Drawn”."
    )


def test_a_text_is_filled_by_the_type_of_each_fact(kites: Rulebook) -> None:
    (reason,) = kites.decide("retire", facts(kite__stickers=frozenset({"moon"}))).reasons
    assert reason.text == (
        "A kite of 120 cm in red is not kept; it has A moon, was drawn on 14 December 2026 "
        "and cost 1,234.56 EUR."
    )
    both = changed("lifecycle.yaml", "when: kite.is_plain", "when: kite.length > 3")
    several = facts(
        kite__stickers=frozenset({"moon", "star"}),
        kite__color="sky_blue",
        kite__drawn_on=None,
        kite__length=1,
        kite__tail=0,
    )
    text = both.decide("retire", replace(several, claim={**several.claim, "kite.length": 4})).reasons[0].text
    assert "in sky blue is not kept; it has A star, A moon, was drawn on not given" in text


def test_a_rule_for_each_product_names_the_product(kites: Rulebook) -> None:
    decision = kites.decide("fly", facts(FRAME, {**SAIL, "product.holes": 3}))
    (reason,) = decision.reasons
    assert (reason.code, reason.subject) == ("holes", "Sail")
    assert reason.text == "Sail has 3 holes, more than 2."
    assert reason.source == "A part may have two holes at most."
    traced = [(one.code, one.subject, one.fired) for one in decision.trace if one.code == "holes"]
    assert traced == [("holes", "Frame", False), ("holes", "Sail", True)]


def test_the_comparisons_that_held_come_with_the_reason(kites: Rulebook) -> None:
    (reason,) = kites.decide("fly", facts(FRAME, {**SAIL, "product.holes": 3})).reasons
    (comparison,) = reason.comparisons
    assert (comparison.fact, comparison.value, comparison.operator, comparison.against) == (
        "product.holes",
        3,
        ">",
        2,
    )
    assert comparison.words == "Holes in the part: 3 (the rule looks for: more than 2)"


def test_what_a_form_brings_is_judged_when_there_is_one(kites: Rulebook) -> None:
    base = facts()
    assert kites.decide("fly", base).allowed
    brought = replace(base, claim={**base.claim, **FORM})
    assert kites.decide("fly", brought).allowed
    empty = replace(base, claim={**base.claim, **dict.fromkeys(FORM, False)})
    assert [reason.text for reason in kites.decide("fly", empty).reasons] == [
        "Write something under “Weather”.",
        "Write something under “Song” or choose a file under “Dance”.",
    ]
    both = replace(base, claim={**base.claim, **dict.fromkeys(FORM, True)})
    assert codes(kites.decide("fly", both)) == [("song_and_dance", None)]


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        ("type: codes, of: rejection_reasons", "Choose at least one under"),
        ("type: documents", "Choose a file under"),
        ("type: products", "Choose at least one product under"),
        ("type: location", "Choose a location under"),
        ("type: person, of: kites.judge", "Choose a person under"),
        ("type: date", "Enter a date under"),
        ("type: fields", "Fill in the fields under"),
    ],
)
def test_what_a_form_lacks_is_said_as_what_to_do(ask: str, said: str) -> None:
    kites = changed("lifecycle.yaml", "weather: {type: text,", f"weather: {{{ask},")
    base = facts()
    lacking = replace(base, claim={**base.claim, **dict.fromkeys(FORM, True), "input.weather": False})
    found = {reason.code: reason.text for reason in kites.decide("fly", lacking).reasons}
    assert found["missing_weather"] == f"{said} “Weather”."


def test_half_a_form_is_not_judged(kites: Rulebook) -> None:
    base = facts()
    with pytest.raises(CouldNotBeDecided, match=r"input\.\w+ is missing"):
        kites.decide("fly", replace(base, claim={**base.claim, "input.song": True}))


@pytest.mark.parametrize(
    ("action", "status", "kind", "reasons"),
    [
        ("storm", "flying", "system", []),
        ("storm", "flying", "person", ["no_permission"]),
        ("wave", "flying", "customer", []),
        ("wave", "flying", "system", ["no_permission"]),
        ("fly", "drawn", "customer", ["no_permission"]),
        ("draw", "new", "person", []),
    ],
)
def test_who_may_act_follows_from_the_file(
    kites: Rulebook, action: str, status: str, kind: str, reasons: list[str]
) -> None:
    roles = frozenset({"flyer"}) if kind == "person" else frozenset()
    decision = kites.decide(action, facts(claim__status=status, actor__kind=kind, actor__roles=roles))
    assert [reason.code for reason in decision.reasons] == reasons


def test_a_required_question_without_a_reason_still_refuses() -> None:
    kites = changed("policy.yaml", "otherwise: flies", "otherwise: torn")
    (reason,) = kites.decide("fly", facts()).reasons
    assert reason.text == "“Fly” needs another answer to “Airworthy”: it is “Torn” and must be “Flies”."


# ── questions ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("products", "outcome", "reasons"),
    [
        ([{}, {}], "flies", []),
        ([{}, {"product.tied": False}], "untied", [("loose", "1")]),
        ([{"product.holes": 10, "product.tied": False}, {}], "torn", [("full_of_holes", "0")]),
        (
            [{"product.tied": False}, {"product.holes": 10}],
            "untied",
            [("loose", "0"), ("full_of_holes", "1")],
        ),
    ],
)
def test_a_question_for_each_product_is_answered_by_the_first_that_differs(
    kites: Rulebook,
    products: list[dict[str, Value]],
    outcome: str,
    reasons: list[tuple[str, str | None]],
) -> None:
    items = [{**FRAME, "product.name": str(place), **one} for place, one in enumerate(products)]
    decision = kites.decide("airworthy", facts(*items))
    assert decision.outcome == outcome
    assert codes(decision) == reasons


def test_exclusive_rules_that_contradict_each_other_decide_nothing(kites: Rulebook) -> None:
    assert kites.decide("prize", facts(kite__stickers=frozenset())).outcome == "none"
    assert kites.decide("prize", facts()).outcome == "silver"
    with pytest.raises(CouldNotBeDecided, match="contradict each other: long_kite, starry"):
        kites.decide("prize", facts(kite__length=300))


def test_all_remarks_are_told(kites: Rulebook) -> None:
    assert kites.decide("remarks", facts()).outcome == "fine"
    decision = kites.decide("remarks", facts(FRAME, {**SAIL, "product.holes": 1}, kite__tail=0))
    assert decision.outcome == "remarked"
    assert codes(decision) == [("no_tail", None), ("hole", "Sail")]


# ── facts ──────────────────────────────────────────────────────────────────────────────────────


def test_only_the_facts_that_are_read_are_needed(kites: Rulebook) -> None:
    for question in (*kites.transitions, *kites.policy.questions):
        read = kites.facts_read(question)
        whole = facts()
        claim = {name: value for name, value in whole.claim.items() if name in read}
        products = tuple(
            {name: value for name, value in product.items() if name in read} for product in whole.products
        )
        found = kites.decide(question, Facts(claim, products))
        assert (found.outcome, found.reasons) == (
            kites.decide(question, whole).outcome,
            kites.decide(question, whole).reasons,
        )
        for name in claim:
            less = {other: value for other, value in claim.items() if other != name}
            # What a text names is needed only where the rule fires.
            if name not in ("kite.drawn_on", "kite.fee", "kite.color"):
                with pytest.raises(CouldNotBeDecided, match=name):
                    kites.decide(question, Facts(less, products))


def test_the_facts_read_are_those_of_rules_texts_and_required_questions(kites: Rulebook) -> None:
    assert kites.facts_read("fly") == {
        "claim.status",
        "actor.roles",
        "kite.maker",
        "kite.color",
        "product.name",
        "product.holes",
        "product.tied",
    }
    assert kites.facts_read("storm") == {"claim.status", "actor.kind"}
    assert "kite.drawn_on" in kites.facts_read("retire")
    with pytest.raises(KeyError):
        kites.facts_read("swim")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"kite__length": "120"}, "kite.length is no int"),
        ({"kite__length": True}, "kite.length is no int"),
        ({"kite__length": 501}, "kite.length is out of its range"),
        ({"kite__maker": None}, "kite.maker is absent and may not be"),
        ({"kite__color": "green"}, "kite.color holds a code that the policy does not know"),
        ({"kite__stickers": frozenset({"sun"})}, "kite.stickers holds a code"),
        ({"kite__tail": 400}, "break the axiom tail_and_kite"),
    ],
)
def test_facts_that_no_claim_can_have_decide_nothing(
    kites: Rulebook, wrong: dict[str, Value], why: str
) -> None:
    with pytest.raises(CouldNotBeDecided, match=why):
        kites.decide("fly", facts(**wrong))


def test_axioms_count_for_products_and_not_for_what_is_missing(kites: Rulebook) -> None:
    with pytest.raises(CouldNotBeDecided, match=r"product\.holes is no int"):
        kites.decide("fly", facts({**FRAME, "product.holes": "many"}))
    base = facts()
    without = {name: value for name, value in base.claim.items() if name != "kite.length"}
    assert kites.decide("fly", replace(base, claim=without)).allowed


def test_an_unknown_question_is_not_decided(kites: Rulebook) -> None:
    with pytest.raises(CouldNotBeDecided, match="no such question"):
        kites.decide("swim", facts())


# ── two evaluators ─────────────────────────────────────────────────────────────────────────────


def test_a_replay_comes_out_like_the_decision(kites: Rulebook) -> None:
    for status in ("drawn", "flying", "retired"):
        for question in kites.transitions:
            found = facts(claim__status=status)
            assert kites.replay(question, found) == kites.decide(question, found)


def test_without_the_engine_nothing_is_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise ImportError("durable_rules_engine")

    monkeypatch.setattr(engine, "native", missing)
    kites = load(INVENTED)
    with pytest.raises(CouldNotBeDecided, match="durable-rules failed") as of_question:
        kites.decide("fly", facts())
    with pytest.raises(CouldNotBeDecided) as of_condition:
        kites.clock_applies("wind", facts())
    for undecided in (of_question, of_condition):
        assert (undecided.value.policy_version, undecided.value.facts) == (kites.version, facts())
    assert kites.replay("fly", facts()).allowed


def test_evaluators_that_differ_decide_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = compile_python

    def lying(condition: Condition) -> Callable[[Mapping[str, Value]], bool]:
        holds = honest(condition)
        return lambda found: not holds(found)

    monkeypatch.setattr(twofold, "compile_python", lying)
    kites = load(INVENTED)
    with pytest.raises(CouldNotBeDecided, match="differ about"):
        kites.decide("fly", facts())


def test_threads_share_one_rulebook(kites: Rulebook) -> None:
    found = [facts(kite__length=length) for length in range(30, 230)] * 4
    with ThreadPoolExecutor(8) as threads:
        decisions = list(threads.map(lambda one: kites.decide("retire", one), found))
    assert decisions == [kites.replay("retire", one) for one in found]


# ── conditions outside of questions ────────────────────────────────────────────────────────────


def test_closed_clocks_and_mails_are_decided(kites: Rulebook) -> None:
    assert not kites.is_closed("drawn", facts())
    assert not kites.is_closed("retired", facts())
    assert kites.is_closed("retired", facts(clock__rest="ended"))
    assert kites.clock_applies("rest", facts())
    assert kites.clock_applies("wind", facts())
    assert not kites.clock_applies("wind", facts(kite__length=9, kite__tail=0))
    assert kites.mail_applies("fly", 0, facts())
    assert not kites.mail_applies("fly", 1, facts())
    assert kites.mail_applies("fly", 1, facts(judge__notes=1))


def test_a_clock_waits_until_its_condition_holds(kites: Rulebook) -> None:
    files = dict(INVENTED)
    patient = '    waits_for: partner\n    waits_unless: clock.rest == "ended"\n'
    files["deadlines.yaml"] = files["deadlines.yaml"].replace("    waits_for: partner\n", patient)
    patient_kites = load(files)
    assert patient_kites.facts_read("waits:wind") == {"clock.rest"}
    assert patient_kites.clock_waits("wind", facts())
    assert not patient_kites.clock_waits("wind", facts(clock__rest="ended"))
    assert kites.facts_read("waits:wind") == frozenset()
    assert kites.clock_waits("wind", facts(clock__rest="ended")), "without a condition it always waits"


def test_the_facts_of_these_conditions_are_named(kites: Rulebook) -> None:
    assert kites.facts_read("closed:retired") == {"clock.rest", "kite.length"}
    assert kites.facts_read("closed:drawn") == frozenset()
    assert kites.facts_read("clock:wind") == {"kite.length"}
    assert kites.facts_read("mail:fly:1") == {"judge.notes"}


# ── what the files say ─────────────────────────────────────────────────────────────────────────


def test_roles_addresses_and_catalogs_are_looked_up(kites: Rulebook) -> None:
    assert kites.permissions_of(["flyer", "forgotten"]) == {"kites.fly"}
    assert kites.side_of("judge") == "operator"
    assert kites.side_of("forgotten") is None
    assert kites.transition_at("reviews/landing", {"decision": "deny"}) == "deny_landing"
    assert kites.transition_at("reviews/landing", {"decision": "perhaps"}) is None
    assert kites.transition_at("claims/retirement", {"decision": "deny"}) == "retire"
    assert kites.transition_at("claims/nothing", {}) is None
    assert list(kites.catalog_codes("friendly")) == ["star", "storm"]
    assert list(kites.catalog_codes("rejection_reasons")) == ["star", "moon", "storm"]
    assert kites.catalog_codes("nothing") == {}


def test_what_is_held_everywhere_is_not_held_by_people_of_some_locations() -> None:
    everywhere = changed("roles.yaml", "{means: Judge kites}", "{means: Judge kites, everywhere: true}")
    assert everywhere.permissions_of(["flyer", "judge"]) == {"kites.fly", "kites.judge"}
    assert everywhere.permissions_of(["flyer", "judge"], restricted=True) == {"kites.fly"}


def test_a_rulebook_does_not_change(kites: Rulebook) -> None:
    with pytest.raises(TypeError):
        kites.files["policy.yaml"] = "name: birds"  # type: ignore[index]  # it must fail when run, too
    with pytest.raises(ValueError, match="frozen"):
        setattr(kites.policy, "label", "Birds")  # noqa: B010  # mypy would refuse the plain form


def test_roles_and_mails_in_force_go_with_what_is_pinned(kites: Rulebook) -> None:
    files = dict(INVENTED)
    files["roles.yaml"] = files["roles.yaml"].replace("may: [kites.judge]", "may: [kites.judge, kites.fly]")
    files["roles.yaml"] = files["roles.yaml"].replace(
        "  kites.idle:", "  kites.sell: {means: Sell}\n  kites.idle:"
    )
    files["lifecycle.yaml"] = files["lifecycle.yaml"].replace("label: Fly\n", "label: Soar\n") + (
        "  sell:\n    label: Sell\n    path: [claims/sale]\n"
        "    moves: {retired: retired}\n    by: kites.sell\n"
    )
    files["vocabulary.yaml"] = files["vocabulary.yaml"].replace(
        "facts:\n", "facts:\n  kite.price: {type: int, unit: coins, means: Price}\n", 1
    )
    files["notifications.yaml"] = (
        "events:\n"
        "  fly:\n"
        "    - {to: partner, when: kite.price > 3, subject: A, lead: B, next: C}\n"
        '    - {to: partner, subject: A, lead: "{kite.price}", next: C}\n'
        '    - {to: partner, when: kite.tail > 3, subject: New words, lead: "{claim.name}", next: C}\n'
        "  remind_wind:\n"
        '    - {to: partner, subject: New reminder, lead: "{deadline.left}", next: C}\n'
        "  sell:\n"
        "    - {to: partner, subject: A, lead: B, next: C}\n"
        "  wave:\n"
        "    - {to: customer, subject: '{customer.name} waves', lead: B, next: C}\n"
    )
    current = load(files)
    mixed = kites.with_current(current)
    assert (mixed.version, mixed.roles_version, mixed.files) == (kites.version, current.version, kites.files)
    judge = facts(actor__roles=frozenset({"judge"}))
    assert not kites.decide("fly", judge).allowed
    decision = mixed.decide("fly", judge)
    assert decision.allowed
    assert (decision.policy_version, decision.roles_version) == (kites.version, current.version)
    assert mixed.transitions["fly"].label == "Fly"
    assert {
        event: [mail.subject for mail in mails] for event, mails in mixed.notifications.events.items()
    } == {"fly": ["New words"], "remind_wind": ["New reminder"], "wave": ["{customer.name} waves"]}
    assert mixed.mail_applies("fly", 0, facts())
    assert kites.with_current(current) is mixed
    assert kites.with_current(kites) is kites


def test_a_role_that_is_no_more_is_still_understood() -> None:
    pinned = changed("lifecycle.yaml", "when: kite.is_plain", "when: '\"judge\" in actor.roles'")
    files = {
        name: text.replace("  judge: {label: Judge", "  referee: {label: Referee").replace(
            "[judge]", "[referee]"
        )
        for name, text in INVENTED.items()
    }
    mixed = pinned.with_current(load(files))
    assert mixed.decide("retire", facts()).allowed
    reason = mixed.decide("approve_landing", facts(claim__status="flying")).reasons[0]
    assert reason.text == (
        "Your roles do not allow “Approve the landing”. Ask somebody with the role Referee to do it."
    )
