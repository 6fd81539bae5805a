"""What the background work could not do with an import: what kept it, and when it is tried once more."""

from datetime import datetime

from sqlalchemy import ColumnElement, or_

from portal.accounts.actor import Actor
from portal.db import transaction
from portal.imports.importer import Importer, NotNow, locked, note
from portal.imports.model import READING, Import
from portal.languages.sentences import gettext
from portal.notifications.delivery import ATTEMPTS_AT_MOST, wait_after

CHARACTERS_AT_MOST = 500  # of what kept it, as of a message's


def told(error: Exception) -> str:
    """Return what people are told of a failure: its name alone.

    What a program says of it may tell paths, servers and users of this machine, and stands in the log.
    """
    return type(error).__name__


def is_due(now: datetime) -> ColumnElement[bool]:
    """Return the condition that an import, as far as it waits for anything, may be tried at `now`."""
    return or_(Import.next_attempt_at.is_(None), Import.next_attempt_at <= now)


def put_off(import_id: int, state: str, now: datetime, why: str) -> None:
    """Let an import wait as long as a message that failed so often, but never give it up.

    Not where it is not in `state` any more: somebody used, undid or discarded it meanwhile, and what is to be
    done is another thing. Nor where another worker has followed it meanwhile: it would be tried no more, and
    its page would tell of a failure for good.
    """
    with transaction() as session:
        row = session.get(Import, import_id, with_for_update={"of": Import}, populate_existing=True)
        if row is not None and row.state == state and (state == READING or not row.followed):
            row.attempts += 1
            row.next_attempt_at = now + wait_after(min(row.attempts, ATTEMPTS_AT_MOST))
            row.error = why[:CHARACTERS_AT_MOST]


def overcome(row: Import) -> None:
    """Forget what kept the import, within the caller's transaction: it went well, or is another thing now."""
    row.attempts, row.next_attempt_at, row.error = 0, None, None


def try_soon(importer: Importer, import_id: int, actor: Actor) -> None:
    """Let the background work try at its next turn what failed. Raises NoImport and NotNow."""
    with transaction() as session:
        row = locked(session, import_id)
        if row.error is None:
            raise NotNow(gettext("Nothing failed that could be tried once more."))
        row.next_attempt_at = importer.clock.now()
        note(session, importer, row, actor, "tried_again")
