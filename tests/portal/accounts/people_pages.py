"""The pages of people as tests use them, and the ids of those whom the house has."""

from dataclasses import dataclass

from flask import Flask
from sqlalchemy import select

from portal.accounts.access import Access
from portal.accounts.actor import Actor
from portal.accounts.managing import Keeper
from portal.accounts.model import Person
from portal.audit.model import AuditEvent
from portal.db import db
from portal.work.auditing import verify_audit
from tests import factories
from tests.browser import Browser, Page
from tests.form_filling import Given
from tests.journeys.mailbox import Mail

GLORIA, INES, BILLING = "global@contoso.example", "incentives@contoso.example", "billing@contoso.example"
ADMIN, NEW = "admin@operator.example", "kim@contoso.example"
CHOSEN = "a quite new battery staple"
WRONG = "E-mail address and password do not match"

BILLING_ONLY = Access(("billing_admin",), ())


@dataclass
class Known:
    """Whom and what the house has, for the time when its rows belong to no session any more."""

    ids: dict[str, int]
    actors: dict[str, Actor]
    contoso: int
    fabrikam: int
    place: int
    other_place: int


def signed_in(app: Flask, email: str, password: str = factories.PASSWORD) -> Browser:
    browser = Browser(app)
    browser.sign_in(email, password)
    return browser


def invite(browser: Browser, status: int = 200, **given: Given) -> Page:
    browser.visit("/people")
    values: dict[str, Given] = {"name": "Kim Novak", "email": NEW, "roles": "incentives_admin", **given}
    return browser.fill_and_submit("Send invitation", status=status, **values)


def choose(app: Flask, mail: Mail, status: int = 200, **typed: str) -> Page:
    browser = Browser(app)
    browser.visit(mail.link)
    values = {"new": CHOSEN, "again": CHOSEN} | typed
    return browser.fill_and_submit("Keep this password", status=status, **values)


def page_of(browser: Browser, known: Known, email: str, status: int = 200) -> Page:
    return browser.visit(f"/people/{known.ids[email]}", status=status)


def keeper(app: Flask, known: Known, email: str) -> Keeper:
    entrance = app.extensions["entrance"]
    return Keeper(entrance, known.actors[email], entrance.roles())


def person(app: Flask, email: str) -> Person:
    with app.app_context():
        found = db.session.scalars(select(Person).where(Person.email == email)).one()
        db.session.expunge(found)
        return found


def actions(app: Flask) -> list[str]:
    with app.app_context():
        assert verify_audit(app.extensions["desk"]).findings == ()
        rows = select(AuditEvent.action).where(AuditEvent.subject.startswith("organization:"))
        return list(db.session.scalars(rows.order_by(AuditEvent.id)))
