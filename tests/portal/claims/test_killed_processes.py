"""A process that is killed while documents come or go leaves nothing that the sweep does not put right."""

import os
import signal
import traceback
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from portal.claims.acting import act
from portal.claims.answers import Answers, Upload
from portal.claims.held_contents import sweep_documents
from portal.claims.model import ClaimDocument
from portal.db import db
from portal.evidence.store import FileStore
from tests.documents import pdf
from tests.portal.claims.kept import files_of, is_whole, kept, let_age
from tests.portal.reviews.filing import Filing

PARTNER = "incentives@contoso.example"
LETTER = Upload("new.pdf", pdf("What nobody uploaded before.").content)
SHA256 = sha256(LETTER.content).hexdigest()


def die(*_: object) -> None:
    """End this process as a power cut would: no code of it runs any more."""
    os.kill(os.getpid(), signal.SIGKILL)


def when_referred_to(session: Session) -> None:
    if session.scalar(select(ClaimDocument.id).where(ClaimDocument.sha256 == SHA256)):
        die()


def when_set_aside(session: Session) -> None:
    if any(path.suffix == ".aside" for path in session.info["folder"].rglob(f".{SHA256}*")):
        die()


def half_written() -> None:
    def died(handle: int) -> None:
        if Path(f"/proc/self/fd/{handle}").readlink().is_file():
            os.ftruncate(handle, len(LETTER.content) // 2)
            die()

    os.fsync = died  # type: ignore[assignment]  # this process ends by it


def before_it_has_its_name() -> None:
    Path.replace = die  # type: ignore[assignment, method-assign]  # this process ends by it


def before_its_row_is_committed() -> None:
    event.listen(db.session(), "before_commit", when_referred_to)


def after_its_row_was_committed() -> None:
    event.listen(db.session(), "after_commit", lambda session: when_referred_to(Session(session.get_bind())))


def before_its_deletion_is_committed() -> None:
    event.listen(db.session(), "before_commit", when_set_aside)


def after_its_deletion_was_committed() -> None:
    event.listen(db.session(), "after_commit", when_set_aside)


def upload(filing: Filing, number: str) -> None:
    act(filing.desk, "edit", number, filing.actors[PARTNER], Answers({}, (LETTER,)))


def delete(filing: Filing, number: str) -> None:
    act(filing.desk, "delete_draft", number, filing.actors[PARTNER])


def killed(filing: Filing, arm: Callable[[], None], work: Callable[[Filing, str], None], number: str) -> None:
    """Do `work` in a process that is killed where `arm` says; fails where it comes to its end."""
    with filing.context():
        db.session.remove()
    process = os.fork()
    if process == 0:
        try:
            with filing.app.app_context():
                db.engine.dispose(close=False)  # the connections are the other process's
                db.session().info["folder"] = filing.desk.settings.documents_dir
                arm()
                work(filing, number)
        except Exception:  # noqa: BLE001  # told here, because the process must not go on as a test
            traceback.print_exc()
        finally:
            os._exit(0)
    _, status = os.waitpid(process, 0)
    assert os.WIFSIGNALED(status), "the process came to its end"
    assert os.WTERMSIG(status) == signal.SIGKILL


def swept(filing: Filing) -> None:
    let_age(filing)
    with filing.context():
        sweep_documents(filing.desk)


def documents(filing: Filing, number: str) -> list[str]:
    claim_id = filing.claim(number).id
    with filing.context():
        return list(
            db.session.scalars(select(ClaimDocument.sha256).where(ClaimDocument.claim_id == claim_id))
        )


@pytest.mark.parametrize(
    ("arm", "left", "counts"),
    [
        (half_written, "unfinished", False),
        (before_it_has_its_name, "unfinished", False),
        (before_its_row_is_committed, "content", False),
        (after_its_row_was_committed, "content", True),
    ],
)
def test_an_upload_that_is_killed(filing: Filing, arm: Callable[[], None], left: str, counts: bool) -> None:
    number = filing.draft()
    killed(filing, arm, upload, number)
    (there,) = [path for path in files_of(filing) if SHA256 in path.name]
    assert (there.name == SHA256) is (left == "content")
    assert (SHA256 in documents(filing, number)) is counts

    swept(filing)
    assert is_whole(filing)
    assert (SHA256 in kept(filing)) is counts

    if not counts:
        with filing.context():
            upload(filing, number)
    assert is_whole(filing)
    assert filing.desk.files.path(SHA256).read_bytes() == LETTER.content


@pytest.mark.parametrize("arm", [before_its_deletion_is_committed, after_its_deletion_was_committed])
def test_a_deletion_that_is_killed(filing: Filing, arm: Callable[[], None]) -> None:
    number, other = filing.draft(), filing.draft("fabrikam")
    with filing.context():
        upload(filing, number)
    killed(filing, arm, delete, number)
    assert SHA256 not in kept(filing)

    swept(filing)
    assert is_whole(filing)
    assert kept(filing) == set(documents(filing, other))


def test_a_content_whose_deletion_was_killed_can_be_brought_again_at_once(filing: Filing) -> None:
    number, other = filing.draft(), filing.draft("fabrikam")
    with filing.context():
        upload(filing, number)
    killed(filing, before_its_deletion_is_committed, delete, number)
    with filing.context():
        actor = filing.actors["incentives@fabrikam.example"]
        act(filing.desk, "edit", other, actor, Answers({}, (LETTER,)))
    assert FileStore(filing.desk.settings.documents_dir).has(SHA256)
    swept(filing)
    assert is_whole(filing)
    assert SHA256 in documents(filing, other)
