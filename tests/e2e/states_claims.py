"""States of the dashboard, the wizard, the claim page, and the page of a customer."""

from typing import Any

from portal.claims.model import Claim
from tests.e2e.sample_house import BEGINNER, Found
from tests.e2e.states import BILLING, PARTNER, Find, State
from tests.e2e.steps import (
    all_open,
    chosen_file,
    opened,
    picked_file,
    sent,
    sent_form,
    stale,
)

STATUSES = (
    "draft",
    "submitted",
    "under_review",
    "partner_action_required",
    "approved",
    "rejected",
    "dispute",
    "rejected_final",
)
STEPS = ("location", "customer", "activity", "products", "contacts", "evidence", "review")
# What a step's form is sent with to come back with its mistakes; the others take whatever they are given.
MISTAKEN: dict[str, dict[str, Any]] = {
    "location": {"location": ""},
    "products": {},
    "contacts": {"customer_contact_email": "no address", "own_contact_email": "no address"},
}
TENANT: dict[str, Any] = {
    "customer_name": "x",
    "customer_domain": "no domain",
    "customer_tenant_id": "no tenant",
}
KNOWN = "/claims/new?start=customer"


def begun(found: Found) -> str:
    """Return a draft in which nothing is filled in but its location."""
    return found.claim("draft", Claim.name == "")


def filled(found: Found) -> str:
    """Return a draft in which everything is filled in."""
    return found.claim("draft", Claim.activity.is_not(None), Claim.customer_contact_name != "")


def half(found: Found) -> str:
    """Return a draft of which a part is filled in."""
    return found.claim("draft", Claim.activity.is_not(None), Claim.customer_contact_name == "")


def of_claim(status: str, *more: Any, which: int = 0, at: str = "") -> Find:
    """Return what finds the address of a claim in `status`."""
    return lambda found: f"/claims/{found.claim(status, *more, which=which)}{at}"


DASHBOARD = (
    State("dashboard", PARTNER, "/claims"),
    State("dashboard of a reader", BILLING, "/claims"),
    State("dashboard, every part open", PARTNER, "/claims", (all_open,)),
    *(State(f"dashboard, {status}", PARTNER, f"/claims?status={status}") for status in STATUSES),
    State("dashboard, one's own move", PARTNER, "/claims?move=partner"),
    State("dashboard, due soon", PARTNER, "/claims?due=7&sort=due"),
    State(
        "dashboard, every filter",
        PARTNER,
        "/claims?q=a&status=under_review&engagement=online_services_advisor&activity=build_intent&product=power_bi&move=operator&due=30",
    ),
    State("dashboard, search without result", PARTNER, "/claims?q=nothingiscalledthis"),
    State(
        "dashboard, bad parameters",
        PARTNER,
        "/claims?status=zzz&activity=zzz&product=zzz&move=zzz&due=zzz&sort=zzz&after=zzz",
    ),
    State("dashboard, empty", BEGINNER, "/claims"),
)

CLAIM = (
    *(State(f"claim {status}", PARTNER, of_claim(status)) for status in STATUSES),
    *(
        State(f"claim {status}, every part open", PARTNER, of_claim(status), (all_open,))
        for status in STATUSES
    ),
    State("claim overdue", PARTNER, of_claim("under_review", Claim.overdue)),
    State("claim closed", PARTNER, of_claim("rejected", Claim.closed), (all_open,)),
    State("claim declined", PARTNER, of_claim("rejected", Claim.declined_at.is_not(None))),
    State("claim agreed", PARTNER, of_claim("approved", Claim.agreed_at.is_not(None))),
    State("claim resubmitted", PARTNER, of_claim("submitted", Claim.round > 1)),
    State("claim of nothing but a location", PARTNER, lambda found: f"/claims/{begun(found)}", (all_open,)),
    State(
        "claim, stale form",
        PARTNER,
        of_claim("rejected", ~Claim.closed, Claim.disputes_used == 0),
        (stale("dispute", justification="The letter covers every product."),),
        409,
    ),
    State(
        "claim, stale comment",
        PARTNER,
        of_claim("under_review"),
        (stale("comments", message="Did you find page 2?"),),
        409,
    ),
    State(
        "claim, form with a mistake",
        PARTNER,
        of_claim("rejected", ~Claim.closed, Claim.disputes_used == 0),
        (sent("dispute"),),
        422,
    ),
    State("claim, empty comment", PARTNER, of_claim("under_review"), (sent("comments"),), 422),
    State(
        "claim, no reason to end it",
        PARTNER,
        of_claim("approved"),
        (sent("disassociation"),),
        422,
    ),
    State(
        "claim, no reason to reject it",
        PARTNER,
        of_claim("submitted"),
        (sent("rejection-request"),),
        422,
    ),
    State(
        "claim, document that cannot be read",
        PARTNER,
        of_claim("partner_action_required"),
        (chosen_file("resubmission", "scan.pdf", b"This is no PDF."),),
        422,
    ),
    State(
        "claim, nothing new to resubmit",
        PARTNER,
        of_claim("partner_action_required"),
        (sent("resubmission"),),
        422,
    ),
    State("claim, deletion asked", PARTNER, of_claim("draft"), (opened("deletion"),)),
    State("why, of a submission", PARTNER, lambda found: _why(found, "under_review", "submit")),
    State("why, of a rejection", PARTNER, lambda found: _why(found, "rejected", "")),
    State("customer", PARTNER, lambda found: f"/customers/{found.customer()}"),
    State("customer in dispute", PARTNER, lambda found: f"/customers/{found.customer('dispute')}"),
)


def _why(found: Found, status: str, action: str) -> str:
    number = found.claim(status)
    return f"/claims/{number}/events/{found.event(number, action)}"


def _step(code: str, draft: Find) -> Find:
    return lambda found: f"/claims/{draft(found)}/wizard/{code}"


WIZARD = (
    State("wizard, new", PARTNER, "/claims/new"),
    State("wizard, new without a location", PARTNER, "/claims/new", (sent("claims/new", location=""),), 422),
    State("wizard, no location to claim for", BEGINNER, "/claims/new"),
    State("wizard, add customer", PARTNER, KNOWN),
    State("wizard, add customer with mistakes", PARTNER, KNOWN, (sent("claims/new", **TENANT),), 422),
    *(State(f"wizard, {code} empty", PARTNER, _step(code, begun)) for code in STEPS),
    *(State(f"wizard, {code} filled", PARTNER, _step(code, filled)) for code in STEPS),
    *(State(f"wizard, {code} half filled", PARTNER, _step(code, half)) for code in ("products", "contacts")),
    *(
        State(
            f"wizard, {code} with mistakes",
            PARTNER,
            _step(code, begun),
            (sent_form("form[action$='/edit']", **values),),
            422,
        )
        for code, values in MISTAKEN.items()
    ),
    State(
        "wizard, customer with mistakes",
        PARTNER,
        _step("customer", begun),
        (sent_form("form[action$='/edit']:has([name=customer_name])", **TENANT),),
        422,
    ),
    State(
        "wizard, customer search without result",
        PARTNER,
        lambda found: f"/claims/{begun(found)}/wizard/customer?find=nothingiscalledthis",
    ),
    # The page's script sends a chosen file at once and tells of it where it was chosen.
    State(
        "wizard, document that cannot be read",
        PARTNER,
        _step("evidence", filled),
        (picked_file("scan.pdf", b"This is no PDF."),),
    ),
)

STATES = (*DASHBOARD, *CLAIM, *WIZARD)
