"""The daily digest: one mail a person and day, nothing lost or twice, and nothing to whom it is not for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import select, update

from portal.accounts.model import Person
from portal.claims.mail_ways import keep_ways
from portal.claims.model import Claim
from portal.db import db, transaction
from portal.notifications.model import OutboxMessage
from portal.work.digests import leave_digests
from portal.work.loop import run_once
from portal.work.outbox import deliver
from tests.journeys.mailbox import Mail
from tests.portal.claims.test_mail_recipients import GLORIA, INES, Down, keep_to_munich, let_go
from tests.portal.claims.test_mails import mails_to
from tests.portal.reviews.filing import REVIEWER, REVIEWER2, Filing

DIGEST = "in your daily digest"
EVERYTHING = {"submit/partner": "digest", "start_review/partner": "digest", "comment/partner": "digest"}
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def choose(filing: Filing, email: str, **ways: str) -> None:
    """Choose ways by the codes of kinds, with "__" for the stroke."""
    with filing.context():
        keep_ways(filing.desk, filing.actors[email], {k.replace("__", "/"): way for k, way in ways.items()})


def digested(filing: Filing) -> Filing:
    with filing.context():
        keep_ways(filing.desk, filing.actors[INES], EVERYTHING)
    return filing


def turn(filing: Filing) -> None:
    """Let the worker do what is due, once."""
    with filing.context():
        run_once(filing.desk, (leave_digests, deliver))


def next_morning(filing: Filing, hour: int = 7) -> None:
    """Move the clock to the next day at `hour` in the program's zone (Pacific, without summer time)."""
    now = filing.clock.now()
    day = (now - timedelta(hours=8)).date() + timedelta(days=1)
    filing.clock.set(datetime(day.year, day.month, day.day, hour + 8, tzinfo=UTC))


def mails(filing: Filing, email: str) -> list[Mail]:
    """Return the mails of somebody in the order in which they were left."""
    return sorted(mails_to(filing, email), key=lambda mail: mail.message_id)


def subjects(filing: Filing, email: str = INES) -> list[str]:
    return [mail.subject for mail in mails(filing, email)]


def digests(filing: Filing, email: str = INES) -> list[str]:
    """Return the text of each digest that somebody got, its blanks run together."""
    return [" ".join(mail.text.split()) for mail in mails(filing, email) if DIGEST in mail.subject]


def states(filing: Filing, number: str) -> set[tuple[str, str]]:
    with filing.context():
        query = select(OutboxMessage.event, OutboxMessage.state).where(
            OutboxMessage.subject == number, OutboxMessage.audience == "partner"
        )
        return {(row[0], row[1]) for row in db.session.execute(query)}


def test_what_was_chosen_for_the_digest_comes_together_the_next_morning(filing: Filing) -> None:
    digested(filing)
    first, second = filing.under_review(), filing.submitted(product="exchange_online")
    filing.do("comment", first, REVIEWER, message="Look at page 2.")
    turn(filing)
    assert len(digests(filing)) == 1, "it is past the hour, and there was none today"
    filing.do("comment", second, REVIEWER, message="And at page 3.")
    turn(filing)
    assert len(subjects(filing)) == 1, "one a day"
    next_morning(filing, 6)
    turn(filing)
    assert len(subjects(filing)) == 1, "not before the hour"
    next_morning(filing)
    for _ in range(2):
        turn(filing)
    today, tomorrow = digests(filing)
    assert "4 messages in your daily digest" in subjects(filing)[0]
    for words in ("Your claim was submitted", "The review of your claim started", "Look at page 2."):
        assert words in today
    assert "And at page 3." in tomorrow
    assert "Look at page 2." not in tomorrow


def test_who_chose_nothing_gets_everything_at_once(filing: Filing) -> None:
    number = filing.under_review()
    assert any("Your claim was submitted" in subject for subject in subjects(filing))
    turn(filing)
    assert digests(filing) == []
    assert {state for _, state in states(filing, number)} == {"sent"}


def test_who_wants_none_gets_none_and_the_message_counts_as_theirs(filing: Filing) -> None:
    choose(filing, INES, submit__partner="none")
    number = filing.submitted()
    assert states(filing, number) == {("submit", "unwanted")}
    assert subjects(filing) == subjects(filing, GLORIA) == [], "nobody is told in their place"


def test_what_the_policy_does_not_let_choose_comes_at_once(filing: Filing) -> None:
    with filing.context(), transaction() as session:
        ways = {f"{event}/partner": "none" for event in ("request_information", "reject", "comment")}
        session.execute(update(Person).where(Person.email == INES).values(mail_ways=ways))
    number = filing.under_review()
    filing.do("comment", number, REVIEWER, message="Look at page 2.")
    filing.do("reject", number, REVIEWER, reason="insufficient_poe", message="Page 2 is missing.")
    assert any("Your claim was rejected" in subject for subject in subjects(filing))
    assert any("A new comment" in subject for subject in subjects(filing)), "none is not among its ways"


@SQLITE
def test_a_mail_that_a_clock_waits_for_goes_out_at_once_whatever_a_policy_lets_choose(
    filing: Filing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.claims.mail_ways.ways_of", lambda *_: ("at_once", "digest", "none"))
    with filing.context(), transaction() as session:
        ways = {"reject/partner": "none", "submit/partner": "none"}
        session.execute(update(Person).where(Person.email == INES).values(mail_ways=ways))
    number = filing.under_review()
    filing.do("reject", number, REVIEWER, reason="insufficient_poe", message="Page 2 is missing.")
    assert [one for one in subjects(filing) if "rejected" in one]
    assert filing.claim(number).due_at is not None, "the time to dispute has begun"


def test_the_choice_is_asked_again_when_a_mail_is_handed_over(filing: Filing) -> None:
    sent = filing.desk
    filing.desk = replace(filing.desk, committed=lambda: None)
    number = filing.under_review()
    choose(filing, INES, submit__partner="none", start_review__partner="digest")
    with filing.context():
        deliver(sent)
    assert states(filing, number) == {("submit", "unwanted"), ("start_review", "gathered")}
    assert subjects(filing) == []
    turn(filing)
    assert "The review of your claim started" in digests(filing)[0]


def test_what_is_not_wanted_any_more_is_left_out(filing: Filing) -> None:
    digested(filing)
    number = filing.under_review()
    choose(filing, INES, submit__partner="none")
    turn(filing)
    assert "Your claim was submitted" not in digests(filing)[0]
    assert states(filing, number) == {("submit", "unwanted"), ("start_review", "gathered")}


@pytest.mark.parametrize("after_the_digest_was_left", [False, True])
def test_a_claim_that_somebody_may_not_see_any_more_is_left_out_and_told_to_others(
    filing: Filing, after_the_digest_was_left: bool
) -> None:
    digested(filing)
    number = filing.submitted()
    if after_the_digest_was_left:
        with filing.context():
            assert leave_digests(filing.desk) == 1
    keep_to_munich(filing, INES)
    turn(filing)
    turn(filing)
    assert subjects(filing) == [], "nothing of it is left for them"
    assert [one for one in subjects(filing, GLORIA) if number in one], "who is told instead"


def test_what_waits_for_somebody_who_is_let_go_is_told_to_others(filing: Filing) -> None:
    digested(filing)
    filing.submitted()
    let_go(filing, INES)
    turn(filing)
    assert subjects(filing) == []
    assert len(subjects(filing, GLORIA)) == 1


def test_a_reviewers_digest_leads_to_reviews(filing: Filing) -> None:
    choose(filing, REVIEWER, submit__reviewers="digest")
    choose(filing, REVIEWER2, submit__reviewers="none")
    number = filing.submitted()
    turn(filing)
    assert f"/reviews/{number}" in digests(filing, REVIEWER)[0]
    assert subjects(filing, REVIEWER2) == []


class Killed(BaseException):
    """The process ends here, whatever was going on."""


class Server:
    """A mail server that notes what it was handed; `dies` after it, before anybody knows."""

    sender = "claims@operator.example"

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []
        self.dies = False

    def send(self, mail: EmailMessage) -> None:
        self.got.append(mail)
        if self.dies:
            raise Killed


@pytest.fixture
def served(filing: Filing) -> tuple[Filing, Server]:
    digested(filing)
    filing.desk = replace(filing.desk, committed=lambda: None)
    filing.submitted()
    with filing.context():
        deliver(filing.desk, Server())
    return filing, Server()


def test_a_worker_killed_before_the_digest_is_left_loses_nothing(
    served: tuple[Filing, Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    filing, server = served
    done: list[Any] = []

    def killed(table: Any) -> Any:
        done.append(table)
        if len(done) > 1:  # the digest is posted, and what it tells is not taken into it yet
            raise Killed
        return update(table)

    with monkeypatch.context() as patched, filing.context():
        patched.setattr("portal.work.digests.update", killed)
        with pytest.raises(Killed):
            leave_digests(filing.desk)
    with filing.context():
        assert leave_digests(filing.desk) == 1
        deliver(filing.desk, server)
        assert leave_digests(filing.desk) == 0
        deliver(filing.desk, server)
    assert len(server.got) == 1


def test_of_two_workers_that_both_found_somebody_one_leaves_the_digest(
    served: tuple[Filing, Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    filing, _ = served
    person = filing.actors[INES].person_id
    monkeypatch.setattr("portal.work.digests._with_gathered", lambda *_: [person])
    with filing.context():
        assert leave_digests(filing.desk) == 1
    filing.submitted(product="intune")
    with filing.context():
        assert leave_digests(filing.desk) == 0


def test_a_worker_killed_after_the_hand_over_sends_the_same_digest_again(
    served: tuple[Filing, Server],
) -> None:
    filing, server = served
    server.dies = True
    with filing.context():
        leave_digests(filing.desk)
        with pytest.raises(Killed):
            deliver(filing.desk, server)
    server.dies = False
    filing.clock.set(filing.clock.now() + timedelta(minutes=11))
    with filing.context():
        assert leave_digests(filing.desk) == 0
        deliver(filing.desk, server)
        deliver(filing.desk, server)
    first, second = server.got
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Subject"] == second["Subject"]


def test_a_digest_that_is_not_taken_is_tried_again_and_keeps_its_messages(
    served: tuple[Filing, Server],
) -> None:
    filing, server = served
    with filing.context():
        leave_digests(filing.desk)
        assert deliver(filing.desk, Down()).put_off == 1
    filing.clock.set(filing.clock.now() + timedelta(minutes=5))
    with filing.context():
        assert deliver(filing.desk, server).sent == 1
    assert "Your claim was submitted" in str(server.got[0].get_body())


@SQLITE
def test_a_message_that_cannot_be_written_keeps_no_other_back(filing: Filing) -> None:
    digested(filing)
    number = filing.under_review()
    with filing.context(), transaction() as session:
        broken = update(OutboxMessage).where(OutboxMessage.subject == number, OutboxMessage.event == "submit")
        session.execute(broken.values(context={"place": 99, "roles_version": "none"}))
    turn(filing)
    assert "The review of your claim started" in digests(filing)[0]
    assert ("submit", "failed") in states(filing, number)


@SQLITE
def test_a_claim_that_moved_on_says_so(filing: Filing) -> None:
    digested(filing)
    number = filing.submitted()
    filing.wait(1)
    filing.do("start_review", number, REVIEWER)
    turn(filing)
    [text] = digests(filing)
    assert "This happened on Monday 23 November 2026, and the claim has moved on since" in text
    assert "Status: Under review" in text
    with filing.context():
        assert db.session.scalars(select(Claim.number)).all() == [number]
