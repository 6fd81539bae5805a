"""What every use case of imports is handed, and the errors that they tell with."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.audit.recording import record
from portal.clock import Clock
from portal.evidence.store import FileStore
from portal.imports.kinds import Kind
from portal.imports.model import Import
from portal.policies.versions import Policies
from portal.settings import Settings

PREFIX = "import:"  # before an import's id, the subject of its chain in the audit


class NoImport(Exception):
    """There is no such import, or nothing of its kind can be imported."""


class NotNow(Exception):
    """The import cannot be used, undone or dropped as it is; the message says why and what to do."""


@dataclass(frozen=True)
class Importer:
    """The parts that importing needs, built once in `app.py`. `kinds` are by code."""

    clock: Clock
    policies: Policies
    files: FileStore
    settings: Settings
    kinds: Mapping[str, Kind]
    secret: bytes = field(repr=False)


def locked(session: Session, import_id: int) -> Import:
    """Return the import, locked with all of its kind until the transaction ends. Raises NoImport.

    Whether a row counts depends on every import that brought it, so no two imports of a kind begin or
    cease to count at the same moment.
    """
    kind = session.scalar(select(Import.kind).where(Import.id == import_id))
    if kind is None:
        raise NoImport
    session.execute(select(Import.id).where(Import.kind == kind).order_by(Import.id).with_for_update()).all()
    return session.get_one(Import, import_id, populate_existing=True)


def note(session: Session, importer: Importer, row: Import, actor: Actor, action: str) -> None:
    """Add an event to the import's chain, within the caller's transaction."""
    record(
        session,
        key=importer.secret,
        subject=f"{PREFIX}{row.id}",
        at=importer.clock.now(),
        actor=(actor.kind, actor.side, actor.name, actor.person_id),
        action=action,
        details={"kind": row.kind, "file": row.file_name, "sha256": row.sha256, "rows": row.rows},
    )
