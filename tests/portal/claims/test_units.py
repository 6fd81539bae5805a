"""At most one claim is approved for a unit at any moment, whatever partners and reviewers do."""

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from portal.claims.model import Claim
from portal.claims.units import parts_of
from portal.clock import FixedClock
from portal.db import db, transaction
from portal.work.sweep import sweep
from tests.form_filling import Given
from tests.portal.claims.holdings import check_holdings, claims_of, units_of
from tests.portal.claims.rivals import ADVICE, PARTNERS, REVIEWERS, SUBSCRIPTIONS, USAGE, Rivals

OPEN = {"submitted", "under_review", "partner_action_required", "dispute"}
IN_PLAY = OPEN | {"approved"}
# What leads a claim to its approval, and what leads it away from it, by where it is.
TOWARDS = {
    "draft": "submit",
    "submitted": "start_review",
    "under_review": "approve",
    "partner_action_required": "resubmit",
    "dispute": "approve_dispute",
    "rejected": "dispute",
    "approved": "agree",
    "rejected_final": "dispute",
}
AWAY = {
    "draft": ("submit",),
    "submitted": ("request_rejection", "start_review"),
    "under_review": ("reject", "request_information", "request_rejection"),
    "partner_action_required": ("request_rejection", "resubmit"),
    "dispute": ("deny_dispute", "agree", "request_rejection"),
    "rejected": ("dispute",),
    "approved": ("decline", "disassociate"),
    "rejected_final": ("dispute",),
}
some = {strategy: st.sampled_from(values) for strategy, values in {"who": REVIEWERS, "by": PARTNERS}.items()}
products = st.sets(st.sampled_from(USAGE), min_size=1).map(lambda chosen: tuple(sorted(chosen)))


@pytest.fixture
def rivals(app: Flask, clock: FixedClock) -> Rivals:
    return Rivals(app, clock)


class Contest(RuleBasedStateMachine):
    """Claims for one customer, filed and moved in any order; what refuses is the portal's to say."""

    rivals: Rivals
    filed = Bundle("filed")

    @initialize(target=filed, first=products, second=products, away=st.booleans())
    def begin(self, first: tuple[str, ...], second: tuple[str, ...], away: bool) -> object:
        """Two that meet on one product at least; the first may be approved before the second is there."""
        self.numbers: list[str] = []
        self.rivals.new_customer()
        one = self.reviewed("contoso", first)
        if away:
            assert self.rivals.tried("approve", one) == ""
        return multiple(one, self.reviewed("fabrikam", tuple({first[0], *second})))

    def reviewed(self, partner: str, chosen: tuple[str, ...]) -> str:
        self.numbers.append(self.rivals.reviewed(partner, chosen))
        return self.numbers[-1]

    @rule(target=filed, partner=some["by"], chosen=products)
    def file(self, partner: str, chosen: tuple[str, ...]) -> str:
        self.numbers.append(self.rivals.file(partner, chosen))
        return self.numbers[-1]

    @rule(
        target=filed, partner=some["by"], chosen=st.sampled_from(ADVICE), paid=st.sampled_from(SUBSCRIPTIONS)
    )
    def file_for_a_subscription(self, partner: str, chosen: str, paid: str) -> str:
        self.numbers.append(self.rivals.file(partner, (chosen,), paid))
        return self.numbers[-1]

    @rule(number=filed, reviewer=some["who"], steps=st.integers(1, 4))
    def lead_towards_approval(self, number: str, reviewer: str, steps: int) -> None:
        for _ in range(steps):
            self.attempt(TOWARDS[self.status(number)], number, reviewer)

    @rule(number=filed, reviewer=some["who"], which=st.integers(0, 2))
    def lead_away(self, number: str, reviewer: str, which: int) -> None:
        ways = AWAY[self.status(number)]
        self.attempt(ways[which % len(ways)], number, reviewer)

    @rule(number=filed, reviewer=some["who"])
    def settle(self, number: str, reviewer: str) -> None:
        """The winner ends every claim that it meets, and no other one."""
        before = self.now()
        meets = self.met_by(before[number], before)
        if self.rivals.tried("settle", number, reviewer):
            assert self.statuses() == {known: claim.status for known, claim in before.items()}
            return
        assert meets
        ended = {
            known: "rejected_final" if before[known].status == "dispute" else "rejected" for known in meets
        }
        untouched = {known: claim.status for known, claim in before.items()}
        assert self.statuses() == untouched | ended | {number: "approved"}

    @rule(number=filed, chosen=products)
    def claim_other_products(self, number: str, chosen: tuple[str, ...]) -> None:
        self.rivals.tried("edit", number, answers=self.rivals.edited(chosen))

    @rule(days=st.integers(1, 35))
    def wait(self, days: int) -> None:
        self.rivals.clock.set(self.rivals.clock.now() + timedelta(days=days))
        with self.rivals.context():
            sweep(self.rivals.desk)

    def attempt(self, action: str, number: str, reviewer: str) -> None:
        """Try it; an approval is refused exactly where another claim is in play for one of the units."""
        before = self.now()
        refused = self.rivals.tried(action, number, reviewer)
        if action in {"approve", "approve_dispute"} and refused != "not_there":
            assert ("held_by_another" in refused) == bool(self.met_by(before[number], before))

    def now(self) -> dict[str, Claim]:
        with self.rivals.context():
            claims = {claim.number: claim for claim in claims_of(db.session(), self.numbers)}
            self.units = {number: units_of(claim) for number, claim in claims.items()}
            return claims

    def met_by(self, one: Claim, claims: dict[str, Claim]) -> set[str]:
        mine = self.units[one.number]
        return {
            number
            for number, claim in claims.items()
            if number != one.number and claim.status in IN_PLAY and mine & self.units[number]
        }

    def status(self, number: str) -> str:
        return self.statuses()[number]

    def statuses(self) -> dict[str, str]:
        return {number: claim.status for number, claim in self.now().items()}

    @invariant()
    def one_holder(self) -> None:
        if hasattr(self, "numbers"):
            with self.rivals.context():
                check_holdings(db.session(), self.numbers)


def contest(rivals: Rivals, examples: int, steps: int, *, shrink: bool = False) -> None:
    machine = type("Contest", (Contest,), {"rivals": rivals})
    phases = {Phase.reuse, Phase.generate} | ({Phase.shrink} if shrink else set())  # shrinking takes minutes
    wanted = settings(
        max_examples=examples,
        stateful_step_count=steps,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=wanted)


def test_a_unit_has_one_holder_whatever_is_done(rivals: Rivals) -> None:
    contest(rivals, examples=4, steps=10)


@pytest.mark.soak
def test_a_unit_has_one_holder_in_many_contests(rivals: Rivals) -> None:
    contest(rivals, examples=60, steps=30, shrink=True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_two_holders_are_seen_wherever_they_show(rivals: Rivals) -> None:
    """Neither a status, nor the table, nor the audit can tell of a second holder and be overlooked."""
    rivals.new_customer()
    numbers = [rivals.reviewed("contoso", ("teams",))]
    assert rivals.tried("approve", numbers[0]) == ""
    numbers.append(rivals.reviewed("fabrikam", ("teams", "intune")))
    forged = (
        "UPDATE claims SET status = 'approved' WHERE number = :second",
        "UPDATE associations SET ended_at = began_at",
        "UPDATE audit_events SET to_status = 'approved' WHERE action = 'start_review' AND subject = :subject",
        "UPDATE audit_events SET to_status = NULL WHERE action = 'approve'",
        "UPDATE audit_events SET decision_id = decision_id - 1 WHERE action = 'approve'",
    )
    for change in forged:
        with rivals.context(), transaction() as session:
            check_holdings(session, numbers)
            session.execute(text(change), {"second": numbers[1], "subject": f"claim:{numbers[1]}"})
            session.expire_all()
            with pytest.raises(AssertionError):
                check_holdings(session, numbers)
            session.rollback()


@pytest.mark.parametrize("paid", ["", "SUB-1"])
def test_an_answer_cannot_bring_what_another_claim_of_the_organization_has(rivals: Rivals, paid: str) -> None:
    rivals.new_customer()
    first, second = ADVICE if paid else USAGE[:2]
    held, asked = rivals.file("contoso", (first,), paid), rivals.file("contoso", (second,), paid)
    for number in (held, asked):
        assert rivals.tried("submit", number) == rivals.tried("start_review", number) == ""
    assert rivals.tried("request_information", asked) == ""

    browser = rivals.browser("incentives@contoso.example")
    browser.visit(f"/claims/{asked}")
    given: dict[str, Given] = {f"subscription_{code}": paid.lower() for code in (first, second) if paid}
    given["product"] = [first, second]
    page = browser.fill_and_submit("Save changes", status=422, **given)
    assert "Your organization has another claim for" in page.region("claim-details")
    with rivals.context():
        assert [row.product for row in claims_of(db.session(), [asked])[0].products] == [second]

    assert rivals.tried("request_rejection", held) == ""
    browser.fill_and_submit("Save changes", status=200, **given)
    with rivals.context():
        check_holdings(db.session(), [held, asked])
        assert len(claims_of(db.session(), [asked])[0].units) == 2


def test_what_was_typed_as_a_subscription_adds_no_part_to_a_unit_of_before() -> None:
    before = "tenant:one|product:power_apps|subscription:x|tenant:two|product:teams|subscription:"
    assert parts_of(before) == {"tenant": "one", "product": "power_apps", "subscription": "x"}
