"""Approved claims with which no eligibility is kept: the sweep keeps what their pages say."""

import pytest
from sqlalchemy import select, update

from portal.audit.model import AuditEvent
from portal.claims.chain import chain_of
from portal.claims.model import NOT_ASSESSED, Claim, ClaimClock, ClockReminder
from portal.db import db, transaction
from portal.policies.versions import NoPolicy
from portal.work.sweep import sweep
from tests.browser import Browser
from tests.portal.claims.test_export import rows_of
from tests.portal.reviews.filing import REVIEWER, Filing


def forget(filing: Filing, number: str) -> None:
    """Leave a claim as it is from before eligibility was kept with it."""
    with filing.context(), transaction() as session:
        claim = session.scalars(select(Claim).where(Claim.number == number)).one()
        claim.eligibility, claim.eligibility_reasons = NOT_ASSESSED, []


def told(filing: Filing, number: str) -> tuple[int, int]:
    with filing.context():
        events = select(AuditEvent.id).where(AuditEvent.subject == chain_of(number))
        return len(db.session.scalars(events).all()), filing.claim(number).version


def test_a_claim_approved_before_eligibility_was_kept_is_in_lists_what_its_page_says(
    filing: Filing, partner: Browser
) -> None:
    number = filing.approved()
    forget(filing, number)
    before = told(filing, number)
    with filing.context():
        sweep(filing.desk)
    (row,) = rows_of(partner.visit("/claims.csv"))
    assert row["Incentive eligibility"] == "In consent window"
    assert "In consent window" in partner.visit(f"/claims/{number}").region("claim-money")
    assert told(filing, number) == before, "nothing was assessed by that, and no form became stale"


def test_a_claim_whose_eligibility_cannot_be_kept_keeps_no_other_from_its_turn(filing: Filing) -> None:
    broken, sound = filing.approved(), filing.approved(product="intune")
    forget(filing, broken)
    forget(filing, sound)
    with filing.context():
        with transaction() as session:
            session.execute(update(Claim).where(Claim.number == broken).values(policy_version="lost"))
        with pytest.raises(NoPolicy):
            sweep(filing.desk)
    assert filing.claim(broken).eligibility == NOT_ASSESSED
    assert filing.claim(sound).eligibility == "in_consent_window"


def test_a_reminder_that_cannot_be_left_keeps_no_eligibility_from_being_kept(filing: Filing) -> None:
    asked, sound = filing.under_review(product="intune"), filing.approved()
    filing.do("request_information", asked, REVIEWER, reason="missing_products", message="Which?")
    forget(filing, sound)
    filing.wait(days=1)
    with filing.context():
        with transaction() as session:
            session.execute(update(Claim).where(Claim.number == asked).values(policy_version="lost"))
            reminders = update(ClockReminder).where(ClockReminder.clock_id == ClaimClock.id)
            of_it = reminders.where(ClaimClock.claim_id == Claim.id, Claim.number == asked)
            session.execute(of_it.values(remind_at=filing.clock.now()))
        with pytest.raises(NoPolicy):
            sweep(filing.desk)
    assert filing.claim(sound).eligibility == "in_consent_window"
