"""Discards contents that nothing refers to; whoever brings the same content meanwhile loses nothing."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.db import db, transaction
from portal.evidence.model import StoredFile
from portal.evidence.store import FileStore

log = logging.getLogger(__name__)

# A content is on disk before a row names it: for minutes while a form's other documents are opened. A day
# also covers machines whose clocks differ, and the disk space of a day's refused uploads is little.
GRACE = timedelta(days=1)

# The columns of hashes that keep a content.
Held = Sequence[InstrumentedAttribute[str]]


def discard(files: FileStore, sha256: str, held: Held, at: datetime) -> bool:
    """Delete a content and its row for good unless `held` refers to it; return whether it was deleted.

    Opens its own transaction; `at` is aware. The row is locked all the while. Who refers to it first keeps
    the content; who comes later waits, finds neither row nor file, and keeps the content anew before
    committing.
    """
    aside = None
    try:
        with transaction() as session:
            row = _locked(session, sha256, at)
            if row is None or is_held(session, sha256, held):
                return False
            session.delete(row)
            session.flush()
            aside = files.set_aside(sha256)
    except BaseException:
        # The row is still there, and a lost connection may have given the lock to somebody else.
        if aside is not None:
            files.put_back(aside)
        raise
    if aside is not None:
        aside.unlink(missing_ok=True)
    return True


def is_held(session: Session, sha256: str, held: Held) -> bool:
    """Tell whether one of the columns `held` refers to the content."""
    return bool(session.scalar(select(or_(*(exists().where(one == sha256) for one in held)))))


def _locked(session: Session, sha256: str, at: datetime) -> StoredFile | None:
    """Return the content's row for deleting, or None where somebody is just bringing the content.

    A content without a row gets one for this transaction: it is what everybody else waits at.
    """
    if row := session.get(StoredFile, sha256, with_for_update=True):
        return row
    row = StoredFile(sha256=sha256, media_type="", size=0, pages=None, stored_at=at)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return None
    return row


def sweep_contents(files: FileStore, held: Held, now: datetime) -> int:
    """Discard every content older than the grace time that `held` does not refer to; return how many.

    Safe while the portal is used, and when several sweep at once. One that cannot be discarded is
    logged and keeps no other from its turn.
    """
    before = now - GRACE
    files.clear_up(before)
    session = db.session()
    found = _rows_alone(session, files, held, before) + _contents_alone(session, files, before)
    session.rollback()
    discarded = 0
    for sha256 in found:
        try:
            discarded += discard(files, sha256, held, now)
        except Exception:
            log.exception("a content could not be discarded", extra={"sha256": sha256})
    if discarded:
        log.info("contents that nothing refers to were discarded", extra={"contents": discarded})
    return discarded


def _rows_alone(session: Session, files: FileStore, held: Held, before: datetime) -> list[str]:
    """Return the contents with a row that nothing refers to."""
    alone = select(StoredFile.sha256).except_(*(select(one) for one in held))
    rows = session.execute(
        select(StoredFile.sha256, StoredFile.stored_at).where(StoredFile.sha256.in_(alone))
    )
    return [sha256 for sha256, stored_at in rows if (files.written_at(sha256) or stored_at) < before]


def _contents_alone(session: Session, files: FileStore, before: datetime) -> list[str]:
    """Return the contents without a row; none where they outnumber the rows.

    So many are no remains of interrupted uploads: the folder belongs to another database, and a wrong
    setting must not cost anybody's evidence.
    """
    found = []
    for names in files.folders():
        old = [name for name in names if (at := files.written_at(name)) and at < before]
        known = set(session.scalars(select(StoredFile.sha256).where(StoredFile.sha256.in_(old))))
        found += [name for name in old if name not in known]
    rows = session.scalar(select(func.count()).select_from(StoredFile)) or 0
    if len(found) > rows:
        log.error(
            "the documents folder holds more contents that the database does not know than it knows, so they "
            "stay; check that PORTAL_DATA_DIR and PORTAL_DATABASE_URL belong together",
            extra={"unknown": len(found), "known": rows},
        )
        return []
    return found
