"""States of the queue, the review page, and the page of the customer who is asked."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from portal.claims.model import Claim, ClaimUnit, ConsentLink
from tests.e2e.sample_house import Found
from tests.e2e.states import ADMIN, POLICY, REVIEWER, REVIEWER2, STRANGER, Find, State
from tests.e2e.states_claims import STATUSES
from tests.e2e.steps import Step, all_open, sent, sent_form, stale

SUBMITTED = STATUSES[1:]


def _review(status: str, *more: Any) -> Find:
    return lambda found: f"/reviews/{found.claim(status, *more)}"


def _consent(*conditions: Any, which: int = 0) -> Find:
    return lambda found: found.consent(*conditions, which=which)


def _why(found: Found) -> str:
    number = found.claim("under_review")
    return f"/reviews/{number}/events/{found.event(number)}"


def _competing(*parameters: str) -> Find:
    def find(found: Found) -> str:
        number = found.claim("under_review", competes())
        return f"/reviews/competing/{number}?{'&'.join(parameters)}".replace("NUMBER", number).rstrip("?")

    return find


def _second(found: Found) -> str:
    return f"/reviews/second/{found.second_review()}"


def _opinions(*, agreed: bool) -> Find:
    return lambda found: f"/reviews/second/opinions/{found.opinions(agreed=agreed)}"


def _opinion(action: str) -> Step:
    return sent_form(f"form:has([name=opinion][value={action}])")


def competes() -> Any:
    mine, other = aliased(ClaimUnit), aliased(ClaimUnit)
    pairs = select(mine.claim_id).join(other, (other.unit == mine.unit) & (other.claim_id != mine.claim_id))
    return Claim.id.in_(pairs.where(mine.active, other.active))


REVIEWS = (
    *(
        State(f"queue, {tab or 'as it opens'}", REVIEWER, f"/reviews?show={tab}" if tab else "/reviews")
        for tab in ("", "mine", "unassigned", "overdue", "every")
    ),
    State("queue, found", REVIEWER, "/reviews?show=every&q=contoso"),
    State("queue, search without result", REVIEWER, "/reviews?q=nothingiscalledthis"),
    State("queue, bad parameters", REVIEWER, "/reviews?show=zzz&after=zzz&q=a"),
    *(State(f"review {status}", REVIEWER, _review(status)) for status in SUBMITTED),
    *(
        State(f"review {status}, every action open", REVIEWER2, _review(status), (all_open,))
        for status in SUBMITTED
    ),
    State("review overdue", REVIEWER, _review("under_review", Claim.overdue)),
    State("review in its second round", REVIEWER, _review("submitted", Claim.round > 1), (all_open,)),
    State("review read by an admin", ADMIN, _review("under_review"), status=403),
    State("review, rejected without a reason", REVIEWER, _review("under_review"), (sent("rejection"),), 422),
    State(
        "review, asked for nothing", REVIEWER, _review("under_review"), (sent("information-request"),), 422
    ),
    State("review, handed to nobody", REVIEWER, _review("under_review"), (sent("assignment"),), 422),
    State(
        "review, extended to no day",
        REVIEWER,
        _review("under_review", ~Claim.overdue),
        (sent("extension"),),
        422,
    ),
    State(
        "review, stale form",
        REVIEWER,
        _review("under_review"),
        (stale("rejection", reason="insufficient_poe", message="The letter is not signed."),),
        409,
    ),
    State(
        "review, dispute denied without a reason",
        REVIEWER2,
        _review("dispute"),
        (sent("dispute-decision", told={"decision": "deny"}),),
        422,
    ),
    State("competing claims", REVIEWER, _competing(), (all_open,)),
    State("competing claims, a winner chosen", REVIEWER, _competing("winner=NUMBER")),
    State(
        "competing claims, nothing competes",
        REVIEWER,
        lambda found: f"/reviews/competing/{found.claim('rejected_final')}",
    ),
    State("competing claims, an empty comment", REVIEWER, _competing(), (sent("comments"),), 422),
    State("why, as a reviewer reads it", REVIEWER, _why),
    State("second reviews", REVIEWER2, "/reviews/second"),
    State("second reviews, none", REVIEWER, "/reviews/second"),
    State("second review", REVIEWER2, _second, (all_open,)),
    State("second review, rejected without a reason", REVIEWER2, _second, (_opinion("reject"),), 422),
    State("two opinions, the same", REVIEWER2, _opinions(agreed=True)),
    State("two opinions, not the same", POLICY, _opinions(agreed=False)),
    State("agreement of reviewers", POLICY, "/reports/agreement"),
    State("disagreements of reviewers", POLICY, "/reports/disagreements"),
)

CUSTOMER = (
    State("consent asked", STRANGER, _consent(ConsentLink.answer.is_(None), ConsentLink.void_at.is_(None))),
    State("consent agreed", STRANGER, _consent(ConsentLink.answer == "agree", Claim.status == "approved")),
    State("consent declined", STRANGER, _consent(ConsentLink.answer == "decline")),
    State(
        "consent, dead link",
        STRANGER,
        _consent(ConsentLink.answer.is_(None), ConsentLink.void_at.is_not(None)),
        status=404,
    ),
    State("consent, link that is none", STRANGER, "/consent/nothing", status=404),
    # These change what the house holds, each a link of its own.
    State(
        "consent, answer that is none",
        STRANGER,
        _consent(ConsentLink.answer.is_(None), ConsentLink.void_at.is_(None)),
        (sent_form("#main form", answer="perhaps"),),
        422,
    ),
    State(
        "consent, agreed just now",
        STRANGER,
        _consent(ConsentLink.answer.is_(None), ConsentLink.void_at.is_(None), which=-1),
        (sent_form("form:has([name=answer][value=agree])"),),
    ),
    State(
        "consent, answered otherwise before",
        STRANGER,
        _consent(ConsentLink.answer == "agree", Claim.status == "approved", which=-1),
        (sent_form("form:has([name=answer][value=decline])", seen=""),),
        409,
    ),
)

STATES = (*REVIEWS, *CUSTOMER)
