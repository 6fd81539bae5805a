"""Restores a verified backup into an installation, and proves what came of it."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from portal.backups.folder import (
    HEADS,
    BackupRefused,
    Manifest,
    document_file,
    sha256_of,
    table_file,
    verified,
)
from portal.backups.tables import count_rows, go_on_counting, insert_rows, tables_of
from portal.claims.desk import Desk
from portal.db import db
from portal.policies.rechecking import Rechecked, recheck
from portal.settings import Settings
from portal.work.auditing import Verified, verify_audit


@dataclass(frozen=True)
class Restored:
    """What was restored, and what the audit and the stored decisions say afterwards."""

    manifest: Manifest
    audit: Verified
    decisions: Rechecked


def unfinished_mark(settings: Settings) -> Path:
    """Return the file that says that a restore into this installation has not come to its end."""
    return settings.data_dir / "restore-unfinished"


def restore(desk: Desk, source: Path, migrations: Config, *, replace: bool = False) -> Restored:
    """Bring back the database, documents and heads of the backup at `source`; needs an app context.

    `migrations` is Alembic's configuration for the database.
    The portal must not run meanwhile. `replace` gives up what the installation holds. Interrupted, it is
    run again with the same backup. Raises BackupRefused before anything is changed where the backup is
    not believed, was made by a newer version, or the installation is not empty.
    """
    manifest = verified(source, desk.secret)
    refuse_newer(manifest, migrations)
    mark, token = unfinished_mark(desk.settings), sha256_of(source / "manifest.json")
    begun = mark.exists() and mark.read_text(encoding="ascii").strip() == token
    if not (replace or begun) and (found := what_is_there(desk)):
        raise BackupRefused(
            f"This installation is not empty: it holds {found}. Restore into an empty one, or give up what "
            "it holds with --replace."
        )
    desk.settings.data_dir.mkdir(parents=True, exist_ok=True)
    mark.write_text(token, encoding="ascii")
    for sha256 in manifest.documents:
        desk.files.put(document_file(source, sha256).read_bytes())
    _restore_tables(source, manifest, migrations)
    heads = desk.settings.audit_heads_file
    heads.unlink(missing_ok=True)
    if HEADS in manifest.files:
        shutil.copyfile(source / HEADS, heads)
    found_audit, found_decisions = verify_audit(desk), recheck(db.session(), desk.policies)
    mark.unlink()
    return Restored(manifest, found_audit, found_decisions)


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


def what_is_there(desk: Desk) -> str:
    """Return in words what the installation holds already, "" where it is empty."""
    with db.engine.connect() as connection:
        filled = [table.name for table in tables_of(connection) if count_rows(connection, table)]
    if filled:
        return f"rows in {', '.join(sorted(filled)[:5])}"
    if any(names for names in desk.files.folders()):
        return f"documents in {desk.settings.documents_dir}"
    return f"{desk.settings.audit_heads_file}" if desk.settings.audit_heads_file.exists() else ""


def _restore_tables(source: Path, manifest: Manifest, migrations: Config) -> None:
    """Make the tables anew in the backup's form, fill them in one transaction, bring them to today's form."""
    db.session.remove()
    with db.engine.begin() as connection:
        old = sa.MetaData()
        old.reflect(connection, resolve_fks=True)
        old.drop_all(connection)
    command.upgrade(migrations, manifest.revision)
    with db.engine.begin() as connection:
        tables = {table.name: table for table in tables_of(connection)}
        for name, table in tables.items():
            if name in manifest.rows:
                connection.execute(sa.delete(table))  # what the migration itself has put in
                insert_rows(connection, table, table_file(source, name))
                go_on_counting(connection, table)
        counts = {name: count_rows(connection, table) for name, table in tables.items()}
        if counts != dict(manifest.rows):
            raise BackupRefused("The restored tables differ from the backup's; nothing was filled in.")
    command.upgrade(migrations, "head")
