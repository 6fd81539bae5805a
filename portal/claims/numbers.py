"""Claim numbers: CL-year-place, given once and never again."""

from datetime import date

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.claims.model import ClaimCounter

# What fits, as a regular expression; a year with more than a million claims goes on with more digits.
PATTERN = "CL-[0-9]{4}-[0-9]{6,9}"


def next_number(session: Session, on: date) -> str:
    """Return the next number of the year of `on`, such as CL-2026-000123, within the caller's transaction."""
    counter = {"year": on.year, "last": 0}
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    session.execute(insert(ClaimCounter).values(counter).on_conflict_do_nothing())
    last = session.scalar(
        update(ClaimCounter)
        .where(ClaimCounter.year == on.year)
        .values(last=ClaimCounter.last + 1)
        .returning(ClaimCounter.last)
    )
    return f"CL-{on.year}-{last:06d}"
