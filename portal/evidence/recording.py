"""Rows of stored files: one a content, however many transactions bring it at once."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.evidence.intake import Taken
from portal.evidence.model import StoredFile


def record(session: Session, taken: Taken, at: datetime) -> StoredFile:
    """Return the row of a content that was taken in, adding it where there is none; `at` is aware."""
    if found := session.get(StoredFile, taken.sha256):
        return found
    row = StoredFile(
        sha256=taken.sha256,
        media_type=taken.media_type,
        size=taken.size,
        pages=taken.pages,
        stored_at=at,
    )
    try:
        # The savepoint keeps the caller's work when another transaction was first.
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return session.get_one(StoredFile, taken.sha256)
    return row
