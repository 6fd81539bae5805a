"""Eligibility follows what is imported about subscriptions, with its history."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from portal.accounts.actor import SYSTEM_ACTOR
from portal.audit.model import AuditEvent
from portal.claims.chain import chain_of
from portal.claims.desk import Step
from portal.claims.ends import apply_due_ends
from portal.db import db
from portal.imports.model import Import
from portal.imports.setbacks import put_off
from portal.imports.using import undo
from portal.incentives.assessment import assess
from portal.incentives.following import follow_imports
from portal.policies.rechecking import recheck
from tests.factories import SHARED_TENANT
from tests.portal.incentives.sheets import READING, bring, csv_of, subscribe
from tests.portal.reviews.filing import Filing

LONG_ENOUGH_TO_WAIT = 2.0  # seconds; where the other one is slower still, nothing is proved and nothing fails


@pytest.fixture
def assessed(filing: Filing) -> str:
    """An approved claim whose customer's time to decline has ended."""
    number = filing.approved()
    filing.wait(8)
    filing.do("comment", number, "incentives@contoso.example", message="Is it assessed?")
    assert filing.claim(number).eligibility == "eligible"
    return number


def follow(filing: Filing) -> int:
    with filing.context():
        return follow_imports(filing.desk)


def events(filing: Filing, number: str) -> list[str]:
    with filing.context():
        found = (
            select(AuditEvent.action).where(AuditEvent.subject == chain_of(number)).order_by(AuditEvent.place)
        )
        return list(db.session.scalars(found))


def test_a_subscription_that_ended_ends_eligibility_and_one_in_use_brings_it_back(
    filing: Filing, assessed: str
) -> None:
    subscribe(filing, state="ended", as_of="2026-11-21")
    assert follow(filing) == 1
    claim = filing.claim(assessed)
    assert claim.eligibility == "not_eligible"
    assert [row["code"] for row in claim.eligibility_reasons] == ["no_earning_subscription"]
    assert "Ended" in claim.eligibility_reasons[0]["text"]
    subscribe(filing, state="active", as_of="2026-11-22")
    assert follow(filing) == 1
    assert filing.claim(assessed).eligibility == "eligible"
    assert events(filing, assessed).count("assess_again") == 2
    with filing.context():
        assert recheck(db.session(), filing.desk.policies).differences == ()


def test_of_each_subscription_the_newest_day_counts_in_whatever_order_it_came(
    filing: Filing, assessed: str
) -> None:
    subscribe(filing, state="active", as_of="2026-11-22")
    subscribe(filing, state="suspended", as_of="2026-11-21")
    assert follow(filing) == 0
    assert filing.claim(assessed).eligibility == "eligible"


def test_what_is_undone_is_decided_as_if_it_had_never_come(filing: Filing, assessed: str) -> None:
    outcome = subscribe(filing, state="suspended")
    assert follow(filing) == 1
    with filing.context():
        undo(filing.app.extensions["importer"], outcome.number, SYSTEM_ACTOR)
    assert follow(filing) == 1
    assert filing.claim(assessed).eligibility == "eligible"


def test_the_same_answer_leaves_no_trace_and_nothing_is_followed_twice(filing: Filing, assessed: str) -> None:
    before = events(filing, assessed)
    subscribe(filing, state="active")
    assert follow(filing) == 0
    assert follow(filing) == 0
    assert events(filing, assessed) == before


def test_a_tenant_is_the_same_however_its_id_is_typed(filing: Filing, assessed: str) -> None:
    subscribe(filing, tenant_id=f"{{{SHARED_TENANT.upper()}}}", state="ended")
    assert follow(filing) == 1
    assert filing.claim(assessed).eligibility == "not_eligible"


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ({"tenant_id": "adatum"}, "It is no tenant ID"),
        ({"as_of": "2062-11-20"}, "It is a day that has not come yet"),
    ],
)
def test_what_can_be_so_of_no_subscription_is_a_mistake(
    filing: Filing, cell: dict[str, str], told: str
) -> None:
    outcome = bring(filing, "subscriptions", csv_of(READING, [cell]))
    assert not outcome.used
    (mistake,) = outcome.mistakes
    assert {mistake.column: mistake.cell} == cell
    assert mistake.reason.startswith(told)


def test_other_customers_and_other_products_decide_nothing(filing: Filing, assessed: str) -> None:
    subscribe(filing, product="intune", state="ended")
    subscribe(filing, tenant_id="0d3c0000-0000-4000-8000-000000000001", state="ended")
    assert follow(filing) == 0
    assert filing.claim(assessed).eligibility == "eligible"


def test_nothing_is_assessed_before_the_customer_had_their_time(filing: Filing) -> None:
    number = filing.approved()
    subscribe(filing, state="ended")
    assert follow(filing) == 0
    assert filing.claim(number).eligibility == "in_consent_window"
    filing.wait(8)
    filing.do("comment", number, "incentives@contoso.example", message="And now?")
    assert filing.claim(number).eligibility == "not_eligible"


def test_a_claim_that_left_the_status_is_left_alone(filing: Filing, assessed: str) -> None:
    filing.do("disassociate", assessed, "incentives@contoso.example", reason="The project is over.")
    subscribe(filing, state="ended")
    assert follow(filing) == 0
    assert filing.claim(assessed).eligibility == "not_assessed"


def test_what_is_imported_while_a_claim_is_assessed_is_not_missed(filing: Filing) -> None:
    number = filing.approved()
    filing.wait(8)

    def import_and_follow() -> None:
        subscribe(filing, state="ended")
        follow(filing)

    other = threading.Thread(target=import_and_follow)

    def overtaken(step: Step) -> None:
        assess(step)
        other.start()
        other.join(LONG_ENOUGH_TO_WAIT)

    with filing.context():
        verbs = {**filing.desk.verbs, "assess": overtaken}
        assert apply_due_ends(replace(filing.desk, verbs=verbs)) == [(number, "consent_window")]
    other.join()
    assert filing.claim(number).eligibility == "not_eligible"


def test_an_import_whose_claim_cannot_be_decided_waits_longer_each_time_and_is_followed_when_it_can(
    filing: Filing, assessed: str
) -> None:
    tries: list[datetime] = []

    def broken(_step: Step) -> None:
        tries.append(filing.clock.now())
        raise KeyError("a rule that names nothing")

    def follow_broken() -> None:
        with filing.context():
            follow_imports(replace(filing.desk, verbs={**filing.desk.verbs, "assess": broken}))

    def waited(minutes: int) -> None:
        filing.clock.set(filing.clock.now() + timedelta(minutes=minutes))

    outcome = subscribe(filing, state="ended")
    for minutes, tried in ((0, 1), (0, 1), (1, 2), (1, 2), (1, 3), (3, 3), (1, 4), (7, 4), (1, 5)):
        waited(minutes)
        follow_broken()
        assert len(tries) == tried
    with filing.context():
        row = db.session.get_one(Import, outcome.number)
        assert (row.attempts, row.followed) == (5, False)
        assert row.error == f"{assessed}: KeyError"  # what it says stands in the log
    assert follow(filing) == 0
    waited(16)
    assert follow(filing) == 1
    assert filing.claim(assessed).eligibility == "not_eligible"
    with filing.context():
        row = db.session.get_one(Import, outcome.number)
        assert (row.attempts, row.next_attempt_at, row.error, row.followed) == (0, None, None, True)


def test_what_is_undone_is_followed_at_once_whatever_failed_before(filing: Filing, assessed: str) -> None:
    def broken(_step: Step) -> None:
        raise KeyError("a rule that names nothing")

    outcome = subscribe(filing, state="ended")
    with filing.context():
        follow_imports(replace(filing.desk, verbs={**filing.desk.verbs, "assess": broken}))
        undo(filing.app.extensions["importer"], outcome.number, SYSTEM_ACTOR)
        follow_imports(filing.desk)
        row = db.session.get_one(Import, outcome.number, populate_existing=True)
        assert (row.state, row.followed, row.error) == ("undone", True, None)


def test_a_worker_that_fails_when_another_one_has_followed_puts_nothing_off(
    filing: Filing, assessed: str
) -> None:
    outcome = subscribe(filing, state="ended")
    assert follow(filing) == 1
    with filing.context():
        put_off(outcome.number, "in_use", filing.clock.now(), f"{assessed}: OperationalError")
        row = db.session.get_one(Import, outcome.number, populate_existing=True)
        assert (row.followed, row.error, row.attempts) == (True, None, 0)
