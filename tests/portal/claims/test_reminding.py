"""Reminders of deadlines: each once, to who can still act, and never of what is over."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from portal.accounts.model import Location, Person
from portal.audit.model import AuditEvent
from portal.claims import reminding
from portal.claims.chain import chain_of
from portal.claims.model import Claim, ClaimClock, ClockReminder
from portal.claims.replaying import differences
from portal.db import db, transaction
from portal.deliveries.previewing import preview
from portal.notifications.model import OutboxMessage
from portal.policies.versions import NoPolicy
from portal.work.auditing import verify_audit
from portal.work.outbox import deliver
from portal.work.sweep import due, reminders_in_words, sweep
from tests.bare_app import at_once
from tests.journeys.mailbox import Mail
from tests.portal.reviews.filing import REVIEWER, Filing

INES = "incentives@contoso.example"
ANSWER, DISPUTE = "remind_partner_response", "remind_dispute_window"
MOMENT = timedelta(microseconds=1)
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def pacific_morning(month: int, day: int) -> datetime:
    """Return the first moment of a day in the winter of 2026 where the program is."""
    return datetime(2026, month, day, 8, tzinfo=UTC)


# Asked for information on Monday, 23 November 2026, a partner has until Monday, 14 December.
THREE_BEFORE, ONE_BEFORE = pacific_morning(12, 9), pacific_morning(12, 11)
OVER = pacific_morning(12, 15)


def asked(filing: Filing, product: str = "teams") -> str:
    number = filing.under_review(product=product)
    filing.do("request_information", number, REVIEWER, reason="missing_all_poe", message="Send the letter.")
    return number


@SQLITE
def test_what_reminded_can_still_be_looked_at_when_it_is_over(filing: Filing) -> None:
    number = asked(filing)
    swept(filing, THREE_BEFORE)
    filing.do("resubmit", number, INES, message="Here it is.")
    with filing.context():
        message = db.session.scalars(select(OutboxMessage).where(OutboxMessage.event == ANSWER)).first()
        assert message is not None
        shown = preview(filing.desk, message, lambda _path: True)
    assert shown.subject


def swept(filing: Filing, at: datetime) -> list[tuple[str, str]]:
    """Sweep at a moment; return (claim number, clock) of each reminder."""
    filing.clock.set(at)
    with filing.context():
        return [(number, clock) for number, clock, _ in sweep(filing.desk).reminded]


def left(filing: Filing, event: str = ANSWER) -> list[datetime]:
    """Return when each message of the event was left, for whomever."""
    with filing.context():
        query = select(OutboxMessage.created_at).where(OutboxMessage.event == event)
        return list(db.session.scalars(query.order_by(OutboxMessage.id)))


def told_by_chain(filing: Filing, number: str) -> list[dict[str, Any]]:
    with filing.context():
        query = select(AuditEvent.details).where(
            AuditEvent.subject == chain_of(number), AuditEvent.action == reminding.REMINDED
        )
        return list(db.session.scalars(query.order_by(AuditEvent.place)))


def mails(filing: Filing, beginning: str) -> list[Mail]:
    files = sorted(filing.desk.settings.mail_dir.glob("*.eml"))
    found = [Mail.read(path.read_bytes()) for path in files]
    return [mail for mail in found if mail.subject.startswith(beginning)]


def planned(filing: Filing) -> int:
    with filing.context():
        query = select(func.count()).select_from(ClockReminder).where(ClockReminder.sent_at.is_(None))
        return db.session.scalar(query) or 0


def test_each_step_reminds_once_in_the_first_moment_of_its_day(filing: Filing) -> None:
    number = asked(filing)
    before = filing.claim(number)
    expected = [(number, "partner_response")]
    assert swept(filing, THREE_BEFORE - MOMENT) == []
    assert swept(filing, THREE_BEFORE) == expected
    assert swept(filing, THREE_BEFORE) == []
    assert swept(filing, ONE_BEFORE - MOMENT) == []
    assert swept(filing, ONE_BEFORE + timedelta(hours=9)) == expected
    assert swept(filing, OVER - MOMENT) == []
    assert left(filing) == [THREE_BEFORE, ONE_BEFORE + timedelta(hours=9)]

    first, second = mails(filing, "Reminder")
    assert (first.to, second.to) == (INES, INES)
    assert first.subject == f"Reminder: Answer by Monday 14 December 2026 ({number})"
    words = [" ".join(mail.text.split()) for mail in (first, second)]
    assert "Time for it: 3 business days left." in words[0]
    assert "Time for it: 1 business day left." in words[1]
    assert "resubmit it by the end of Monday 14 December 2026. Otherwise the claim is rejected" in words[0]
    assert first.deadline.startswith("Answer to the request for information: until Monday 14 December 2026")
    assert first.link == f"/claims/{number}"

    # The claim stays what it was, for whoever has its form open; its chain tells of both.
    after = filing.claim(number)
    assert (after.version, after.status, after.due_at) == (before.version, before.status, before.due_at)
    assert [one["days"] for one in told_by_chain(filing, number)] == [3, 1]
    story = filing.browser(INES).visit(f"/claims/{number}").region("claim-timeline")
    assert story.count("A reminder of the deadline was sent") == 2
    assert "until 14 December 2026, end of day. 3 business days left." in story
    with filing.context():
        assert differences(db.session()) == []
        assert verify_audit(filing.desk).findings == ()


@pytest.mark.parametrize(
    ("back", "words"),
    [(ONE_BEFORE + timedelta(hours=1), "1 business day left"), (OVER - MOMENT, "ends today"), (OVER, "")],
)
def test_after_days_off_only_the_nearest_is_sent_and_none_after_the_end(
    filing: Filing, back: datetime, words: str
) -> None:
    number = asked(filing)
    assert swept(filing, back) == ([(number, "partner_response")] if words else [])
    assert swept(filing, back) == []
    assert len(left(filing)) == len(told_by_chain(filing, number)) == (1 if words else 0)
    assert all(f"Time for it: {words}." in " ".join(one.text.split()) for one in mails(filing, "Reminder: A"))
    assert swept(filing, OVER - MOMENT) == []


def test_nobody_is_reminded_of_what_was_done(filing: Filing) -> None:
    number = asked(filing)
    assert planned(filing) == 2
    filing.clock.set(THREE_BEFORE - timedelta(hours=1))
    filing.do("resubmit", number, INES, message="It is the first page.")
    assert planned(filing) == 0
    assert swept(filing, THREE_BEFORE) == []
    assert left(filing) == []


def test_an_extended_deadline_reminds_anew_and_of_the_old_day_no_more(filing: Filing) -> None:
    number = asked(filing)
    assert swept(filing, THREE_BEFORE) == [(number, "partner_response")]
    filing.do("extend", number, REVIEWER, until="2026-12-21", message="The signer is away.")
    for at, reminders in (
        (ONE_BEFORE, 0),
        (pacific_morning(12, 16) - MOMENT, 0),
        (pacific_morning(12, 16), 1),
        (pacific_morning(12, 18), 1),
        (pacific_morning(12, 22) - MOMENT, 0),
    ):
        assert len(swept(filing, at)) == reminders, at
    assert [one["clocks"]["partner_response"][0] for one in told_by_chain(filing, number)] == [
        "2026-12-14",
        "2026-12-21",
        "2026-12-21",
    ]
    # Extended on the morning of a reminder's own day, the partner was just told of the new one.
    filing.do("extend", number, REVIEWER, until="2026-12-24", message="The signer is still away.")
    assert swept(filing, pacific_morning(12, 22)) == []
    assert len(swept(filing, pacific_morning(12, 23))) == 1


def test_the_time_to_dispute_reminds_on_business_days_once_it_runs(filing: Filing) -> None:
    number = filing.under_review()
    silent = replace(filing.desk, committed=lambda: None)
    filing.desk = silent  # the mail about the rejection waits, and so does the clock
    filing.clock.set(filing.clock.now() + timedelta(hours=1))
    filing.do("reject", number, REVIEWER, reason="insufficient_poe", message="It shows nothing.")
    assert planned(filing) == 0
    assert swept(filing, pacific_morning(12, 22)) == []
    with filing.context():
        filing.clock.set(datetime(2026, 11, 26, 12, tzinfo=UTC))
        deliver(filing.desk)  # until Saturday, 26 December; the Friday before is a holiday
    assert swept(filing, pacific_morning(12, 22) - MOMENT) == []
    assert swept(filing, pacific_morning(12, 22)) == [(number, "dispute_window")]
    assert swept(filing, pacific_morning(12, 24)) == [(number, "dispute_window")]
    assert left(filing, DISPUTE) == [pacific_morning(12, 22), pacific_morning(12, 24)]


def test_holidays_of_the_claims_location_are_no_days_to_be_reminded_on(filing: Filing) -> None:
    with filing.context(), transaction() as session:
        session.execute(update(Location).values(calendar="TH"))  # where 10 December is a holiday
    number = asked(filing)
    assert filing.claim(number).due_at == pacific_morning(12, 16)
    assert swept(filing, pacific_morning(12, 9) - MOMENT) == []
    assert len(swept(filing, pacific_morning(12, 9))) == 1
    assert "Time for it: 3 business days left." in " ".join(mails(filing, "Reminder")[0].text.split())
    assert swept(filing, pacific_morning(12, 14) - MOMENT) == []
    assert len(swept(filing, pacific_morning(12, 14))) == 1


def test_a_reminder_that_waited_too_long_in_the_outbox_is_not_sent(filing: Filing) -> None:
    number = asked(filing)
    handed_over = filing.desk
    filing.desk = replace(filing.desk, committed=lambda: None)
    assert len(swept(filing, THREE_BEFORE)) == 1
    filing.do("resubmit", number, INES, message="It is the first page.")
    with filing.context():
        deliver(handed_over)
        query = select(OutboxMessage.state, OutboxMessage.error).where(OutboxMessage.event == ANSWER)
        [(state, error)] = db.session.execute(query).all()
    assert (state, error) == (
        "overtaken",
        "The deadline that this mail reminds of is over or was moved, so it was not sent.",
    )
    assert mails(filing, "Reminder") == []
    assert len(mails(filing, "Your claim was resubmitted")) == 1


def test_where_nobody_is_left_to_be_reminded_the_claim_tells_it(filing: Filing) -> None:
    number = asked(filing)
    with filing.context(), transaction() as session:
        session.execute(update(Person).where(Person.email.like("%@contoso.example")).values(active=False))
        session.execute(update(Claim).values(own_contact_email=""))
    assert swept(filing, THREE_BEFORE) == [(number, "partner_response")]
    assert left(filing) == []
    page = filing.browser().visit(f"/reviews/{number}")
    assert "was due, but nobody who gets it has an active account" in page.text


def test_the_mail_and_its_record_are_left_together_or_not_at_all(
    filing: Filing, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = asked(filing)

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(reminding, "record_event", broken)
        with pytest.raises(ZeroDivisionError):
            swept(filing, THREE_BEFORE)
    assert left(filing) == []
    assert planned(filing) == 2
    assert swept(filing, THREE_BEFORE) == [(number, "partner_response")]


@pytest.mark.parametrize("due_at", [OVER, THREE_BEFORE], ids=["its reminder fails", "its end fails"])
def test_a_claim_that_cannot_be_decided_keeps_no_other_from_its_reminder(
    filing: Filing, due_at: datetime
) -> None:
    broken, sound = asked(filing), asked(filing, "intune")
    with filing.context(), transaction() as session:
        session.execute(update(Claim).where(Claim.number == broken).values(policy_version="lost"))
        its_id = select(Claim.id).where(Claim.number == broken).scalar_subquery()
        session.execute(update(ClaimClock).where(ClaimClock.claim_id == its_id).values(due_at=due_at))
    filing.clock.set(THREE_BEFORE)
    with filing.context(), pytest.raises(NoPolicy):
        sweep(filing.desk)
    assert [len(told_by_chain(filing, number)) for number in (broken, sound)] == [0, 1]


def test_sweeps_at_the_same_moment_remind_once(filing: Filing) -> None:
    numbers = [asked(filing, product) for product in ("teams", "intune", "exchange_online")]
    filing.clock.set(ONE_BEFORE)

    def one() -> None:
        with filing.context():
            sweep(filing.desk)

    at_once([one] * 4)
    assert [len(told_by_chain(filing, number)) for number in numbers] == [1, 1, 1]
    assert len(left(filing)) == len(numbers)
    assert planned(filing) == 0


def test_the_database_takes_no_step_of_a_last_day_twice(filing: Filing) -> None:
    asked(filing)
    with filing.context(), transaction() as session:
        found = session.scalars(select(ClockReminder).limit(1)).one()
        again = ClockReminder(
            clock_id=found.clock_id, due_on=found.due_on, days=found.days, remind_at=found.remind_at
        )
        with pytest.raises(IntegrityError), session.begin_nested():
            session.add(again)


@SQLITE
def test_what_is_due_can_be_told_without_reminding(filing: Filing) -> None:
    number = asked(filing)
    with filing.context():
        told = due(filing.desk, ONE_BEFORE)
        assert told.reminded == ((number, "partner_response", "2026-12-14"),)
        words = [(number, "Answer to the request for information", "Mon 14 Dec 2026")]
        assert reminders_in_words(filing.desk, told) == words
        assert due(filing.desk, OVER).reminded == ()
    assert left(filing) == []
    assert planned(filing) == 2
