"""The portal of one journey: its people, its clock and its mail."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import select

from portal.audit.model import AuditEvent
from portal.claims.desk import Desk
from portal.clock import FixedClock
from portal.db import db
from portal.work.sweep import sweep
from tests.journeys.mailbox import Mail, Mailbox, by_recipient
from tests.journeys.steps import Customer, Partner, Reviewer

PROGRAM_ZONE = ZoneInfo("America/Los_Angeles")

INES = "incentives@contoso.example"
BEN = "billing@contoso.example"
FABRIKAM = "incentives@fabrikam.example"
REVIEWER, REVIEWER2 = "reviewer@operator.example", "reviewer2@operator.example"
ADMIN = "admin@operator.example"
CASEY = "casey@adatum.example"


class Scene:
    """What a journey is told with. Nobody but its people, its clock and the night's sweep acts."""

    def __init__(self, app: Flask, clock: FixedClock) -> None:
        self.app = app
        self.clock = clock
        self.desk: Desk = app.extensions["desk"]
        self.mailbox = Mailbox(self.desk.settings.mail_dir)

    def partner(self, email: str = INES) -> Partner:
        """Somebody of a partner organization signs in."""
        return Partner(self.app, email)

    def reviewer(self, email: str = REVIEWER) -> Reviewer:
        """A reviewer signs in."""
        return Reviewer(self.app, email)

    def customer(self, mail: Mail) -> Customer:
        """The customer's contact opens the link in `mail`, in a browser where nobody is signed in."""
        return Customer(self.app, mail.link)

    def at(self, local: str) -> datetime:
        """Move the clock to a moment in the program's zone, such as "2026-12-14 23:59", and return it."""
        moment = datetime.fromisoformat(local).replace(tzinfo=PROGRAM_ZONE)
        self.clock.set(moment)
        return moment

    def later(self, **span: float) -> None:
        """Let some time pass; nothing else happens in it. Takes what `timedelta` takes."""
        self.clock.set(self.clock.now() + timedelta(**span))

    def sweep(self) -> tuple[tuple[str, str], ...]:
        """Do what `portal deadlines run` does; return (claim number, clock) of each end applied."""
        with self.context():
            return sweep(self.desk).applied

    def mails(self, **expected: str) -> dict[str, Mail]:
        """Return the mails since the last look by address.

        Raises AssertionError unless they are those of `expected`: the account (such as `incentives`,
        or an address) with the subject that it gets.
        """
        return by_recipient(self.mailbox.new(), {address_of(name): line for name, line in expected.items()})

    def audit(self, number: str) -> list[AuditEvent]:
        """Return the audit events of a claim, oldest first."""
        with self.context():
            query = select(AuditEvent).where(AuditEvent.subject == f"claim:{number}")
            events = list(db.session.scalars(query.order_by(AuditEvent.place)))
            db.session.expunge_all()
            return events

    @contextmanager
    def context(self) -> Iterator[None]:
        with self.app.app_context():
            yield
            db.session.remove()


ADDRESSES = {
    "partner": INES,
    "fabrikam": FABRIKAM,
    "reviewer": REVIEWER,
    "reviewer2": REVIEWER2,
    "admin": ADMIN,
    "customer": CASEY,
}


def address_of(name: str) -> str:
    return ADDRESSES[name]
