"""The drill: a house is backed up while people work in it, and lives on elsewhere, on either database."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.engine import RootTransaction

from portal.app import create_app
from portal.backups.folder import BackupRefused, verified
from portal.backups.mark import refuse_unfinished_restore, unfinished_mark
from portal.backups.restoring import Restored
from portal.backups.restoring import restore as restore_with
from portal.backups.tables import revision_of, tables_of
from portal.backups.taking import take_backup
from portal.claims.acting import act
from portal.claims.answers import Answers, Upload
from portal.claims.desk import Desk
from portal.claims.model import Claim
from portal.clock import FixedClock
from portal.db import db, refuse_dangling_rows, transaction
from portal.notifications.delivery import WAITING
from portal.notifications.model import OutboxMessage
from portal.settings import Settings, SettingsIncomplete
from portal.work.auditing import keep_audit_heads
from tests import databases
from tests.browser import Browser
from tests.documents import pdf
from tests.factories import PASSWORD
from tests.portal.reviews.filing import REVIEWER, Filing


@pytest.fixture
def filing(app: Flask, clock: FixedClock) -> Filing:
    filing = Filing(app, clock)
    filing.approved()
    number = filing.draft("fabrikam", "intune")
    with filing.context():  # an older row that points to a newer one of its own table
        claim = db.session.scalars(sa.select(Claim).where(Claim.number == number)).one()
        (document,) = claim.documents
        values = {"replaces": (str(document.id),)}
        given = Answers(values, (Upload("newer.pdf", pdf("A newer letter.").content),))
        act(filing.desk, "edit", number, filing.actors["incentives@fabrikam.example"], given)
    filing.do("submit", number, "incentives@fabrikam.example")
    with filing.context():
        keep_audit_heads(filing.desk)
    return filing


def restore(desk: Desk, backup: Path, *, replace: bool = False) -> Restored:
    migrations = current_app.extensions["migrate"].migrate.get_config()
    return restore_with(desk, backup, migrations, replace=replace)


@contextmanager
def elsewhere(settings: Settings, clock: FixedClock, url: str, folder: Path) -> Iterator[Flask]:
    """An installation that is empty, on another database and in another folder, with the same key."""
    app = create_app(settings.model_copy(update={"database_url": url, "data_dir": folder}), clock=clock)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@contextmanager
def empty_database(kind: str, tmp_path: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'restored.sqlite'}"
    else:
        with databases.postgresql().database("template0") as url:
            yield url


def contents(app: Flask) -> dict[str, object]:
    """Return every row of every table, in a form that is the same on both databases."""
    with app.app_context(), db.engine.connect() as connection:
        from portal.backups.tables import _written

        found: dict[str, object] = {"revision": revision_of(connection)}
        for table in tables_of(connection):
            rows = connection.execute(sa.select(table).order_by(*table.primary_key.columns))
            found[table.name] = [[str(_written(value)) for value in row] for row in rows]
    return found


@pytest.mark.broad
@pytest.mark.parametrize("to", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_house_lives_on_elsewhere(
    filing: Filing, settings: Settings, clock: FixedClock, tmp_path: Path, to: str
) -> None:
    backup = tmp_path / "backup"
    with filing.context():
        with transaction() as session:
            session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)).first().state = WAITING  # type: ignore[union-attr]  # there is one
        settings.sample_mark.touch()
        take_backup(filing.desk, backup)
    before = contents(filing.app)
    filing.wait(40)
    with (
        empty_database(to, tmp_path) as url,
        elsewhere(settings, clock, url, tmp_path / "elsewhere") as app,
    ):
        restored = restore(app.extensions["desk"], backup)
        assert (restored.audit.findings, restored.decisions.differences) == ((), ())
        assert restored.decisions.decided > 3
        assert contents(app) == before
        # What the first work does: the mail, the start of a review, the customer's time to decline.
        assert (restored.waiting_mails, restored.due_ends) == (1, 2)
        for sha256 in restored.manifest.documents:
            kept = app.extensions["desk"].files.path(sha256).read_bytes()
            assert kept == filing.desk.files.path(sha256).read_bytes()
        assert len(restored.manifest.documents) == 3
        for path in settings.beside_database:
            assert (tmp_path / "elsewhere" / path.name).read_bytes() == path.read_bytes()
        browser = Browser(app)
        browser.sign_in("incentives@contoso.example", PASSWORD)
        assert "CL-2026" in browser.visit("/claims").text


def test_people_go_on_working_while_a_backup_is_taken(
    filing: Filing, settings: Settings, clock: FixedClock, tmp_path: Path
) -> None:
    stop = threading.Event()
    errors: list[Exception] = []
    made: list[str] = []
    number = filing.submitted("contoso", "intune")

    def work() -> None:
        try:
            while not stop.is_set():
                made.append(filing.draft("contoso", "intune"))
                filing.do("comment", number, REVIEWER, message="Seen.")
        except Exception as error:  # noqa: BLE001  # told by the test
            errors.append(error)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        for turn in range(3):
            with filing.context():
                take_backup(filing.desk, tmp_path / f"backup{turn}")
    finally:
        stop.set()
        worker.join()
    assert errors == []
    assert made
    with (
        empty_database("sqlite", tmp_path) as url,
        elsewhere(settings, clock, url, tmp_path / "elsewhere") as app,
    ):
        restored = restore(app.extensions["desk"], tmp_path / "backup2")
        assert (restored.audit.findings, restored.decisions.differences) == ((), ())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_one_changed_byte_of_any_file_is_refused(filing: Filing, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    with filing.context():
        take_backup(filing.desk, backup)
        key = filing.desk.secret
        files = sorted(path for path in backup.rglob("*") if path.is_file())
        assert {path.stat().st_mode & 0o077 for path in [backup, *backup.rglob("*")]} == {0}
        for path in files:
            whole = path.read_bytes()
            path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
            with pytest.raises(BackupRefused):
                restore(filing.desk, backup, replace=True)
            path.unlink()
            with pytest.raises(BackupRefused):
                verified(backup, key)
            path.write_bytes(whole)
        verified(backup, key)
        (backup / "tables" / "more.jsonl").touch()
        with pytest.raises(BackupRefused, match="does not belong"):
            verified(backup, key)
        (backup / "tables" / "more.jsonl").unlink()
        with pytest.raises(BackupRefused, match="another PORTAL_SECRET_KEY"):
            verified(backup, b"another key that is long enough to be taken")


def link_to_its_copy(path: Path) -> None:
    copy = path.rename(path.parent.parent.parent / "copy")
    path.symlink_to(copy)


def link_to_nowhere(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.parent / "nowhere")


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("made", [link_to_its_copy, link_to_nowhere, pipe, folder])
@pytest.mark.parametrize("name", ["tables/claims.jsonl", "manifest.json", "manifest.seal"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_no_plain_file_is_refused(
    app: Flask, tmp_path: Path, name: str, made: Callable[[Path], None]
) -> None:
    desk, backup = app.extensions["desk"], tmp_path / "a" / "b"
    with app.app_context():
        take_backup(desk, backup)
        made(backup / name)
        with pytest.raises(BackupRefused, match=r"no plain file|is missing"):
            verified(backup, desk.secret)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_filled_or_missing_is_refused(filing: Filing, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    with filing.context():
        manifest = take_backup(filing.desk, backup)
        with pytest.raises(BackupRefused, match="not empty"):
            take_backup(filing.desk, backup)
        with pytest.raises(BackupRefused, match="--replace"):
            restore(filing.desk, backup)
        restore(filing.desk, backup, replace=True)
        with db.engine.begin() as connection:
            connection.execute(sa.text("CREATE TABLE invoices (number INTEGER)"))
        with pytest.raises(BackupRefused, match="not the portal's: invoices"):
            restore(filing.desk, backup, replace=True)
        with db.engine.begin() as connection:
            connection.execute(sa.text("DROP TABLE invoices"))
        filing.desk.files.path(manifest.documents[0]).unlink()
        with pytest.raises(BackupRefused, match="is missing"):
            take_backup(filing.desk, tmp_path / "second")
    assert not any("second" in path.name for path in tmp_path.iterdir())


@pytest.mark.parametrize("fails", ["insert_rows", "go_on_counting", "refuse_dangling_rows"])
def test_a_restore_that_fails_leaves_what_was_there(
    filing: Filing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    backup = tmp_path / "backup"
    with filing.context():
        take_backup(filing.desk, backup)
    filing.draft()
    before = contents(filing.app)

    def fail(*_given: object) -> None:
        raise sa.exc.IntegrityError("a row", None, ValueError("does not fit"))

    monkeypatch.setattr(f"portal.backups.restoring.{fails}", fail)
    with filing.context():
        with pytest.raises(BackupRefused, match="is as it was"):
            restore(filing.desk, backup, replace=True)
        assert not unfinished_mark(filing.desk.settings).exists()
    assert contents(filing.app) == before


def test_a_restore_interrupted_after_the_database_is_served_by_nobody_and_run_again(
    filing: Filing, settings: Settings, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = tmp_path / "backup"
    with filing.context():
        with transaction() as session:
            session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)).first().state = WAITING  # type: ignore[union-attr]  # there is one
        take_backup(filing.desk, backup)
    before = contents(filing.app)
    filing.wait(40)
    with (
        empty_database("sqlite", tmp_path) as url,
        elsewhere(settings, clock, url, tmp_path / "elsewhere") as app,
    ):
        desk: Desk = app.extensions["desk"]
        with monkeypatch.context() as patch:
            patch.setattr("portal.backups.restoring.shutil.copyfile", _killed)
            with pytest.raises(KeyboardInterrupt):
                restore(desk, backup)
        with pytest.raises(SettingsIncomplete, match="was interrupted"):
            refuse_unfinished_restore(desk.settings)
        with pytest.raises(BackupRefused, match="interrupted"):
            take_backup(desk, tmp_path / "second")
        restore(desk, backup, replace=True)
        assert contents(app) == before
        refuse_unfinished_restore(desk.settings)


def _killed(*_given: object) -> None:
    raise KeyboardInterrupt


def test_whoever_was_signed_in_at_the_backup_signs_in_again(filing: Filing, tmp_path: Path) -> None:
    browser = filing.browser("incentives@contoso.example")
    with filing.context():
        take_backup(filing.desk, tmp_path / "backup")
    assert browser.visit("/claims").heading == "Customer claims"
    with filing.context():
        filing.desk.settings.sample_mark.touch()  # the folder of a demo, given up for a real house
        restore(filing.desk, tmp_path / "backup", replace=True)
        assert not filing.desk.settings.sample_mark.exists()
    assert browser.visit("/claims").heading == "Sign in"


@pytest.mark.filterwarnings("ignore:transaction already deassociated")  # it was ended under its feet
def test_where_nobody_knows_whether_the_database_took_it_nothing_is_served(
    filing: Filing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with filing.context():
        take_backup(filing.desk, tmp_path / "backup")
    filing.draft()
    last: list[str] = []
    commit = RootTransaction._do_commit  # noqa: SLF001  # the answer to a COMMIT is lost nowhere else

    def lost(transaction: RootTransaction) -> None:
        commit(transaction)
        if last:
            raise sa.exc.OperationalError("COMMIT", None, ValueError(last.pop()))

    def nearly(connection: sa.Connection) -> None:
        refuse_dangling_rows(connection)
        last.append("the connection was closed")

    with monkeypatch.context() as patched, filing.context():
        patched.setattr(RootTransaction, "_do_commit", lost)
        patched.setattr("portal.backups.restoring.refuse_dangling_rows", nearly)
        with pytest.raises(BackupRefused, match="Restore again with --replace"):
            restore(filing.desk, tmp_path / "backup", replace=True)
    with pytest.raises(SettingsIncomplete):
        refuse_unfinished_restore(filing.desk.settings)
    with filing.context():
        restore(filing.desk, tmp_path / "backup", replace=True)
    refuse_unfinished_restore(filing.desk.settings)
