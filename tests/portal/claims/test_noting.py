"""Approved claims with which no eligibility is kept: the sweep keeps what their pages say."""

from sqlalchemy import select

from portal.audit.model import AuditEvent
from portal.claims.chain import chain_of
from portal.claims.model import NOT_ASSESSED, Claim
from portal.db import db, transaction
from portal.work.sweep import sweep
from tests.browser import Browser
from tests.portal.claims.test_export import rows_of
from tests.portal.reviews.filing import Filing


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
