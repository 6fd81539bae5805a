"""What would change a refusal or an answer, held against random claims and a search that knows no rules."""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain, combinations, product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st

from portal.rulebook.changes import CLAIM, REMOVED
from portal.rulebook.decision import CouldNotBeDecided, Decision, Facts, Value
from portal.rulebook.example_facts import facts_of
from portal.rulebook.example_models import Example
from portal.rulebook.loading import load, read_folder
from portal.rulebook.models import Side
from portal.rulebook.remedies import Remedy

RULEBOOK = load(read_folder(Path(__file__).parents[3] / "rules"))
SIDES: Mapping[str, Side] = {"a partner": "partner", "a reviewer": "operator"}
CHANGES_LOOKED_AT = 3
CASES = RULEBOOK.parts.cases.cases
# Each action with the cases in whose status it can happen; elsewhere nothing can be changed by anybody.
ACTIONS = {
    name: fitting
    for name, row in RULEBOOK.transitions.items()
    if row.by not in ("system", "customer")
    and (fitting := sorted(case for case, one in CASES.items() if one.facts.get("claim.status") in row.moves))
}

# A change of the naive search: the name of a fact, the product's place or None, and the new value.
Naive = tuple[str, int | None, Value]


def changed(facts: Facts, changes: tuple[Naive, ...]) -> Facts:
    """The facts after the changes, naively: a product taken off is gone from the number of them."""
    gone = {place for name, place, _ in changes if name == "gone"}
    claim = dict(facts.claim)
    for name in ("claim.products", "claim.products_after"):
        if isinstance(count := claim.get(name), int):
            claim[name] = count - len(gone)
    products = [dict(one) for one in facts.products]
    for name, place, value in changes:
        if name != "gone":
            (products[place] if place is not None else claim)[name] = value
    return Facts(claim, tuple(one for place, one in enumerate(products) if place not in gone))


def possible(decision: Decision, side: Side) -> Iterator[Naive]:
    """Every single change of a fact that the decision reads, by those who may act now."""
    facts, vocabulary = decision.facts, RULEBOOK.vocabulary
    read = RULEBOOK.facts_read(decision.question)
    status = str(facts.claim["claim.status"])
    open_ = RULEBOOK.statuses[status].editable if status in RULEBOOK.statuses else []
    for name, value in facts.claim.items():
        if name.startswith("input."):
            yield name, None, not value
    who = {"partner", "operator"} | ({"customer"} if status in ("approved", "dispute") else set())
    for name, fact in vocabulary.facts.items():
        if side not in fact.seen_by or (fact.group is not None and fact.group not in open_):
            continue
        if fact.changes not in who:
            continue
        for place in range(len(facts.products)) if fact.scope == "product" else (None,):
            held = facts.claim if place is None else facts.products[place]
            if fact.to_remove:
                yield "gone", place, True
            if name in held and fact.to_change and name in read:
                values = (False, True) if fact.type == "bool" else range(4)
                yield from ((name, place, value) for value in values if value != held[name])


def allowed(action: str, facts: Facts) -> bool:
    try:
        return RULEBOOK.replay(action, facts).allowed
    except CouldNotBeDecided:
        return False  # no claim has such facts


def fewest(decision: Decision, side: Side, at_most: int) -> int | None:
    """How many changes suffice, by trying them all; None where `at_most` do not."""
    single = list(possible(decision, side))
    for count in range(1, at_most + 1):
        for chosen in combinations(single, count):
            places = {(name, place) for name, place, _ in chosen}
            if len(places) == count and allowed(decision.question, changed(decision.facts, chosen)):
                return count
    return None


@st.composite
def refusals(draw: st.DrawFn) -> tuple[Decision, Side]:
    """A refused action on one of the policy's own cases in which a few facts are otherwise."""
    action = draw(st.sampled_from(sorted(ACTIONS)))
    by = "a reviewer" if RULEBOOK.transitions[action].by.startswith("reviews.") else "a partner"
    form: dict[str, object] = {
        ask: draw(st.booleans()) for ask in RULEBOOK.transitions[action].asks if draw(st.booleans())
    }
    example = Example(
        name="random",
        question=action,
        given=draw(st.sampled_from(ACTIONS[action])),
        by=by,
        form=form,
        expect="refused",
    )
    facts = draw(twisted(base_of(example), RULEBOOK.facts_read(action)))
    try:
        decision = RULEBOOK.decide(action, facts)
    except CouldNotBeDecided:
        reject()
    assume(not decision.allowed)
    return decision, SIDES[by]


def base_of(example: Example) -> Facts:
    parts = RULEBOOK.parts
    return facts_of(example, parts.cases, RULEBOOK.vocabulary, RULEBOOK.lifecycle, RULEBOOK.roles)


@st.composite
def twisted(draw: st.DrawFn, facts: Facts, read: frozenset[str]) -> Facts:
    """The facts with up to five of those that are read otherwise, and each product there once or twice."""
    products = [dict(one) for one in facts.products for _ in range(draw(st.integers(1, 2)))]
    claim = dict(facts.claim)
    if products:
        claim["claim.products"] = claim["claim.products_after"] = len(products)
    places = [claim, *products]
    known = [
        (place, name)
        for place, held in enumerate(places)
        for name in sorted(held)
        if name in read and not name.startswith(("actor.", "claim.products", "claim.status"))
    ]
    for place, name in draw(st.lists(st.sampled_from(known), max_size=5)) if known else ():
        fact = RULEBOOK.vocabulary.facts[name]
        if fact.type == "bool":
            places[place][name] = not places[place][name]
        elif fact.type == "int":
            places[place][name] = draw(st.integers(0, 3))
        elif fact.type == "choice":
            places[place][name] = draw(st.sampled_from(RULEBOOK.vocabulary.codes(name)))
    return Facts(claim, tuple(products))


def made(decision: Decision, remedy: Remedy) -> Facts:
    """The facts after a remedy, by the naive way."""
    return changed(
        decision.facts,
        tuple(
            ("gone" if one.fact == REMOVED else one.fact, None if one.item == CLAIM else one.item, one.value)
            for one in remedy.changes
        ),
    )


def check(found: tuple[Decision, Side]) -> None:
    decision, side = found
    remedy = RULEBOOK.remedy(decision, side)
    if remedy is None:
        assert fewest(decision, side, CHANGES_LOOKED_AT) is None
        return
    assert RULEBOOK.decide(decision.question, made(decision, remedy)).allowed
    assert all(one.text and one.who in ("partner", "operator", "customer") for one in remedy.changes)
    at_most = min(len(remedy.changes) - 1, CHANGES_LOOKED_AT)
    assert fewest(decision, side, at_most) is None, "fewer changes would have done"


@pytest.mark.broad
@given(refusals())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_remedy_works_and_none_is_overlooked(found: tuple[Decision, Side]) -> None:
    check(found)


@pytest.mark.soak
@given(refusals())
@settings(max_examples=5000, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_remedy_of_many_claims_works(found: tuple[Decision, Side]) -> None:
    check(found)


def remedy_of(
    action: str, case: str, by: str = "a partner", **but: object
) -> list[tuple[str, str, str | None]]:
    renamed = {name.replace("__", "."): value for name, value in but.items()}
    example = Example(name="one", question=action, given=case, by=by, but=renamed, expect="refused")
    remedy = RULEBOOK.remedy(RULEBOOK.decide(action, base_of(example)), SIDES[by])
    return [(one.who, one.text, one.subject) for one in remedy.changes] if remedy else []


def test_an_empty_draft_is_told_everything_at_once() -> None:
    texts = [text for _, text, _ in remedy_of("submit", "an empty draft")]
    assert "Choose a partner location" in texts
    assert "Upload a proof of execution that can be opened" in texts
    assert len(texts) > CHANGES_LOOKED_AT


def test_what_only_the_customer_can_do_is_told_as_theirs() -> None:
    found = remedy_of(
        "approve_dispute",
        "a disputed claim",
        by="a reviewer",
        claim__rejection_reasons=["customer_declined"],
    )
    assert [who for who, _, _ in found] == ["customer"]


def test_where_time_is_over_nothing_is_promised() -> None:
    assert remedy_of("dispute", "a rejected claim", clock__dispute_window="ended") == []


def test_a_competitor_is_nothing_that_a_partner_could_change() -> None:
    """What the partner may not know of is never part of what they are told."""
    decision = RULEBOOK.decide(
        "approve",
        base_of(
            Example(
                name="x",
                question="approve",
                given="a claim under review",
                by="a reviewer",
                product={"product.other_partner": "open"},
                expect="refused",
            )
        ),
    )
    assert RULEBOOK.remedy(decision, "operator") is None


# ── of the answer to a question: incentive eligibility ──

STATES = RULEBOOK.vocabulary.codes("subscriptions.states")
SETS = [frozenset(some) for some in chain.from_iterable(combinations(STATES, size) for size in range(5))]
NOT_THERE_YET = ["not_eligible", "in_consent_window"]


@cache
def eligibility(activity: str, window: str, known: int, states: frozenset[str]) -> Decision:
    claim: dict[str, Value] = {
        "claim.status": "approved",
        "claim.activity": activity,
        "clock.consent_window": window,
        "subscriptions.known": known,
        "subscriptions.states": states,
    }
    return RULEBOOK.replay("eligibility", Facts(claim))


ALL_OF_ELIGIBILITY = list(
    product(RULEBOOK.programs.activities, ("never", "running", "ended"), (0, 1, 2), SETS)
)


@pytest.mark.parametrize("side", SIDES.values())
def test_whatever_keeps_a_claim_from_earning_its_remedy_makes_it_eligible(side: Side) -> None:
    """Every fact that the rules read, in every combination; each remedy is the smallest one there is."""
    told = 0
    for activity, window, known, states in ALL_OF_ELIGIBILITY:
        decision = eligibility(activity, window, known, states)
        remedy = RULEBOOK.remedy(decision, side)
        if decision.outcome == "eligible":
            assert remedy is None
            continue
        assert decision.outcome in NOT_THERE_YET
        assert remedy is not None, decision.facts
        # How many of time and of what is imported have to change, found by trying all that they can become.
        enough = [
            (window != to_window) + (states != to_states)
            for to_window, to_states in product((window, "ended"), SETS)
            if eligibility(activity, to_window, known, to_states).outcome == "eligible"
        ]
        if not remedy.changes:
            assert remedy.fixed == "“Activity claimed”"
            assert enough == []
            continue
        told += 1
        assert RULEBOOK.decide("eligibility", made(decision, remedy)).outcome == "eligible"
        assert len(remedy.changes) == min(enough)
        assert {one.who for one in remedy.changes} <= {"operator", "time"}
    assert told > len(SETS)


@pytest.mark.parametrize(
    "example",
    [
        one
        for file in RULEBOOK.parts.examples.values()
        for one in file.examples
        if one.question == "eligibility" and one.expect in NOT_THERE_YET
    ],
    ids=lambda one: one.name,
)
def test_every_example_of_the_policy_is_told_what_would_change_it_or_that_nothing_can(
    example: Example,
) -> None:
    decision = RULEBOOK.decide("eligibility", base_of(example))
    remedy = RULEBOOK.remedy(decision, "partner")
    assert remedy is not None
    never = not RULEBOOK.programs.activities[str(decision.facts.claim["claim.activity"])].can_earn
    assert bool(remedy.fixed) == never
    if remedy.changes:
        assert RULEBOOK.decide("eligibility", made(decision, remedy)).outcome == "eligible"


def test_nothing_is_said_of_a_claim_whose_way_is_still_open() -> None:
    """Before it is approved much can change, so neither a remedy nor that there is none is told."""
    example = Example(name="one", question="eligibility", given="a claim under review", expect="not_assessed")
    assert RULEBOOK.remedy(RULEBOOK.decide("eligibility", base_of(example)), "partner") is None


def test_a_question_that_wants_no_answer_has_no_remedy() -> None:
    example = Example(name="one", question="earning", given="an approved claim", expect="awaited")
    assert RULEBOOK.remedy(RULEBOOK.decide("earning", base_of(example)), "partner") is None


@pytest.mark.parametrize(
    ("when", "held", "to"),
    [
        ('"suspended" in subscriptions.states', {"active", "suspended", "ended"}, {"active", "ended"}),
        ('!("active" in subscriptions.states) || "ended" in subscriptions.states', {"ended"}, {"active"}),
    ],
)
def test_of_a_set_codes_are_taken_out_and_put_in_as_the_rule_needs(
    when: str, held: set[str], to: set[str]
) -> None:
    files = read_folder(Path(__file__).parents[3] / "rules")
    old = "when: subscriptions.known >= 1 && !subscriptions.states.exists(s, s in earning_states)"
    assert files["incentives.yaml"].count(old) == 1
    files["incentives.yaml"] = files["incentives.yaml"].replace(old, f"when: |\n          {when}")
    book = load(files)
    claim = dict(eligibility("use_or_consume", "ended", 2, frozenset(held)).facts.claim)
    remedy = book.remedy(book.decide("eligibility", Facts(claim)), "partner")
    assert remedy is not None
    assert [one.value for one in remedy.changes] == [frozenset(to)]


def test_a_fact_that_a_side_may_not_see_is_not_named_to_it_as_what_decides_for_good() -> None:
    files = read_folder(Path(__file__).parents[3] / "rules")
    old = "means: Activity claimed}"
    assert files["vocabulary.yaml"].count(old) == 1
    files["vocabulary.yaml"] = files["vocabulary.yaml"].replace(old, f"seen_by: [operator], {old}")
    book = load(files)
    never = next(code for code, one in book.programs.activities.items() if not one.can_earn)
    decision = book.decide("eligibility", eligibility(never, "ended", 0, frozenset()).facts)
    assert book.remedy(decision, "partner") is None
    told = book.remedy(decision, "operator")
    assert told is not None
    assert told.fixed == "“Activity claimed”"
