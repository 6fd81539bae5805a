"""Contents that nothing refers to are discarded, and nothing else is."""

import logging
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from portal.claims.model import ClaimDocument
from portal.db import db, transaction
from portal.evidence.discarding import GRACE, discard, sweep_contents
from portal.evidence.intake import Taken
from portal.evidence.model import StoredFile
from portal.evidence.recording import record
from portal.evidence.store import FileStore

NOW = datetime(2026, 11, 23, 17, tzinfo=UTC)
OLD = NOW - GRACE - timedelta(minutes=1)
YOUNG = NOW - GRACE + timedelta(minutes=1)
HELD = (ClaimDocument.sha256,)


@pytest.fixture
def store(tmp_path: Path, app: Flask) -> FileStore:
    """A store in which three young contents have rows, so that some without are no reason to stop."""
    store = FileStore(tmp_path / "documents")
    with app.app_context():
        for content in (b"one", b"two", b"three"):
            with_row(store, content, YOUNG)
    return store


def without_row(store: FileStore, content: bytes, at: datetime) -> str:
    sha256 = store.put(content)
    os.utime(store.path(sha256), (at.timestamp(), at.timestamp()))
    return sha256


def with_row(store: FileStore, content: bytes, at: datetime) -> str:
    sha256 = without_row(store, content, at)
    with transaction() as session:
        record(session, Taken(sha256, "application/pdf", len(content), 1, "letter.pdf"), at)
    return sha256


def rows() -> set[str]:
    db.session.rollback()
    return set(db.session.scalars(select(StoredFile.sha256)))


def test_what_has_no_row_is_discarded_after_the_grace_time(app: Flask, store: FileStore) -> None:
    old, young = without_row(store, b"old", OLD), without_row(store, b"young", YOUNG)
    with app.app_context():
        before = rows()
        assert sweep_contents(store, HELD, NOW) == 1
        assert rows() == before
    assert not store.has(old)
    assert store.has(young)


def test_a_row_that_nothing_refers_to_goes_with_its_content(app: Flask, store: FileStore) -> None:
    with app.app_context():
        old, young = with_row(store, b"old", OLD), with_row(store, b"young", YOUNG)
        lost = with_row(store, b"lost", OLD)
        store.path(lost).unlink()
        assert sweep_contents(store, HELD, NOW) == 2
        assert not {old, lost} & rows()
        assert young in rows()
    assert not store.has(old)
    assert store.has(young)


def test_a_content_that_is_just_brought_again_counts_as_new(app: Flask, store: FileStore) -> None:
    with app.app_context():
        again = with_row(store, b"again", OLD)
        without_row(store, b"again", YOUNG)
        assert sweep_contents(store, HELD, NOW) == 0
        assert again in rows()
    assert store.has(again)


def test_what_an_interrupted_upload_left_half_is_deleted(app: Flask, store: FileStore) -> None:
    path = store.path(store.put(b"whole"))
    halves = [path.with_name(f".{path.name}.{part * 16}") for part in "ab"]
    for half, at in zip(halves, (OLD, YOUNG), strict=True):
        half.write_bytes(b"who")
        os.utime(half, (at.timestamp(), at.timestamp()))
    with app.app_context():
        sweep_contents(store, HELD, NOW)
    assert [half.exists() for half in halves] == [False, True]


def test_what_an_interrupted_discarding_set_aside_is_put_back_and_judged_again(
    app: Flask, store: FileStore
) -> None:
    old, young = without_row(store, b"old", OLD), without_row(store, b"young", YOUNG)
    for sha256 in (old, young):
        assert store.set_aside(sha256) is not None
        assert not store.has(sha256)
    with app.app_context():
        assert sweep_contents(store, HELD, NOW) == 1
    assert store.path(young).read_bytes() == b"young"
    assert list(store.path(old).parent.iterdir()) == []


def test_the_folder_of_another_database_is_left_alone(
    app: Flask, store: FileStore, caplog: pytest.LogCaptureFixture
) -> None:
    """A wrong PORTAL_DATABASE_URL must not cost the evidence of the right one."""
    found = [without_row(store, f"letter {number}".encode(), OLD) for number in range(4)]
    with app.app_context(), caplog.at_level(logging.ERROR):
        assert sweep_contents(store, HELD, NOW) == 0
    assert all(store.has(sha256) for sha256 in found)
    assert "belong together" in caplog.text


def test_what_is_not_the_stores_own_is_left_alone(app: Flask, store: FileStore) -> None:
    folder = store.path("0" * 64).parent.parent
    others = [folder / "notes", folder / "lost+found" / ("a" * 64), store.path("e" * 64).with_name("README")]
    for path in others:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"kept by somebody else")
        os.utime(path, (OLD.timestamp(), OLD.timestamp()))
    with app.app_context():
        assert sweep_contents(store, HELD, NOW) == 0
    assert all(path.exists() for path in others)


def test_a_store_that_was_never_used_needs_no_sweep(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        assert sweep_contents(FileStore(tmp_path / "nowhere"), HELD, NOW) == 0


def test_a_content_stays_when_its_row_could_not_be_deleted(app: Flask, store: FileStore) -> None:
    """Where the commit fails, somebody else may refer to the content already."""

    def broken(_: Session) -> None:
        raise ConnectionError("the server went away")

    with app.app_context():
        sha256 = with_row(store, b"old", OLD)
        event.listen(db.session(), "before_commit", broken, once=True)
        with pytest.raises(ConnectionError):
            discard(store, sha256, HELD, NOW)
        assert sha256 in rows()
    assert store.path(sha256).read_bytes() == b"old"


def test_one_that_cannot_be_discarded_keeps_no_other_from_its_turn(
    app: Flask, store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = sorted(without_row(store, content, OLD) for content in (b"a", b"b"))
    real = store.set_aside

    def broken(sha256: str) -> Path | None:
        if sha256 == first:
            raise OSError(30, "Read-only file system")
        return real(sha256)

    monkeypatch.setattr(store, "set_aside", broken)
    with app.app_context():
        assert sweep_contents(store, HELD, NOW) == 1
    assert store.has(first)
    assert not store.has(second)
