"""A message is sent again by hand: at once, under its Message-ID, and never twice because of it."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from portal.clock import FixedClock
from portal.db import transaction
from portal.notifications.delivery import ATTEMPTS_AT_MOST, LEASE, DeliveryReport
from portal.notifications.model import OutboxMessage
from portal.notifications.retrying import NotRetried, put_into_line
from portal.notifications.transports import EmlFolder, Smtp
from tests.bare_app import at_once, bare_app
from tests.portal.notifications.post_office import (
    SENDER,
    Mail,
    Mailbox,
    deliver,
    free_port,
    leave,
    only_row,
    rows,
    smtp_server,
)

pytestmark = pytest.mark.usefixtures("session")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def nowhere() -> Smtp:
    """A server that does not answer."""
    return Smtp(f"smtp://127.0.0.1:{free_port()}", SENDER)


def retry(message_id: int, clock: FixedClock) -> None:
    with transaction() as session:
        put_into_line(session, session.get_one(OutboxMessage, message_id), clock)


def refusal(message_id: int, clock: FixedClock) -> str:
    try:
        retry(message_id, clock)
    except NotRetried as refused:
        return str(refused)
    return "It was put into the line."


def give_up(clock: FixedClock, nowhere: Smtp) -> None:
    for _ in range(ATTEMPTS_AT_MOST):
        deliver(clock, nowhere)
        clock.set(clock.now() + timedelta(hours=1))
    assert {row.state for row in rows()} == {"failed"}


def test_a_message_that_was_given_up_is_sent_once_more_and_then_never_again(
    clock: FixedClock, nowhere: Smtp
) -> None:
    (message_id,) = leave(clock.now())
    give_up(clock, nowhere)
    mailbox = Mailbox()
    retry(only_row().id, clock)
    assert "in the line already" in refusal(only_row().id, clock)
    with smtp_server(mailbox) as port:
        assert deliver(clock, Smtp(f"smtp://127.0.0.1:{port}", SENDER)) == DeliveryReport(sent=1)
        assert "sent already" in refusal(only_row().id, clock)
        assert deliver(clock, Smtp(f"smtp://127.0.0.1:{port}", SENDER)) == DeliveryReport()
    assert [mail["Message-ID"] for mail in mailbox.received] == [message_id]


def test_a_message_that_waits_for_its_next_try_need_not_wait(
    clock: FixedClock, nowhere: Smtp, tmp_path: Path
) -> None:
    leave(clock.now())
    deliver(clock, nowhere)
    assert deliver(clock, EmlFolder(tmp_path / "mail", SENDER)) == DeliveryReport()
    retry(only_row().id, clock)
    assert deliver(clock, EmlFolder(tmp_path / "mail", SENDER)) == DeliveryReport(sent=1)


def test_a_retry_begins_a_new_row_of_attempts(clock: FixedClock, nowhere: Smtp) -> None:
    leave(clock.now())
    give_up(clock, nowhere)
    retry(only_row().id, clock)
    assert deliver(clock, nowhere) == DeliveryReport(put_off=1)
    assert (only_row().attempts, only_row().next_attempt_at) == (ATTEMPTS_AT_MOST + 1, clock.now() + MINUTE)


class Held:
    """Hands over only when it is let go, as a server does that takes its time."""

    sender = SENDER

    def __init__(self) -> None:
        self.reached, self.let_go = threading.Event(), threading.Event()
        self.sent: list[str] = []

    def send(self, mail: Mail) -> None:
        self.reached.set()
        assert self.let_go.wait(60)
        self.sent.append(mail["Message-ID"])


def test_a_message_in_the_hands_of_a_worker_is_not_sent_a_second_time(
    clock: FixedClock, database_url: str, nowhere: Smtp
) -> None:
    """Also at its second attempt, when it already has an error and a wait behind it."""
    leave(clock.now())
    deliver(clock, nowhere)
    clock.set(clock.now() + MINUTE)
    held, second, told = Held(), Held(), list[str]()
    second.let_go.set()

    def slow() -> None:
        with bare_app(database_url) as own, own.app_context():
            deliver(clock, held)

    def eager() -> None:
        assert held.reached.wait(60)
        try:
            with bare_app(database_url) as own, own.app_context():
                told.append(refusal(only_row().id, clock))
                deliver(clock, second)
        finally:
            held.let_go.set()

    at_once([slow, eager])
    assert (len(held.sent), second.sent, only_row().state) == (1, [], "sent")
    assert "being sent at this moment" in told[0]


def test_a_worker_that_fell_silent_keeps_a_message_from_nobody(clock: FixedClock, database_url: str) -> None:
    leave(clock.now())
    held = Held()

    def slow() -> None:
        with bare_app(database_url) as own, own.app_context():
            deliver(clock, held)

    def patient() -> None:
        assert held.reached.wait(60)
        try:
            with bare_app(database_url) as own, own.app_context():
                clock.set(clock.now() + LEASE)
                assert "in the line already" in refusal(only_row().id, clock)
        finally:
            held.let_go.set()

    at_once([slow, patient])
    assert only_row().taken_until is None


def test_of_retries_at_once_one_wins_and_each_message_is_sent_once(
    clock: FixedClock, database_url: str, nowhere: Smtp
) -> None:
    message_ids = leave(clock.now(), count=8)
    give_up(clock, nowhere)
    numbers = [row.id for row in rows()]
    mailbox, told, begin = Mailbox(), list[str](), threading.Barrier(3)
    asked = threading.Semaphore(0)

    def ask() -> None:
        try:
            with bare_app(database_url) as own, own.app_context():
                begin.wait(60)
                told.extend(refusal(number, clock) for number in numbers)
        finally:
            asked.release()

    with smtp_server(mailbox) as port:
        server = Smtp(f"smtp://127.0.0.1:{port}", SENDER)

        def work() -> None:
            with bare_app(database_url) as own, own.app_context():
                begin.wait(60)
                ended = 0
                while ended < 2:
                    ended += asked.acquire(blocking=False)
                    deliver(clock, server)
                deliver(clock, server)

        at_once([ask, ask, work])
    assert told.count("It was put into the line.") == len(numbers)
    assert sorted(mail["Message-ID"] for mail in mailbox.received) == sorted(message_ids)


def test_a_retry_waits_for_another_that_has_begun_and_then_finds_what_it_left(
    clock: FixedClock, database_url: str, nowhere: Smtp
) -> None:
    leave(clock.now())
    give_up(clock, nowhere)
    number, told = only_row().id, list[str]()
    first_is_in, second_is_off = threading.Event(), threading.Event()

    def first() -> None:
        with bare_app(database_url) as own, own.app_context(), transaction() as session:
            put_into_line(session, session.get_one(OutboxMessage, number), clock)
            session.flush()
            first_is_in.set()
            assert second_is_off.wait(60)
            # Long enough for a second one that does not wait to be through with it.
            threading.Event().wait(0.5)

    def second() -> None:
        assert first_is_in.wait(60)
        with bare_app(database_url) as own, own.app_context():
            second_is_off.set()
            told.append(refusal(number, clock))

    at_once([first, second])
    assert "in the line already" in told[0]
