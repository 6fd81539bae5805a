"""States of what was earned, of imports, and of reports."""

from typing import Any

from sqlalchemy import exists

from portal.claims.model import Claim, ClaimClock
from portal.incentives.model import EarningLine
from tests.e2e.sample_house import Found
from tests.e2e.states import ADMIN, BILLING, PARTNER, POLICY, REVIEWER, Find, State
from tests.e2e.steps import sent_form

EARNED = exists().where(EarningLine.claim_id == Claim.id)
NOT_EARNED = ~EARNED
WRONG: dict[str, Any] = {"name": "", "email": "kim at contoso"}
REPORTS = (
    "claims-over-time",
    "first-pass",
    "time-in-status",
    "deadlines-missed",
    "reasons",
    "disputes",
    "declines",
    "renewals",
    "forfeits",
)


def _approved(*more: Any) -> Find:
    return lambda found: f"/claims/{found.claim('approved', *more)}"


def _of_activity(status: str, at: str = "") -> Find:
    """Return what finds the address of a claim whose activity cannot earn."""
    activities = ("usage_recognition", "influenced_revenue_recognition")
    return lambda found: f"/claims/{found.claim(status, Claim.activity.in_(activities))}{at}"


def _assessed(found: Found) -> str:
    over = Claim.clocks.any(ClaimClock.state == "ended")  # before, nothing is assessed
    number = found.claim("approved", Claim.eligibility == "not_eligible", over)
    return f"/claims/{number}/events/{found.event(number, 'consent_window_ends')}"


def _customer(*more: Any) -> Find:
    """Return what finds the page of the customer of an approved claim for which the conditions hold."""
    return lambda found: f"/customers/{found.customer('approved', *more)}"


STATES = (
    State("earnings", BILLING, "/earnings"),
    State("earnings, filtered", PARTNER, "/earnings?status=paid"),
    State("earnings, nothing fits", PARTNER, "/earnings?q=nothingiscalledthis"),
    State("earnings, bad parameters", PARTNER, "/earnings?month=zzz&after=zzz"),
    State("approved, nothing earned", PARTNER, "/earnings/nothing-earned"),
    State("payout contact, nobody named", PARTNER, "/earnings/payout-contact"),
    State("payout contact", BILLING, "/earnings/payout-contact"),
    State(
        "payout contact, mistakes",
        BILLING,
        "/earnings/payout-contact",
        (sent_form("main form[method=post]", **WRONG),),
        422,
    ),
    State("claim that earned", PARTNER, _approved(EARNED)),
    State("claim that earned nothing", PARTNER, _approved(NOT_EARNED)),
    State("claim that cannot earn", PARTNER, _of_activity("approved")),
    State("products of a claim that cannot earn", PARTNER, _of_activity("draft", "/wizard/products")),
    State("review page of a claim that cannot earn", PARTNER, _of_activity("draft", "/wizard/review")),
    State("why a claim is eligible or not", PARTNER, _assessed),
    State("customer with earnings", BILLING, _customer(EARNED)),
    State("customer without earnings", BILLING, _customer(NOT_EARNED)),
    State("imports", ADMIN, "/imports"),
    State("import in use", ADMIN, "/imports/1"),
    State("imports, no file chosen", ADMIN, "/imports", (sent_form("main form[method=post]"),), 422),
    State("reports", REVIEWER, "/reports"),
    *(State(f"report {code} of a partner", PARTNER, f"/reports/{code}") for code in REPORTS),
    *(State(f"report {code} of the operator", POLICY, f"/reports/{code}") for code in REPORTS),
    State("report of organizations", ADMIN, "/reports/reasons-by-organization"),
    State("report of organizations, not a partner's", PARTNER, "/reports/reasons-by-organization", (), 404),
)
