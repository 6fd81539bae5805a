"""Reads about stored policy versions."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.policies.model import Publication


def in_force_since(session: Session, version: str) -> datetime | None:
    """Return when `version` last came into force (aware, UTC), or None where it never did."""
    query = select(Publication.at).where(Publication.version == version).order_by(Publication.id.desc())
    return session.scalar(query.limit(1))
