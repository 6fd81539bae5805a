import os
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from smtplib import SMTPException

import pytest
from flask import Flask

from portal.clock import FixedClock
from portal.db import transaction
from portal.notifications.delivery import ATTEMPTS_AT_MOST, LEASE, DeliveryReport, wait_after
from portal.notifications.model import OutboxMessage
from portal.notifications.rendering import Rendered
from portal.notifications.transports import EmlFolder, Smtp
from tests.bare_app import at_once, bare_app
from tests.portal.notifications.post_office import (
    SENDER,
    Mail,
    Mailbox,
    deliver,
    free_port,
    kept_mails,
    leave,
    only_row,
    part,
    plain,
    rows,
    smtp_server,
)

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def opened(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def mail_dir(tmp_path: Path) -> Path:
    return tmp_path / "mail"


@pytest.fixture
def folder(mail_dir: Path) -> EmlFolder:
    return EmlFolder(mail_dir, SENDER)


@pytest.fixture
def nowhere() -> Smtp:
    """A server that is not there."""
    return Smtp(f"smtp://127.0.0.1:{free_port()}", SENDER)


def test_a_message_is_handed_over_and_marked(clock: FixedClock, folder: EmlFolder, mail_dir: Path) -> None:
    (message_id,) = leave(clock.now())

    assert deliver(clock, folder) == DeliveryReport(sent=1)

    (mail,) = kept_mails(mail_dir)
    assert mail["Message-ID"] == message_id
    assert mail["From"] == SENDER
    assert mail["To"] == "ines@contoso.example"
    assert mail["Subject"] == "About CL-2026-000001"
    assert mail["Date"].datetime == clock.now()
    assert part(mail, "plain") == "submit of CL-2026-000001 at 17:00\n"
    assert part(mail, "html") == "<p>submit of CL-2026-000001 at 17:00</p>\n"
    row = only_row()
    assert (row.state, row.sent_at, row.attempts, row.error) == ("sent", clock.now(), 1, None)
    assert deliver(clock, folder) == DeliveryReport()


def test_a_message_whose_transaction_fails_was_never_there(clock: FixedClock, folder: EmlFolder) -> None:
    def refused_after_posting() -> None:
        with transaction() as session:
            from portal.notifications.outbox import post

            post(
                session,
                subject="CL-2026-000001",
                event="submit",
                recipient="ines@contoso.example",
                audience="partner",
                context={},
                at=clock.now(),
            )
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        refused_after_posting()

    assert deliver(clock, folder) == DeliveryReport()


def test_only_what_is_due_is_handed_over(clock: FixedClock, folder: EmlFolder) -> None:
    leave(clock.now() + MINUTE)

    assert deliver(clock, folder) == DeliveryReport()
    clock.set(clock.now() + MINUTE)
    assert deliver(clock, folder) == DeliveryReport(sent=1)


def test_more_messages_than_a_batch_are_handed_over_in_their_order(
    clock: FixedClock, folder: EmlFolder
) -> None:
    message_ids = leave(clock.now(), count=120)
    seen: list[str] = []

    def render(message: OutboxMessage, at: datetime) -> Rendered:
        seen.append(message.message_id)
        return plain(message, at)

    report = deliver(clock, folder, render)

    assert report == DeliveryReport(sent=120)
    assert seen == message_ids


def test_a_server_that_is_away_is_tried_again_later_and_later(clock: FixedClock, nowhere: Smtp) -> None:
    (message_id,) = leave(clock.now())
    waits = []

    for attempt in range(1, ATTEMPTS_AT_MOST):
        assert deliver(clock, nowhere) == DeliveryReport(put_off=1)
        row = only_row()
        assert (row.state, row.attempts, row.message_id) == ("waiting", attempt, message_id)
        assert row.error is not None
        assert row.error.startswith("ConnectionRefusedError: ")
        waits.append((row.next_attempt_at - clock.now()) // MINUTE)
        clock.set(row.next_attempt_at - timedelta(microseconds=1))
        assert deliver(clock, nowhere) == DeliveryReport()
        clock.set(row.next_attempt_at)
    assert deliver(clock, nowhere) == DeliveryReport(failed=1)

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60]
    assert (only_row().state, only_row().attempts) == ("failed", ATTEMPTS_AT_MOST)
    clock.set(clock.now() + timedelta(days=30))
    assert deliver(clock, nowhere) == DeliveryReport()


def test_the_log_names_the_kind_of_failure_and_no_address(
    clock: FixedClock, nowhere: Smtp, caplog: pytest.LogCaptureFixture
) -> None:
    leave(clock.now())
    deliver(clock, nowhere)
    (line,) = [record for record in caplog.records if record.msg == "mail was not handed over"]
    assert line.__dict__["failure"] == "ConnectionRefusedError"
    assert "@" not in str(line.__dict__)


def test_the_same_mail_goes_out_once_the_server_is_back(clock: FixedClock, nowhere: Smtp) -> None:
    (message_id,) = leave(clock.now())
    mailbox = Mailbox()
    deliver(clock, nowhere)
    clock.set(clock.now() + MINUTE)

    with smtp_server(mailbox) as port:
        assert deliver(clock, Smtp(f"smtp://127.0.0.1:{port}", SENDER)) == DeliveryReport(sent=1)

    (mail,) = mailbox.received
    assert mail["Message-ID"] == message_id
    assert part(mail, "plain") == "submit of CL-2026-000001 at 17:01\n"
    assert (only_row().state, only_row().error) == ("sent", None)


@pytest.mark.parametrize("answer", ["451 Try again later", "554 Not today"])
def test_a_mail_that_the_server_turns_away_is_tried_again(clock: FixedClock, answer: str) -> None:
    leave(clock.now())

    with smtp_server(Mailbox(answer=answer)) as port:
        assert deliver(clock, Smtp(f"smtp://127.0.0.1:{port}", SENDER)) == DeliveryReport(put_off=1)

    error = only_row().error
    assert error is not None
    assert error.startswith("SMTPDataError: ")


def test_one_that_fails_keeps_no_other_back(clock: FixedClock) -> None:
    leave(clock.now())
    leave(clock.now(), recipient="nobody@contoso.example")
    leave(clock.now(), event="broken")
    leave(clock.now())
    mailbox = Mailbox(refuse="nobody@")

    def render(message: OutboxMessage, at: datetime) -> Rendered:
        if message.event == "broken":
            raise LookupError("no such template")
        return plain(message, at)

    with smtp_server(mailbox) as port:
        report = deliver(clock, Smtp(f"smtp://127.0.0.1:{port}", SENDER), render=render)

    assert report == DeliveryReport(sent=2, put_off=2)
    assert [row.state for row in rows()] == ["sent", "waiting", "waiting", "sent"]
    assert rows()[2].error == "LookupError: no such template"


@pytest.mark.parametrize(
    "recipient",
    [
        "",
        "ines",
        "ines@contoso.example, all@contoso.example",
        "ines@contoso.example\r\nBcc: all@contoso.example",
        "ines@contoso.example\nBcc: all@contoso.example",
        "Ines <ines@contoso.example>",
        "ines@contoso..example",
        "ines @contoso.example",
        "ines@contoso.example\u2028Bcc:x",
    ],
)
def test_what_is_not_one_address_is_given_up_at_once(
    clock: FixedClock, folder: EmlFolder, mail_dir: Path, recipient: str
) -> None:
    leave(clock.now(), recipient=recipient)

    assert deliver(clock, folder) == DeliveryReport(failed=1)

    assert not mail_dir.exists()
    assert "correct it on the claim" in (only_row().error or "")


def test_two_workers_at_once_hand_each_message_over_once(clock: FixedClock, database_url: str) -> None:
    message_ids = leave(clock.now(), count=40)
    mailbox = Mailbox()
    reports: list[DeliveryReport] = []

    with smtp_server(mailbox) as port:

        def work() -> None:
            with bare_app(database_url) as own, own.app_context():
                reports.append(deliver(clock, Smtp(f"smtp://127.0.0.1:{port}", SENDER)))

        at_once([work] * 3)

    assert sorted(mail["Message-ID"] for mail in mailbox.received) == sorted(message_ids)
    assert sum(report.sent for report in reports) == 40


class Held:
    """Hands over only when it is let go, as a server does that takes its time."""

    sender = SENDER

    def __init__(self, folder: EmlFolder | Smtp) -> None:
        self._folder = folder
        self.reached, self.let_go = threading.Event(), threading.Event()

    def send(self, mail: Mail) -> None:
        self.reached.set()
        assert self.let_go.wait(60)
        self._folder.send(mail)


def test_a_message_in_the_hands_of_a_worker_is_left_alone(
    clock: FixedClock, database_url: str, folder: EmlFolder
) -> None:
    leave(clock.now())
    held = Held(folder)
    reports: list[DeliveryReport] = []

    def slow() -> None:
        with bare_app(database_url) as own, own.app_context():
            reports.append(deliver(clock, held))

    def quick() -> None:
        assert held.reached.wait(60)
        with bare_app(database_url) as own, own.app_context():
            reports.append(deliver(clock, folder))
        held.let_go.set()

    at_once([slow, quick])

    assert reports == [DeliveryReport(), DeliveryReport(sent=1)]


def test_a_worker_that_comes_back_too_late_marks_nothing(
    clock: FixedClock, database_url: str, folder: EmlFolder, mail_dir: Path
) -> None:
    leave(clock.now())
    held = Held(folder)
    began = clock.now()

    def slow() -> None:
        with bare_app(database_url) as own, own.app_context():
            deliver(clock, held)

    def quick() -> None:
        assert held.reached.wait(60)
        clock.set(began + LEASE)
        with bare_app(database_url) as own, own.app_context():
            assert deliver(clock, folder) == DeliveryReport(sent=1)
        held.let_go.set()

    at_once([slow, quick])

    assert (only_row().sent_at, only_row().attempts) == (began + LEASE, 2)
    assert len(kept_mails(mail_dir)) == 1


@pytest.mark.parametrize("late", ["succeeds", "fails"])
def test_a_worker_that_comes_back_after_another_failed(
    clock: FixedClock, database_url: str, folder: EmlFolder, nowhere: Smtp, late: str
) -> None:
    """What the late worker handed over is marked; that it failed changes nothing for the others."""
    leave(clock.now())
    held = Held(folder if late == "succeeds" else nowhere)
    began = clock.now()

    def slow() -> None:
        with bare_app(database_url) as own, own.app_context():
            deliver(clock, held)

    def quick() -> None:
        assert held.reached.wait(60)
        clock.set(began + LEASE)
        with bare_app(database_url) as own, own.app_context():
            assert deliver(clock, nowhere) == DeliveryReport(put_off=1)
        held.let_go.set()

    at_once([slow, quick])

    row = only_row()
    assert (row.attempts, row.next_attempt_at) == (2, began + LEASE + 2 * MINUTE)
    assert row.state == ("sent" if late == "succeeds" else "waiting")


DYING_WORKER = """
    import os, sys
    from datetime import datetime
    from portal.clock import FixedClock
    from portal.notifications.transports import Smtp
    from tests.bare_app import bare_app
    from tests.portal.notifications.post_office import SENDER, deliver

    class Dying(Smtp):
        def send(self, mail):
            super().send(mail)
            os._exit(9)

    url, port, now = sys.argv[1:]
    with bare_app(url) as app, app.app_context():
        clock = FixedClock(datetime.fromisoformat(now))
        deliver(clock, Dying(f"smtp://127.0.0.1:{port}", SENDER))
"""


def test_a_worker_that_dies_after_the_hand_over_is_made_up_for(clock: FixedClock, database_url: str) -> None:
    """The process ends between the server's "250 OK" and the commit."""
    (message_id,) = leave(clock.now())
    mailbox = Mailbox()

    with smtp_server(mailbox) as port:
        arguments = [database_url, str(port), clock.now().isoformat()]
        died = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(DYING_WORKER), *arguments],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
            check=False,
        )
        assert died.returncode == 9
        assert (only_row().state, len(mailbox.received)) == ("waiting", 1)

        server = Smtp(f"smtp://127.0.0.1:{port}", SENDER)
        assert deliver(clock, server) == DeliveryReport()
        clock.set(clock.now() + LEASE)
        assert deliver(clock, server) == DeliveryReport(sent=1)

    assert [mail["Message-ID"] for mail in mailbox.received] == [message_id, message_id]


def test_the_wait_never_exceeds_an_hour() -> None:
    assert [wait_after(attempt) // MINUTE for attempt in (1, 2, 6, 7, 12)] == [1, 2, 32, 60, 60]


def test_a_mail_error_is_kept_short(clock: FixedClock) -> None:
    class Wordy:
        sender = SENDER

        def send(self, mail: Mail) -> None:
            raise SMTPException("x" * 5000)

    leave(clock.now())
    deliver(clock, Wordy())

    assert len(only_row().error or "") == 500
