"""Rows of stored files: one a content, however many transactions bring it at once."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.evidence.intake import Taken
from portal.evidence.model import StoredFile


def record(session: Session, taken: Taken, at: datetime) -> StoredFile:
    """Return the row of a content that was taken in, adding it where there is none; `at` is aware.

    Until the caller's transaction ends nobody can discard the content. Raises IntegrityError where the
    row was added and discarded again by others meanwhile; the caller begins anew.
    """
    if found := _held(session, taken.sha256):
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
        if found := _held(session, taken.sha256):
            return found
        raise
    return row


def _held(session: Session, sha256: str) -> StoredFile | None:
    """Return the row, locked as a reference to it locks it: others may refer to it too, none delete it."""
    return session.get(StoredFile, sha256, with_for_update={"read": True, "key_share": True})
