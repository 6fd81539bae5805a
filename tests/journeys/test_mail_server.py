"""Mail through a real SMTP server that is down at first: it is tried again, and then the clock starts."""

import socket
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from portal.settings import Settings, read_settings
from portal.work.outbox import deliver
from tests.journeys.mailbox import Mail
from tests.journeys.scene import INES, REVIEWER, REVIEWER2, Scene
from tests.journeys.steps import fact, refusals


class Received:
    """What reaches the mail server. While `busy` it reads each mail and answers that it cannot keep it."""

    def __init__(self) -> None:
        self.kept: list[Mail] = []
        self.turned_away: list[Mail] = []
        self.senders: set[str] = set()
        self.busy = False

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's
        assert isinstance(envelope.content, bytes)
        mail = Mail.read(envelope.content)
        assert envelope.rcpt_tos == [mail.to], "The envelope goes to somebody else than the mail says."
        self.senders.add(str(envelope.mail_from))
        (self.turned_away if self.busy else self.kept).append(mail)
        return "451 4.3.0 Busy, try again later" if self.busy else "250 OK"

    def new(self) -> list[Mail]:
        """Return what was kept since the last look."""
        found, self.kept = self.kept, []
        return found


class MailServer:
    """An SMTP server on this machine that can be stopped and started again at the same port."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.received = Received()
        self._running: Controller | None = None

    def start(self) -> None:
        self._running = Controller(self.received, hostname="127.0.0.1", port=self.port)
        self._running.start()

    def stop(self) -> None:
        if self._running is not None:
            self._running.stop()
        self._running = None


@pytest.fixture
def server() -> Iterator[MailServer]:
    server = MailServer()
    yield server
    server.stop()


@pytest.fixture
def settings(tmp_path: Path, database_url: str, rules_dir: Path, server: MailServer) -> Settings:
    return read_settings(
        data_dir=tmp_path / "data",
        database_url=database_url,
        rules_dir=rules_dir,
        secret_key="a key for tests that is long enough to be taken",
        mail_url=f"smtp://127.0.0.1:{server.port}",
        mail_from="Customer claims <claims@portal.example>",
        base_url="http://localhost",
        development=True,
    )


def work(scene: Scene) -> tuple[int, int]:
    """Do what `portal work` does about mail; return how many were handed over and put off."""
    with scene.context():
        report = deliver(scene.desk)
    assert report.failed == 0
    return report.sent, report.put_off


def test_a_rejection_arrives_when_the_mail_server_is_back(scene: Scene, server: MailServer) -> None:
    partner, reviewer = scene.partner(), scene.reviewer()
    received = server.received
    server.start()
    number = partner.file_claim()
    reviewer.start_review(number)
    assert received.new() == []  # nobody's click waits for the mail server
    assert work(scene) == (4, 0)
    assert {mail.to for mail in received.new()} == {INES, REVIEWER, REVIEWER2}
    assert received.senders == {"claims@portal.example"}
    assert work(scene) == (0, 0)

    # The server goes down in the evening; the claim is rejected, and the mail cannot be handed over.
    server.stop()
    scene.at("2026-11-23 23:50")
    reviewer.reject(number)
    assert work(scene) == (0, 1)

    # Until Ines is told no time runs against her, and she could dispute already.
    page = partner.finds(number, "Rejected", "Nobody")
    assert fact(page, "Time to dispute").startswith("Starts as soon as")
    assert refusals(page, "dispute") == set()

    # It is tried again after one minute, not before; the server is up, but busy.
    server.start()
    received.busy = True
    scene.later(seconds=59)
    assert work(scene) == (0, 0)
    scene.later(seconds=1)
    assert work(scene) == (0, 1)
    scene.later(seconds=119)
    assert work(scene) == (0, 0)
    scene.later(seconds=1)
    assert work(scene) == (0, 1)
    assert len(received.turned_away) == 2

    # Four minutes later, on the next day by then, it is handed over, once, as the same mail as before.
    received.busy = False
    scene.at("2026-11-24 00:05")
    assert work(scene) == (1, 0)
    scene.later(hours=2)
    assert work(scene) == (0, 0)
    [mail] = received.new()
    assert {tried.message_id for tried in received.turned_away} == {mail.message_id}
    assert mail.to == INES
    assert mail.subject == f"Your claim was rejected ({number})"
    assert mail.link == f"/claims/{number}"

    # The time to dispute counts from the hand-over, in the mail, on the page and in the list alike.
    arithmetic = "30 calendar days: day 1 is Wed 25 Nov; day 30 is Thu 24 Dec 2026"
    assert arithmetic in mail.deadline
    assert "day 30 is Wed 23 Dec" in received.turned_away[0].deadline
    page = partner.finds(number, "Rejected", "Your organization", date(2026, 12, 24))
    assert arithmetic in page.region("claim-standing")
    assert partner.story(number)[-2:] == [
        "Reject → Rejected",
        "The e-mail was sent and the time to act began",
    ]
