"""States of what was earned, of imports, and of reports."""

from typing import Any

from sqlalchemy import exists

from portal.claims.model import Claim
from portal.incentives.model import EarningLine
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
    State("imports", ADMIN, "/imports"),
    State("import in use", ADMIN, "/imports/1"),
    State("imports, no file chosen", ADMIN, "/imports", (sent_form("main form[method=post]"),), 422),
    State("reports", REVIEWER, "/reports"),
    *(State(f"report {code} of a partner", PARTNER, f"/reports/{code}") for code in REPORTS),
    *(State(f"report {code} of the operator", POLICY, f"/reports/{code}") for code in REPORTS),
    State("report of organizations", ADMIN, "/reports/reasons-by-organization"),
    State("report of organizations, not a partner's", PARTNER, "/reports/reasons-by-organization", (), 404),
)
