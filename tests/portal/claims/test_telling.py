"""The clock that waits for its mail: it starts with that mail, with no other, and exactly once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.claims import telling
from portal.claims.acting import act
from portal.claims.answers import Answers
from portal.claims.desk import Desk
from portal.claims.model import Claim, ClaimClock
from portal.clock import FixedClock
from portal.db import db, transaction
from portal.notifications.model import OutboxMessage
from portal.work.outbox import deliver
from tests.portal.reviews.filing import REVIEWER, Filing

DISPUTE_WINDOW = "dispute_window"


@pytest.fixture
def desk(filing: Filing) -> Iterator[Desk]:
    """The desk of a house whose mail waits until `deliver` is called."""
    with filing.context():
        yield replace(filing.desk, committed=lambda: None)


def rejected(filing: Filing, desk: Desk, clock: FixedClock) -> str:
    """Return a claim that information was asked for, and that was rejected an hour later; no mail is out."""
    number = filing.under_review()
    for action, answers in (
        ("request_information", {"reason": ("missing_all_poe",), "message": ("Send the letter.",)}),
        ("resubmit", {"message": ("It is the first page.",)}),
        ("start_review", {}),
        ("reject", {"reason": ("insufficient_poe",), "message": ("It shows nothing.",)}),
    ):
        clock.set(clock.now() + timedelta(hours=1))
        who = "incentives@contoso.example" if action == "resubmit" else REVIEWER
        act(desk, action, number, filing.actors[who], Answers(answers))
    return number


def window(number: str) -> ClaimClock:
    query = select(ClaimClock).join(Claim, Claim.id == ClaimClock.claim_id)
    db.session.expire_all()
    return db.session.scalars(query.where(Claim.number == number, ClaimClock.clock == DISPUTE_WINDOW)).one()


def put_off(event: str, clock: FixedClock) -> None:
    """Let the mails about `event` wait for another hour."""
    with transaction() as session:
        later = clock.now() + timedelta(hours=1)
        session.execute(
            update(OutboxMessage).where(OutboxMessage.event == event).values(next_attempt_at=later)
        )


def test_a_mail_that_was_left_before_the_move_starts_nothing(
    filing: Filing, desk: Desk, clock: FixedClock
) -> None:
    number = rejected(filing, desk, clock)
    put_off("reject", clock)

    assert deliver(desk).sent > 0
    assert window(number).state == "waiting"

    clock.set(clock.now() + timedelta(hours=1))
    assert deliver(desk).sent > 0
    assert (window(number).state, window(number).started_at) == ("running", clock.now())


def test_a_clock_that_could_not_be_started_is_started_by_the_next_run_and_no_mail_goes_twice(
    filing: Filing, desk: Desk, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = rejected(filing, desk, clock)
    told_at = clock.now()

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(telling, "derive", broken)
        sent = deliver(desk)
    assert (sent.put_off, sent.failed) == (0, 0)
    assert window(number).state == "waiting"

    clock.set(told_at + timedelta(hours=2))
    assert deliver(desk).sent == 0
    assert (window(number).state, window(number).started_at) == ("running", told_at)
    due = window(number).due_at
    assert deliver(desk).sent == 0
    assert window(number).due_at == due


def test_the_claim_says_whose_move_it_is_once_the_mail_is_out(
    app: Flask, filing: Filing, desk: Desk, clock: FixedClock
) -> None:
    number = rejected(filing, desk, clock)
    deliver(desk)
    claim = filing.claim(number)
    assert (claim.waits_for, claim.closed) == ("partner", False)
    assert claim.due_at is not None
