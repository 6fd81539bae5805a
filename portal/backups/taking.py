"""Takes a backup while the portal goes on: what lies beside the database, a snapshot, its documents."""

import secrets
import shutil
from pathlib import Path

import sqlalchemy as sa

from portal.backups.folder import (
    FORMAT,
    TABLES,
    BackupRefused,
    Manifest,
    document_file,
    files_in,
    seal,
    sha256_of,
    table_file,
)
from portal.backups.mark import unfinished_mark
from portal.backups.tables import revision_of, snapshot, tables_of, write_rows
from portal.claims.desk import Desk
from portal.claims.held_contents import HELD
from portal.db import db
from portal.evidence.discarding import is_held
from portal.evidence.store import sync_folder

# A draft deleted while its document is being copied costs one more snapshot. Contents that were copied
# stay, so that each turn is shorter than the one before, and more than a few mean another fault.
SNAPSHOTS_AT_MOST = 5


def take_backup(desk: Desk, target: Path) -> Manifest:
    """Write a backup to `target`, which is empty or not there yet; needs an app context.

    Nobody waits for it. Until it is whole it lies beside `target` under another name. Raises
    BackupRefused, and leaves nothing behind, also where the disk is full or a document is missing.
    """
    target = target.resolve()
    refuse_filled(target)
    if unfinished_mark(desk.settings).exists():
        raise BackupRefused(
            "A restore was interrupted here; run it again with --replace, then take a backup."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(8)}.unfinished")
    try:
        unfinished.mkdir(mode=0o700)
        manifest = _fill(desk, unfinished)
        unfinished.rename(target)
        sync_folder(target.parent)
    except OSError as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise BackupRefused(
            f"The backup could not be written ({error.strerror or error}: {error.filename or target}). "
            "Nothing was kept; make room or choose another folder, and begin again."
        ) from None
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return manifest


def refuse_filled(target: Path) -> None:
    """Raise BackupRefused where `target` is a file or a folder that holds something."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BackupRefused(f"{target} is not empty; name a folder that is empty or does not exist yet.")


def _fill(desk: Desk, folder: Path) -> Manifest:
    began = desk.clock.now()
    for _ in range(SNAPSHOTS_AT_MOST):
        taken = desk.clock.now()
        _copy_beside(desk, folder)
        revision, rows, named = _copy_tables(folder)
        if _copy_documents(desk, folder, named):
            break
    else:
        raise BackupRefused("Documents were deleted faster than they could be copied; begin again.")
    manifest = Manifest(
        format=FORMAT,
        revision=revision,
        database=db.engine.dialect.name,
        began_at=began.isoformat(),
        snapshot_at=taken.isoformat(),
        ended_at=desk.clock.now().isoformat(),
        rows=rows,
        files={path: sha256_of(folder / path) for path in files_in(folder)},
    )
    seal(folder, manifest, desk.secret)
    return manifest


def _copy_beside(desk: Desk, folder: Path) -> None:
    """Take what lies beside before the snapshot: heads that are newer would look like events cut off."""
    for path in desk.settings.beside_database:
        (folder / path.name).unlink(missing_ok=True)
        if path.exists():
            _copy(path, folder / path.name)


def _copy_tables(folder: Path) -> tuple[str, dict[str, int], set[str]]:
    """Write all tables; return the migration revision, the rows of each and the contents that are held."""
    shutil.rmtree(folder / TABLES, ignore_errors=True)
    (folder / TABLES).mkdir(mode=0o700)
    with snapshot(db.engine) as connection:
        revision = revision_of(connection)
        if revision is None:
            raise BackupRefused("The database holds no portal; check PORTAL_DATABASE_URL.")
        rows = {
            table.name: write_rows(connection, table, table_file(folder, table.name))
            for table in tables_of(connection)
        }
        held = set(connection.execute(sa.union(*(sa.select(one) for one in HELD))).scalars())
    return revision, rows, held


def _copy_documents(desk: Desk, folder: Path, named: set[str]) -> bool:
    """Copy what is not copied yet; return False where a content was let go of since the snapshot."""
    for sha256 in sorted(named):
        path = document_file(folder, sha256)
        if path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            _copy(desk.files.path(sha256), path)
        except FileNotFoundError:
            if _is_held(sha256):
                raise BackupRefused(
                    f"The document {sha256} is missing from {desk.settings.documents_dir}, though it is "
                    "needed. Restore it from an earlier backup, and begin again."
                ) from None
            return False
        if sha256_of(path) != sha256:
            raise BackupRefused(
                f"The document {sha256} in {desk.settings.documents_dir} is damaged. Restore it from an "
                "earlier backup, and begin again."
            )
    for kept in (folder / "documents").glob("??/*"):
        if kept.name not in named:  # of an earlier snapshot, and let go of since
            kept.unlink()
    return True


def _is_held(sha256: str) -> bool:
    session = db.session()
    session.rollback()
    held = is_held(session, sha256, HELD)
    session.rollback()
    return held


def _copy(source: Path, target: Path) -> None:
    """Copy a content alone: the copy belongs to the one who runs the backup, and is readable to no other."""
    shutil.copyfile(source, target)
    target.chmod(0o600)
