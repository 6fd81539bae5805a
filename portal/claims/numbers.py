"""Claim numbers: CL-year-place, given once and never again."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.claims.model import ClaimCounter


def next_number(session: Session, now: datetime) -> str:
    """Return the next number of the year, such as CL-2026-000123, within the caller's transaction."""
    counter = {"year": now.year, "last": 0}
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    session.execute(insert(ClaimCounter).values(counter).on_conflict_do_nothing())
    last = session.scalar(
        update(ClaimCounter)
        .where(ClaimCounter.year == now.year)
        .values(last=ClaimCounter.last + 1)
        .returning(ClaimCounter.last)
    )
    return f"CL-{now.year}-{last:06d}"
