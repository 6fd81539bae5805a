"""How long ago reviewers belonged to the organizations whose claims they review."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.model import FormerAffiliation
from portal.rulebook.rulebook import Rulebook

NEVER = 1200  # the months of whoever never belonged there, as vocabulary.yaml bounds the facts
# The value of vocabulary.yaml that says how many months have to lie between; without it none have to.
AT_LEAST = "months_after_belonging_at_least"


def months_since_belonged(
    session: Session, person_id: int | None, organization_ids: Iterable[int], today: date
) -> int:
    """Return how many full months ago the person belonged to any of the organizations last."""
    days = session.scalars(
        select(FormerAffiliation.until).where(
            FormerAffiliation.person_id == person_id,
            FormerAffiliation.organization_id.in_(list(organization_ids)),
        )
    )
    return min((_months(date.fromisoformat(day), today) for day in days), default=NEVER)


def belonged_lately(session: Session, rulebook: Rulebook, today: date) -> frozenset[tuple[int, int]]:
    """Return (person, organization) of all who belonged there within the months that the policy names."""
    least = rulebook.vocabulary.values.get(AT_LEAST)
    if not isinstance(least, int):
        return frozenset()
    rows = session.execute(
        select(FormerAffiliation.person_id, FormerAffiliation.organization_id, FormerAffiliation.until)
    )
    return frozenset(
        (person, owner) for person, owner, until in rows if _months(date.fromisoformat(until), today) < least
    )


def _months(since: date, today: date) -> int:
    months = (today.year - since.year) * 12 + today.month - since.month - (today.day < since.day)
    return min(max(months, 0), NEVER)
