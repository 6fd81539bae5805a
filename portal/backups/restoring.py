"""Restores a verified backup into an installation, and proves what came of it."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.engine import Connection

from portal.accounts.model import SignedInSession
from portal.backups.folder import (
    BackupRefused,
    Manifest,
    document_file,
    table_file,
    verified,
)
from portal.backups.mark import unfinished_mark
from portal.backups.tables import VERSIONS, count_rows, go_on_counting, insert_rows, tables_of
from portal.claims.desk import Desk
from portal.db import db, keys_unenforced, refuse_dangling_rows
from portal.evidence.store import sync_file, sync_folder
from portal.notifications.delivery import WAITING
from portal.notifications.model import OutboxMessage
from portal.policies.rechecking import Rechecked, recheck
from portal.work.auditing import Verified, verify_audit
from portal.work.sweep import due


@dataclass(frozen=True)
class Restored:
    """What was restored, what the audit and the stored decisions say afterwards, and what is about to happen.

    `waiting_mails` and `due_ends` count what the first background work will send and apply.
    """

    manifest: Manifest
    audit: Verified
    decisions: Rechecked
    waiting_mails: int
    due_ends: int


def restore(desk: Desk, source: Path, migrations: Config, *, replace: bool = False) -> Restored:
    """Bring back the database, documents and heads of the backup at `source`; needs an app context.

    `migrations` is Alembic's configuration for the database.
    The portal must not run meanwhile. `replace` gives up what the installation holds. Interrupted after
    the database was replaced, it is run again with `replace`; before, all is as it was. Raises
    BackupRefused where the backup is not believed or was made by a newer version, where the installation
    is not empty, where its database holds tables of somebody else, and where something cannot be written or
    does not fit together: nothing is lost then.
    """
    manifest = verified(source, desk.secret)
    refuse_newer(manifest, migrations)
    refuse_shared(manifest)
    if not replace and (found := what_is_there(desk)):
        raise BackupRefused(
            f"This installation is not empty: it holds {found}. Restore into an empty one, or give up what "
            "it holds with --replace."
        )
    try:
        _bring_back(desk, source, manifest, migrations)
    except OSError as error:
        raise BackupRefused(
            f"Something could not be read or written ({error.strerror or error}: "
            f"{error.filename or source}). Make room or correct the permissions, and restore again"
            f"{_left(desk)}."
        ) from None
    except (sa.exc.SQLAlchemyError, RuntimeError) as error:
        problem = f"({type(error).__name__}: {error})"
        if unfinished_mark(desk.settings).exists():
            raise BackupRefused(
                f"The restore did not come to its end {problem}. Restore again{_left(desk)}."
            ) from error
        raise BackupRefused(f"The database did not take the backup, and is as it was {problem}.") from error
    mails = db.session.scalar(sa.select(sa.func.count()).where(OutboxMessage.state == WAITING)) or 0
    checked = verify_audit(desk), recheck(db.session(), desk.policies)
    return Restored(manifest, *checked, mails, len(due(desk).applied))


def _left(desk: Desk) -> str:
    """Say what a restore that did not come to its end has left, "" where all is as it was."""
    if not unfinished_mark(desk.settings).exists():
        return ""
    return " with --replace, because the database may be replaced already; nothing is served before"


def _bring_back(desk: Desk, source: Path, manifest: Manifest, migrations: Config) -> None:
    """Put the documents, which are in nobody's way; then the database in one step; then what goes with it."""
    desk.settings.data_dir.mkdir(parents=True, exist_ok=True)
    for sha256 in manifest.documents:
        desk.files.put(document_file(source, sha256).read_bytes())
    mark = unfinished_mark(desk.settings)
    _restore_tables(source, manifest, migrations, mark, desk.clock.now())
    for path in desk.settings.beside_database:
        if path.name in manifest.files:
            _replace(source / path.name, path)
        else:
            path.unlink(missing_ok=True)
    sync_folder(desk.settings.data_dir)
    mark.unlink()


def _replace(source: Path, target: Path) -> None:
    """Put a copy of `source` in the place of `target`, whole or not at all."""
    unfinished = target.with_name(f"{target.name}.new")
    shutil.copyfile(source, unfinished)
    sync_file(unfinished)
    unfinished.replace(target)


def refuse_newer(manifest: Manifest, migrations: Config) -> None:
    """Raise BackupRefused where this program does not know the form of the backup's database."""
    try:
        known = ScriptDirectory.from_config(migrations).get_revision(manifest.revision)
    except CommandError:
        known = None
    if known is None:
        raise BackupRefused(
            f"The backup was made by a newer version of the portal (database form {manifest.revision}); "
            "install that version, and restore with it."
        )


def refuse_shared(manifest: Manifest) -> None:
    """Raise BackupRefused where the database holds tables of somebody else, which a restore would drop."""
    ours = {*db.metadata.tables, *manifest.rows, VERSIONS}
    with db.engine.connect() as connection:
        foreign = sorted(set(sa.inspect(connection).get_table_names()) - ours)
    if foreign:
        raise BackupRefused(
            f"The database also holds tables that are not the portal's: {', '.join(foreign[:5])}. Restore "
            "into a database of its own, because a restore replaces every table."
        )


def what_is_there(desk: Desk) -> str:
    """Return in words what the installation holds already, "" where it is empty."""
    with db.engine.connect() as connection:
        filled = [table.name for table in tables_of(connection) if count_rows(connection, table)]
    if filled:
        return f"rows in {', '.join(sorted(filled)[:5])}"
    if any(names for names in desk.files.folders()):
        return f"documents in {desk.settings.documents_dir}"
    return f"{desk.settings.audit_heads_file}" if desk.settings.audit_heads_file.exists() else ""


def _restore_tables(source: Path, manifest: Manifest, migrations: Config, mark: Path, at: datetime) -> None:
    """Make the tables anew in the backup's form, fill them, and bring them to today's form.

    All of it is one transaction: where anything of it fails, the database is as it was. The mark is made
    as the last thing in it, and stays where nobody knows whether the database took it.
    """
    db.session.remove()
    with db.engine.connect() as connection, keys_unenforced(connection), connection.begin():
        old = sa.MetaData()
        old.reflect(connection, resolve_fks=True)
        old.drop_all(connection)
        _migrate(migrations, connection, manifest.revision)
        _fill(connection, source, manifest)
        _migrate(migrations, connection, "head")
        refuse_dangling_rows(connection)
        # Whoever was signed in at the backup may have been signed out, or let go, since.
        connection.execute(
            sa.update(SignedInSession).where(SignedInSession.revoked_at.is_(None)).values(revoked_at=at)
        )
        mark.touch()
        sync_file(mark)
        sync_folder(mark.parent)


def _fill(connection: Connection, source: Path, manifest: Manifest) -> None:
    tables = {table.name: table for table in tables_of(connection)}
    for name, table in tables.items():
        if name in manifest.rows:
            connection.execute(sa.delete(table))  # what the migration itself has put in
            insert_rows(connection, table, table_file(source, name))
            go_on_counting(connection, table)
    counts = {name: count_rows(connection, table) for name, table in tables.items()}
    if counts != dict(manifest.rows):
        raise BackupRefused("The restored tables differ from the backup's; the database is as it was.")


def _migrate(migrations: Config, connection: Connection, revision: str) -> None:
    """Run the migrations up to `revision` within the transaction of `connection`."""
    migrations.attributes["connection"] = connection
    try:
        command.upgrade(migrations, revision)
    finally:
        del migrations.attributes["connection"]
