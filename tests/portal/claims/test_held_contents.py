"""What a claim refers to is on the disk, whoever discards or brings the same content at the same time."""

import threading
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal.claims.acting import act
from portal.claims.answers import Answers, Upload
from portal.claims.held_contents import HELD, sweep_documents
from portal.claims.model import ClaimDocument
from portal.db import db, transaction
from portal.evidence.discarding import discard
from portal.evidence.intake import take
from portal.evidence.model import StoredFile
from portal.evidence.recording import record
from portal.evidence.store import FileStore
from portal.work.loop import run_forever
from tests.documents import pdf
from tests.portal.claims.kept import Background, is_whole, kept, let_age
from tests.portal.reviews.filing import Filing

PARTNER, OTHER = "incentives@contoso.example", "incentives@fabrikam.example"
LETTER = Upload("new.pdf", pdf("What nobody uploaded before.").content)
SHA256 = sha256(LETTER.content).hexdigest()
A_MOMENT = 0.4  # seconds, in which a thread that does not wait would have come to its end


def upload(filing: Filing, number: str, by: str = PARTNER) -> None:
    with filing.context():
        act(filing.desk, "edit", number, filing.actors[by], Answers({}, (LETTER,)))


def discarded(filing: Filing) -> bool:
    with filing.context():
        return discard(filing.desk.files, SHA256, HELD, filing.clock.now())


def with_a_row(filing: Filing) -> None:
    """Keep the letter for nobody, as its claim may have left it."""
    taken = take(filing.desk.files, filing.desk.settings, LETTER.name, LETTER.content)
    with filing.context(), transaction() as session:
        record(session, taken, filing.clock.now())


def without_a_row(filing: Filing) -> None:
    """Leave the letter unknown."""


BEFORE = pytest.mark.parametrize("before", [with_a_row, without_a_row])


def test_a_deleted_draft_leaves_no_documents(filing: Filing) -> None:
    number, other = filing.draft(), filing.draft("fabrikam")
    others = kept(filing)
    upload(filing, number)
    filing.do("delete_draft", number, PARTNER)
    assert SHA256 not in kept(filing)
    assert len(kept(filing)) == len(others) - 1  # the first letter of the draft is gone as well
    assert is_whole(filing)
    assert filing.claim(other).number == other


def test_a_deleted_draft_leaves_what_another_claim_holds(filing: Filing) -> None:
    number, other = filing.draft(), filing.draft("fabrikam")
    upload(filing, number)
    upload(filing, other, by=OTHER)
    filing.do("delete_draft", number, PARTNER)
    assert SHA256 in kept(filing)
    assert is_whole(filing)


def test_a_draft_is_deleted_even_when_its_contents_cannot_be(
    filing: Filing, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, _ = filing.draft(), filing.draft("fabrikam")
    with monkeypatch.context() as patch:
        patch.setattr(FileStore, "set_aside", broken_disk)
        filing.do("delete_draft", number, PARTNER)
    assert not is_whole(filing)
    let_age(filing)
    with filing.context():
        assert sweep_documents(filing.desk) == 1
    assert is_whole(filing)


def broken_disk(*_: object) -> None:
    raise OSError(30, "Read-only file system")


def test_the_sweep_leaves_what_claims_hold_even_withdrawn_and_replaced(filing: Filing) -> None:
    number = filing.draft()
    with filing.context():
        document = str(db.session.scalars(select(ClaimDocument.id)).one())
    upload(filing, number)
    filing.do("edit", number, PARTNER, withdraw=document)
    let_age(filing)
    with filing.context():
        assert sweep_documents(filing.desk) == 0
    assert len(kept(filing)) == 2
    assert is_whole(filing)


def test_background_work_cleans_up_at_its_start_and_then_every_hour(
    app: Flask, filing: Filing, monkeypatch: pytest.MonkeyPatch
) -> None:
    filing.draft()
    left = filing.desk.files.put(b"what an interrupted upload left")
    found = []

    class Turns(threading.Event):
        """Ends the work after three turns, half an hour apart, each with something to clean up."""

        def wait(self, timeout: float | None = None) -> bool:
            found.append(filing.desk.files.has(left))
            filing.desk.files.put(b"what an interrupted upload left")
            let_age(filing)
            filing.clock.set(filing.clock.now() + timedelta(minutes=30))
            if len(found) == 3:
                self.set()
            return self.is_set()

    let_age(filing)
    run_forever(app, Turns())
    assert found == [False, True, False]


@BEFORE
def test_what_is_discarded_between_reading_and_committing_is_kept_again(
    filing: Filing, monkeypatch: pytest.MonkeyPatch, before: Callable[[Filing], None]
) -> None:
    number = filing.draft()
    before(filing)
    from portal.claims import acting, uploads

    def interrupted(*given: object) -> object:
        taken = uploads.take_uploads(*given)  # type: ignore[arg-type]  # handed on as they came
        assert discard(filing.desk.files, SHA256, HELD, filing.clock.now())
        return taken

    monkeypatch.setattr(acting, "take_uploads", interrupted)
    upload(filing, number)
    assert filing.desk.files.path(SHA256).read_bytes() == LETTER.content
    assert is_whole(filing)


@BEFORE
def test_who_brings_a_content_that_is_being_discarded_waits_and_keeps_it_again(
    filing: Filing, monkeypatch: pytest.MonkeyPatch, before: Callable[[Filing], None]
) -> None:
    number = filing.draft()
    with_a_row(filing)
    if before is without_a_row:
        with filing.context(), transaction() as session:
            session.delete(session.get_one(StoredFile, SHA256))
    uploading = Background(lambda: upload(filing, number))
    real, waited = FileStore.set_aside, []

    def slowly(store: FileStore, content: str) -> Path | None:
        aside = real(store, content)
        uploading.start()
        uploading.join(A_MOMENT)
        waited.append(uploading.is_alive())
        return aside

    monkeypatch.setattr(FileStore, "set_aside", slowly)
    assert discarded(filing)
    uploading.join()
    assert waited == [True]
    assert uploading.error is None
    assert is_whole(filing)
    assert SHA256 in kept(filing)


@BEFORE
def test_what_is_just_being_referred_to_is_not_discarded(
    filing: Filing, monkeypatch: pytest.MonkeyPatch, before: Callable[[Filing], None]
) -> None:
    number = filing.draft()
    before(filing)
    outcome: list[bool] = []
    discarding = Background(lambda: outcome.append(discarded(filing)))
    waited = []

    def slowly(*_: object) -> None:
        discarding.start()
        discarding.join(A_MOMENT)
        waited.append(discarding.is_alive())

    monkeypatch.setattr("portal.claims.acting.keep_discarded", slowly)
    upload(filing, number)
    discarding.join()
    assert waited == [True]
    assert discarding.error is None
    assert outcome == [False]
    assert is_whole(filing)
    assert SHA256 in kept(filing)


def test_uploads_deletions_and_sweeps_at_once_leave_every_document_on_the_disk(filing: Filing) -> None:
    numbers = [filing.draft(partner) for partner in ("contoso", "fabrikam") for _ in range(2)]
    people = [PARTNER, PARTNER, OTHER, OTHER]
    with_a_row(filing)
    stop = threading.Event()

    def discard_again_and_again() -> None:
        while not stop.is_set():
            discarded(filing)
            with filing.context():
                sweep_documents(filing.desk)

    sweeps = [Background(discard_again_and_again) for _ in range(2)]
    uploads = [
        Background(lambda number=number, by=by: upload(filing, number, by))  # type: ignore[misc]  # a closure over each
        for number, by in zip(numbers, people, strict=True)
    ]
    for thread in sweeps + uploads:
        thread.start()
    for thread in uploads:
        thread.join()
    filing.do("delete_draft", numbers[0], PARTNER)
    stop.set()
    for thread in sweeps:
        thread.join()
    assert [thread.error for thread in sweeps + uploads] == [None] * 6
    let_age(filing)
    with filing.context():
        sweep_documents(filing.desk)
    assert is_whole(filing)
    assert SHA256 in kept(filing)
