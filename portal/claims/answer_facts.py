"""What is so about the answers of one form: the reviewer whom it chooses, and how far it moves a deadline."""

from datetime import date

from sqlalchemy.orm import Session

from portal.claims.answers import Answers
from portal.claims.clock_states import running_clock
from portal.claims.impartiality import months_since_belonged
from portal.claims.model import Claim
from portal.claims.participants import people_who_moved

# What rule files call the asks that these facts and the verbs read.
REVIEWER, UNTIL = "reviewer", "until"


def day_of(typed: str) -> date | None:
    """Return the day that a date field holds, or None for anything that is none."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def chosen_day(answers: Answers) -> date | None:
    """Return the day that the form chose, or None."""
    return day_of(answers.one(UNTIL))


def chosen_is_assigned(claim: Claim, answers: Answers | None) -> bool:
    """Tell whether the form chose the reviewer whom the claim is with already."""
    chosen = answers.row_id(REVIEWER) if answers else None
    return chosen is not None and chosen == claim.reviewer_id


def chosen_had_part(session: Session, claim: Claim, answers: Answers | None) -> bool:
    """Tell whether the form chose somebody who changed the claim's status before, as the audit knows."""
    chosen = answers.row_id(REVIEWER) if answers else None
    return chosen is not None and chosen in people_who_moved(session, claim)


def chosen_months_since(session: Session, claim: Claim, answers: Answers | None, today: date) -> int:
    """Return how many months ago the reviewer whom the form chose belonged to the claim's organization."""
    chosen = answers.row_id(REVIEWER) if answers else None
    return months_since_belonged(session, chosen, [claim.organization_id], today)


def days_moved(claim: Claim, answers: Answers | None) -> int:
    """Return by how many calendar days the form moves the running clock's last day; 0 where none is told."""
    row = running_clock(claim)
    day = chosen_day(answers) if answers else None
    if row is None or day is None:
        return 0
    return (day - date.fromisoformat(row.due_on)).days
