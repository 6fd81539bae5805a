"""The payout contact: kept by Billing admins of the whole organization, told to them all, and recorded."""

import threading
from dataclasses import dataclass, replace
from datetime import datetime

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from portal.accounts.actor import Actor
from portal.accounts.model import Location, Person, PersonLocation, PersonRole
from portal.accounts.organization_chain import PREFIX
from portal.audit.model import AuditEvent
from portal.claims.desk import Desk
from portal.clock import Clock
from portal.db import db, transaction
from portal.incentives.payout_contact import NotNow, SeenOtherwise, keep_contact
from portal.incentives.payout_mails import Contact
from portal.notifications.model import OutboxMessage
from portal.work.outbox import deliver
from tests.browser import Browser, Page
from tests.portal.notifications.post_office import Mailbox, part, smtp_server
from tests.portal.reviews.filing import Filing

PAGE = "/earnings/payout-contact"
BILLING = "billing@contoso.example"
GLOBAL = "global@contoso.example"
INCENTIVES = "incentives@contoso.example"
LONG_ENOUGH_TO_WAIT = 2.0  # seconds; where the other one is slower still, nothing is proved
KIM = {"name": "Kim Roth", "email": "kim@contoso.example"}


FORM = "Save payout contact"


def keep(browser: Browser, *, status: int = 200, name: str = KIM["name"], email: str = KIM["email"]) -> Page:
    browser.visit(PAGE)
    return browser.fill_and_submit(FORM, status=status, name=name, email=email)


def test_a_billing_admin_names_somebody_and_all_of_the_organization_read_it(
    filing: Filing, partner: Browser
) -> None:
    assert "Nobody is named yet" in partner.visit(PAGE).text
    keep(filing.browser(BILLING))
    page = partner.visit(PAGE)
    assert "Kim Roth" in page.text
    assert not page.select("main form")
    other = filing.browser("billing@fabrikam.example").visit(PAGE)
    assert "Kim Roth" not in other.content.decode()
    with filing.context():
        query = select(AuditEvent.details).where(
            AuditEvent.subject.startswith(PREFIX), AuditEvent.action == "payout_contact_changed"
        )
        assert db.session.scalars(query).all() == [
            {"before": ["", ""], "after": ["Kim Roth", "kim@contoso.example"]}
        ]


def test_who_saves_the_same_again_is_told_that_nothing_was_changed(filing: Filing) -> None:
    browser = filing.browser(BILLING)
    assert "The payout contact was changed." in keep(browser).text
    page = keep(browser)
    assert "Nothing was changed: this is the payout contact already." in page.text
    assert "The payout contact was changed." not in page.text


def test_who_may_not_keep_it_is_refused(filing: Filing, partner: Browser) -> None:
    page = partner.visit("/claims")
    assert page.status == 200
    assert partner.post(PAGE, status=403, name=KIM["name"], email=KIM["email"], seen="\n").status == 403
    assert "Nobody is named yet" in partner.visit(PAGE).text


def test_a_mistake_is_told_in_its_field_and_loses_nothing(filing: Filing) -> None:
    page = keep(filing.browser(BILLING), status=422, email="kim at contoso")
    assert "Give a full e-mail address" in page.text
    assert page.select("#name")[0].get("value") == "Kim Roth"


def test_who_saw_another_contact_is_told_and_keeps_what_they_typed(filing: Filing) -> None:
    slow, quick = filing.browser(BILLING), filing.browser(BILLING)
    slow.visit(PAGE)
    keep(quick, name="Lou Quick")
    page = slow.fill_and_submit(FORM, status=409, name=KIM["name"], email=KIM["email"])
    assert "it is Lou Quick" in page.text
    assert page.select("#name")[0].get("value") == "Kim Roth"
    assert "Kim Roth" in slow.fill_and_submit(FORM, name=KIM["name"], email=KIM["email"]).content.decode()


def test_it_says_when_it_was_last_changed_and_by_whom_also_of_somebody_who_left(
    filing: Filing, partner: Browser
) -> None:
    assert "Last changed" not in partner.visit(PAGE).text
    keep(filing.browser(BILLING))
    said = f"Last changed on 23 November 2026, 9:00 am PST by {filing.actors[BILLING].name}."
    assert said in partner.visit(PAGE).text
    assert said in filing.browser(BILLING).visit(PAGE).text
    with filing.context(), transaction() as session:
        session.get_one(Person, filing.actors[BILLING].person_id).active = False
    assert f"{said} That account was deactivated since." in partner.visit(PAGE).text


def test_who_corrects_a_mistake_does_not_change_what_somebody_else_named_meanwhile(filing: Filing) -> None:
    slow, quick = filing.browser(BILLING), filing.browser(BILLING)
    slow.visit(PAGE)
    keep(quick, name="Lou Quick")
    assert (
        "Give a full" in slow.fill_and_submit(FORM, status=422, name="Kim Roth", email="kim at contoso").text
    )
    page = slow.fill_and_submit(FORM, status=409, email=KIM["email"])
    assert "it is Lou Quick" in page.text
    assert page.select("#name")[0].get("value") == "Kim Roth"


@pytest.mark.parametrize("full", [False, True], ids=["seen otherwise", "not now"])
def test_what_is_changed_while_a_refusal_is_told_is_not_overwritten_unseen(
    filing: Filing, monkeypatch: pytest.MonkeyPatch, full: bool
) -> None:
    slow, quick = filing.browser(BILLING), filing.browser(BILLING)
    slow.visit(PAGE)
    keep(quick, name="Lou Quick")
    if full:
        slow.visit(PAGE)

    def refuse(desk: Desk, actor: Actor, **typed: str) -> bool:
        try:
            if full:
                db.session.rollback()  # as a transaction that fails does
                raise NotNow("It could not be kept.")
            return keep_contact(desk, actor, **typed)
        finally:  # before the page that tells it is written
            with filing.context():
                seen = Contact("Lou Quick", KIM["email"]).seen
                keep_contact(
                    filing.desk, filing.actors[BILLING], name="Max Third", email=KIM["email"], seen=seen
                )

    with monkeypatch.context() as patched:
        patched.setattr("portal.incentives.views.keep_contact", refuse)
        page = slow.fill_and_submit(FORM, status=503 if full else 409, name="Kim Roth", email=KIM["email"])
    assert "Max Third" not in page.region("main")
    page = slow.fill_and_submit(FORM, status=409)
    assert "it is Max Third" in page.text
    assert "The payout contact was changed." in slow.fill_and_submit(FORM).text


@dataclass(eq=False)
class Overtaken(Clock):
    """A clock on whose first reading somebody else acts, as far as the database lets them."""

    other: threading.Thread
    moment: datetime

    def now(self) -> datetime:
        if self.other.ident is None:
            self.other.start()
            self.other.join(LONG_ENOUGH_TO_WAIT)
        return self.moment


def test_of_two_who_name_the_first_one_at_the_same_moment_one_is_told_whom_the_other_named(
    filing: Filing,
) -> None:
    told: list[str] = []

    def name_it(desk: Desk, name: str) -> None:
        with filing.context():
            try:
                keep_contact(desk, filing.actors[BILLING], name=name, email=KIM["email"], seen="\n")
            except SeenOtherwise as why:
                told.append(str(why))

    other = threading.Thread(target=name_it, args=(filing.desk, "Lou Quick"))
    name_it(replace(filing.desk, clock=Overtaken(other, filing.clock.now())), "Kim Roth")
    other.join()
    kept = "Kim Roth" if filing.app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite") else "Lou Quick"
    assert len(told) == 1
    assert f"it is {kept}" in told[0]
    assert kept in filing.browser(BILLING).visit(PAGE).content.decode()


def test_what_cannot_be_kept_is_told_as_that_and_blames_nobody(
    filing: Filing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise IntegrityError("INSERT INTO audit_events", {}, Exception("its place was taken"))

    browser = filing.browser(BILLING)
    with monkeypatch.context() as patched:
        patched.setattr("portal.incentives.payout_contact.record_for_organization", full)
        page = keep(browser, status=503)
    assert (
        "The contact could not be kept at the moment, and is what it was. Send the form again." in page.text
    )
    assert "Somebody else" not in page.text
    assert page.select("#name")[0].get("value") == "Kim Roth"
    assert "The payout contact was changed." in browser.fill_and_submit(FORM).text


def restrict(filing: Filing, email: str, role: str = "") -> None:
    """Let somebody work for one location of Contoso alone, and hold a role besides."""
    with filing.context(), transaction() as session:
        person_id, owner = filing.actors[email].person_id, filing.actors[email].organization_id
        place = session.scalars(select(Location.id).where(Location.organization_id == owner)).one()
        session.add(PersonLocation(person_id=person_id, location_id=place))
        if role:
            session.add(PersonRole(person_id=person_id, role=role))


def test_a_billing_admin_of_some_locations_reads_it_and_is_told_whom_to_ask(filing: Filing) -> None:
    keep(filing.browser(BILLING))
    restrict(filing, "incentives@contoso.example", "billing_admin")
    browser = filing.browser("incentives@contoso.example")
    page = browser.visit(PAGE)
    assert "Kim Roth" in page.text
    assert not page.select("main form")
    asked = page.region("ask")
    assert "the contact of the whole organization" in asked
    assert BILLING in asked
    assert "incentives@contoso.example" not in asked
    browser.post(PAGE, status=403, name="Lou Quick", email="lou@contoso.example", seen="\n")
    assert "Kim Roth" in browser.visit(PAGE).text


def test_where_nobody_may_change_it_who_gives_roles_is_named(filing: Filing) -> None:
    restrict(filing, BILLING)
    asked = filing.browser(BILLING).visit(PAGE).region("ask")
    assert "Nobody of your organization can, at the moment" in asked
    assert GLOBAL in asked
    with filing.context(), transaction() as session:
        session.execute(delete(PersonLocation))
    assert filing.browser(BILLING).visit(PAGE).select("main form")


def test_a_change_is_told_by_mail_to_all_who_hold_the_role_and_to_whom_it_replaces(filing: Filing) -> None:
    restrict(filing, INCENTIVES, "billing_admin")
    keep(filing.browser(BILLING))
    mailbox = Mailbox()
    with smtp_server(mailbox) as port:
        settings = filing.desk.settings.model_copy(update={"mail_url": f"smtp://127.0.0.1:{port}"})
        filing.app.extensions["desk"] = waiting = replace(
            filing.desk, settings=settings, committed=lambda: None
        )
        keep(filing.browser(BILLING), name="Lou <b>Quick", email="Lou@Contoso.example")
        with filing.context():
            deliver(waiting)
    assert sorted(str(mail["To"]) for mail in mailbox.received) == [
        BILLING,
        GLOBAL,
        INCENTIVES,
        KIM["email"],
    ]
    told = " ".join(part(mailbox.received[0], "plain").split())
    assert "manages people (Billing admin, Global admin), or were the contact" in told
    for mail in mailbox.received:
        assert mail["Subject"] == "Contoso: the payout contact was changed"
        text = " ".join(part(mail, "plain").split())
        assert f"{filing.actors[BILLING].name} ({BILLING}) changed whom payments to Contoso" in text
        assert "Before: Kim Roth, kim@contoso.example Now: Lou <b>Quick, Lou@Contoso.example" in text
        assert "If it was not, somebody may be trying to lead payments elsewhere" in text
        assert "/earnings/payout-contact" in text
        assert "Lou &lt;b&gt;Quick" in part(mail, "html")


def test_what_changed_nothing_and_what_was_refused_is_told_to_nobody(filing: Filing) -> None:
    browser = filing.browser(BILLING)
    keep(browser)
    with filing.context():
        told = set(db.session.scalars(select(OutboxMessage.recipient)))
        assert told == {BILLING, GLOBAL}  # nobody was named before
    keep(browser)
    keep(browser, status=422, email="kim at contoso")
    with filing.context():
        assert len(db.session.scalars(select(OutboxMessage)).all()) == 2


def test_one_person_changes_it_so_often_a_day_and_another_can_change_it_back(filing: Filing) -> None:
    with filing.context(), transaction() as session:
        session.add(PersonRole(person_id=filing.actors[GLOBAL].person_id, role="billing_admin"))
    browser, most = filing.browser(BILLING), filing.desk.settings.payout_contact_changes_per_day
    for number in range(most):
        keep(browser, name=f"Contact {number}")
    page = keep(browser, status=429, name="One Too Many")
    assert f"You changed the contact {most} times within 24 hours" in page.text
    assert page.select("#name")[0].get("value") == "One Too Many"
    with filing.context():
        assert len(db.session.scalars(select(OutboxMessage.recipient).distinct()).all()) == 3
    keep(filing.browser(GLOBAL))
    filing.wait(1)
    keep(filing.browser(BILLING), name="The Day After")
