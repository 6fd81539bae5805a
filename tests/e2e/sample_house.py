"""The sample house, built once for all processes of a run, and what its pages are found by."""

import fcntl
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, abort
from sqlalchemy import select, update

from portal.accounts import account_links
from portal.accounts.model import AccountLink, Organization, Person
from portal.accounts.people import add_organization, add_person
from portal.accounts.queries import actor_of
from portal.app import create_app
from portal.audit.model import AuditEvent
from portal.claims import consent_links
from portal.claims.blindness import asked_of
from portal.claims.chain import chain_of
from portal.claims.desk import Desk
from portal.claims.model import Claim, ConsentLink
from portal.db import db, hurried, transaction
from portal.notifications.model import OutboxMessage
from portal.sample.loading import load_sample
from portal.second_reviews.model import SecondReview
from portal.settings import SQLITE_FILE, Settings, read_settings
from portal.web.access import allow_anyone
from tests import databases

SEED = 1
RULES = databases.ROOT / "rules"
CONTOSO, EMPTY = "Contoso", "Northwind Partners"
NOBODY, NEWCOMER, FORMER = "nobody@contoso.example", "newcomer@contoso.example", "former@contoso.example"
BEGINNER = "global@northwind.example"
REVIEWER2 = "reviewer2@operator.example"


def shared_by_a_run(basetemp: Path) -> Path:
    """Return where all processes of a run find the house; `basetemp` is pytest's for this process."""
    several = "PYTEST_XDIST_WORKER" in os.environ  # each has a folder of its own below the run's
    return (basetemp.parent if several else basetemp) / "sample-house"


def settings_at(folder: Path) -> Settings:
    """Return the settings of the demo whose data lies in `folder`."""
    return read_settings(
        data_dir=folder,
        database_url="",
        rules_dir=RULES,
        secret_key="a key for tests that is long enough to be taken",
        mail_url="",
        demo=True,
    )


def sample_at(shared: Path, own: Path) -> Settings:
    """Return the settings of a copy in `own` of the house in `shared`, which the first caller builds."""
    shared.mkdir(exist_ok=True)
    built = shared / "built"
    with (shared / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not (built / "whole").exists():
            shutil.rmtree(built, ignore_errors=True)
            _build(built)
            (built / "whole").touch()
    shutil.copytree(built, own)
    return settings_at(own)


def _build(folder: Path) -> None:
    folder.mkdir()
    databases.migrate(f"sqlite:///{folder / SQLITE_FILE}")
    app = create_app(settings_at(folder))
    with app.app_context():
        desk: Desk = app.extensions["desk"]
        desk.open()
        with hurried():
            load_sample(desk, SEED)
            _add_what_the_demo_lacks(app, desk)
        db.session.remove()
        db.engine.dispose()


def _add_what_the_demo_lacks(app: Flask, desk: Desk) -> None:
    """Add whom and what some states need: a beginner, people who cannot sign in, mails that were given up."""
    now, password = desk.clock.now(), desk.settings.demo_password
    with transaction() as session:
        contoso = session.scalars(select(Organization).where(Organization.name == CONTOSO)).one()
        empty = add_organization(session, name=EMPTY, side="partner", domain="northwind.example", at=now)
        people: tuple[tuple[Organization, str, str, str | None, list[str]], ...] = (
            (contoso, NOBODY, "Noah Without", password, []),
            (contoso, NEWCOMER, "Nele Neumann", None, ["billing_admin"]),
            (contoso, FORMER, "Fritz Former", password, ["billing_admin"]),
            (empty, BEGINNER, "Bea Ginner", password, ["global_admin"]),
        )
        made = {
            email: add_person(session, owner, email=email, name=name, password=word, roles=roles, at=now)
            for owner, email, name, word, roles in people
        }
        made[FORMER].active = False
        entrance = app.extensions["entrance"]
        account_links.mail_link(
            session, entrance, made[NEWCOMER], account_links.INVITATION, by="Gloria Adams"
        )
        account_links.mail_link(session, entrance, made[NOBODY], account_links.FORGOTTEN)
        messages = session.scalars(select(OutboxMessage.id).order_by(OutboxMessage.id.desc()).limit(2)).all()
        for message_id, state in zip(messages, ("failed", "waiting"), strict=True):
            session.execute(
                update(OutboxMessage)
                .where(OutboxMessage.id == message_id)
                .values(state=state, attempts=9, sent_at=None, error="550 5.1.1 There is no such mailbox.")
            )


def add_failing_routes(app: Flask) -> None:
    """Add addresses that answer with an error of the portal's own, which a sound house never shows."""

    @app.get("/answers-with/<int:status>")
    @allow_anyone
    def answers_with(status: int) -> str:
        abort(status)


@dataclass(frozen=True)
class Found:
    """Finds addresses of pages in the data of the house; raises AssertionError for what is not there."""

    app: Flask

    @property
    def desk(self) -> Desk:
        desk: Desk = self.app.extensions["desk"]
        return desk

    @property
    def password(self) -> str:
        return self.desk.settings.demo_password

    def claim(self, status: str, *more: Any, which: int = 0, owner: str = CONTOSO) -> str:
        """Return the number of a claim in `status` for which the conditions `more` hold."""
        query = select(Claim.number).join(Claim.organization).where(Claim.status == status, *more)
        if owner:
            query = query.where(Organization.name == owner)
        return str(self._one(query.order_by(Claim.number), which, f"claim that is {status}"))

    def event(self, number: str, action: str = "", which: int = -1) -> int:
        """Return the id of an event of the claim that a decision stands behind."""
        query = select(AuditEvent.place).where(
            AuditEvent.subject == chain_of(number), AuditEvent.decision_id.is_not(None)
        )
        if action:
            query = query.where(AuditEvent.action == action)
        return int(self._one(query.order_by(AuditEvent.place), which, f"{action} of {number}"))

    def customer(self, status: str = "approved", *more: Any) -> int:
        query = select(Claim.customer_id).where(Claim.number == self.claim(status, *more))
        return int(self._one(query, 0, "customer"))

    def person(self, email: str) -> int:
        return int(self._one(select(Person.id).where(Person.email == email), 0, email))

    def organization(self, name: str) -> int:
        return int(self._one(select(Organization.id).where(Organization.name == name), 0, name))

    def message(self, *conditions: Any) -> int:
        return int(self._one(select(OutboxMessage.id).where(*conditions), 0, "message"))

    def consent(self, *conditions: Any, which: int = 0) -> str:
        """Return the address of a customer's link for which the conditions hold."""
        query = select(ConsentLink).join(Claim, Claim.id == ConsentLink.claim_id).where(*conditions)
        link = self._one(query.order_by(ConsentLink.id), which, "link of a customer")
        return f"/consent/{consent_links.token_for(self.desk.secret, link)}"

    def second_review(self) -> str:
        """Return the number of a claim whose decision waits for the second opinion of `reviewer2`."""
        with self.app.app_context():
            found = self._one(select(Person).where(Person.email == REVIEWER2), 0, REVIEWER2)
            asked = asked_of(self.desk, actor_of(db.session.merge(found)))
        query = select(Claim.number).join(SecondReview, SecondReview.claim_id == Claim.id).where(asked)
        return str(self._one(query.order_by(SecondReview.id), 0, "decision to be judged"))

    def opinions(self, *, agreed: bool) -> int:
        """Return the id of a decision about which two reviewers agree, or do not."""
        query = select(SecondReview.id).where(SecondReview.agreed.is_(agreed))
        return int(self._one(query, 0, f"pair of opinions with agreed {agreed}"))

    def account_link(self, email: str) -> str:
        """Return the token of the link that this account was mailed last."""
        query = select(AccountLink).join(Person).where(Person.email == email)
        return account_links.token_for(self.desk.secret, self._one(query, -1, f"link of {email}"))

    def _one(self, query: Any, which: int, what: str) -> Any:
        with self.app.app_context():
            rows: Sequence[Any] = db.session.scalars(query).all()
            db.session.remove()
        assert rows, f"the sample house has no {what}"
        return rows[which]
