"""Invitations and forgotten passwords: a mailed link, good once, for a time, and for nobody else."""

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.accounts.actor import SYSTEM
from portal.accounts.choosing import NoSuchLink, ask_for_link, choose_password
from portal.accounts.managing import Keeper, Kept, NotYours
from portal.accounts.model import Person
from portal.accounts.own_account import change_password
from portal.accounts.passwords import password_fits
from portal.accounts.people import NotAdded, account_exists
from portal.audit.model import AuditEvent
from portal.clock import FixedClock
from portal.db import db, transaction
from portal.notifications.model import OutboxMessage
from portal.work.auditing import verify_audit
from portal.work.outbox import deliver
from tests import factories
from tests.bare_app import at_once
from tests.browser import Browser
from tests.journeys.mailbox import Mailbox
from tests.portal.accounts.people_pages import (
    ADMIN,
    BILLING_ONLY,
    CHOSEN,
    GLORIA,
    INES,
    NEW,
    WRONG,
    Known,
    actions,
    choose,
    invite,
    keeper,
    page_of,
    person,
    signed_in,
)

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
POSTGRES = pytest.param("postgres", marks=pytest.mark.postgres)


def test_whoever_is_invited_chooses_a_password_once_and_works(
    app: Flask, known: Known, mailbox: Mailbox
) -> None:
    page = invite(signed_in(app, GLORIA))
    assert f"An invitation is on its way to {NEW}." in page.region("flashes")
    (mail,) = mailbox.new()
    assert mail.to == NEW
    assert "Global of Contoso invites you" in mail.text
    assert not person(app, NEW).active
    assert "Choose a password of 12" in choose(app, mail, 422, new="short", again="short").text
    assert "Your password is kept." in choose(app, mail).region("flashes")
    assert signed_in(app, NEW, CHOSEN).visit("/claims").heading
    assert "not good any more" in Browser(app).visit(mail.link, status=404).heading
    assert actions(app) == ["person_invited", "joined"]


def test_nobody_signs_in_without_a_password(app: Flask, known: Known) -> None:
    invite(signed_in(app, GLORIA))
    with app.app_context(), transaction() as session:
        invited = session.scalars(select(Person).where(Person.email == NEW)).one()
        invited.active = True
        assert invited.password_hash == ""
        assert not password_fits(invited.password_hash, "")
    browser = Browser(app)
    for guess in (" ", "0", "x"):
        browser.visit("/sign-in")
        assert WRONG in browser.post("/sign-in", email=NEW, password=guess, status=422).text


def test_an_invitation_ends(app: Flask, known: Known, mailbox: Mailbox, clock: FixedClock) -> None:
    invite(signed_in(app, GLORIA))
    (mail,) = mailbox.new()
    clock.set(clock.now() + timedelta(days=14))
    Browser(app).visit(mail.link, status=404)
    gloria = signed_in(app, GLORIA)
    assert "Invitation out of date" in gloria.visit("/people").text
    gloria.visit(f"/people/{person(app, NEW).id}")
    gloria.fill_and_submit("Send the invitation again")
    (again,) = mailbox.new()
    Browser(app).visit(mail.link, status=404)
    assert "Your password is kept." in choose(app, again).region("flashes")


def test_a_withdrawn_invitation_opens_nothing_and_takes_no_address(
    app: Flask, known: Known, mailbox: Mailbox
) -> None:
    gloria = signed_in(app, GLORIA)
    invite(gloria)
    (mail,) = mailbox.new()
    gloria.visit(f"/people/{person(app, NEW).id}")
    page = gloria.fill_and_submit("Withdraw the invitation")
    assert "The invitation was withdrawn." in page.region("flashes")
    assert NEW not in page.text
    Browser(app).visit(mail.link, status=404)
    invite(gloria)
    (mail,) = mailbox.new()
    gloria.visit(f"/people/{person(app, NEW).id}")
    too_soon = gloria.fill_and_submit("Send the invitation again", status=409)
    assert "was sent a moment ago" in too_soon.text
    assert mailbox.new() == []
    choose(app, mail)
    page = gloria.post(f"/people/{person(app, NEW).id}/withdrawal", status=409)
    assert "has accepted the invitation. Deactivate the account instead." in page.text
    assert actions(app) == ["person_invited", "invitation_withdrawn", "person_invited", "joined"]


def test_what_was_typed_stays_where_the_invitation_is_refused(app: Flask, known: Known) -> None:
    page = invite(signed_in(app, GLORIA), 422, email=INES)
    assert f"There is an account for {INES}" in page.region("error-summary")
    assert page.field("name") == "Kim Novak"
    assert page.select("input[name=roles][value=incentives_admin]")[0].get("checked") is not None


@pytest.mark.parametrize(
    "email",
    [
        "kim@stra\u00dfe.example",  # folds into another owner's domain
        "stra\u00dfe@contoso.example",  # folds into another person's
        "kim\u200b@contoso.example",  # looks like another address
        "kim@contoso..example",
        "kim[1]@contoso.example",
    ],
)
def test_nobody_is_invited_by_an_address_that_mail_does_not_reach(
    app: Flask, known: Known, mailbox: Mailbox, email: str
) -> None:
    page = invite(signed_in(app, GLORIA), 422, email=email)
    assert "Give a full e-mail address" in page.region("error-summary")
    assert mailbox.new() == []


def test_two_who_invite_one_address_add_one_person(app: Flask, known: Known, mailbox: Mailbox) -> None:
    together, outcomes = threading.Barrier(2), []

    def add(by: str) -> None:
        with app.app_context():
            together.wait(60)
            try:
                keeper(app, known, by).invite(known.contoso, BILLING_ONLY, email=NEW, name="Kim")
            except NotAdded as refused:
                outcomes.append(refused.errors["email"])
            else:
                outcomes.append("")

    at_once([partial(add, GLORIA), partial(add, ADMIN)])
    assert sorted(outcomes) == ["", account_exists(NEW)]
    assert len(mailbox.new()) == 1


@pytest.mark.parametrize("_round", range(3))
def test_an_invitation_that_is_withdrawn_while_it_is_accepted_lets_nobody_in(
    app: Flask, known: Known, mailbox: Mailbox, _round: int
) -> None:
    with app.app_context():
        gloria = keeper(app, known, GLORIA)
        invited = gloria.invite(known.contoso, BILLING_ONLY, email=NEW, name="Kim")
    (mail,) = mailbox.new()
    together = threading.Barrier(2)

    def accept() -> None:
        with app.app_context():
            together.wait(60)
            with suppress(NoSuchLink):
                token, again = mail.link.rpartition("/")[2], {"new": CHOSEN, "again": CHOSEN}
                choose_password(app.extensions["entrance"], token, network="203.0.113.9", **again)

    def withdraw() -> None:
        with app.app_context():
            together.wait(60)
            with suppress(Kept):
                gloria.withdraw(invited)

    at_once([accept, withdraw])
    # Whoever was first: either nobody is there, or somebody who accepted before anything was withdrawn.
    assert actions(app) in (["person_invited", "invitation_withdrawn"], ["person_invited", "joined"])
    with app.app_context():
        assert [one.active for one in db.session.scalars(select(Person).where(Person.email == NEW))] == (
            [True] if actions(app)[-1] == "joined" else []
        )


def test_a_forgotten_password_is_chosen_anew(
    app: Flask, known: Known, mailbox: Mailbox, clock: FixedClock
) -> None:
    there, browser = signed_in(app, INES), Browser(app)
    answers = []
    for email in (INES, "nobody@contoso.example"):
        browser.visit("/sign-in")
        browser.click("Forgot your password?")
        page = browser.fill_and_submit("Send me a link", email=email)
        answers.append(page.region("flashes").replace(email, "…"))
    assert answers[0] == answers[1] != ""
    (mail,) = mailbox.new()
    assert mail.to == INES
    signed_in(app, INES)  # until another is chosen, the password stays
    assert "Your password is kept." in choose(app, mail).region("flashes")
    assert there.visit("/claims").path.startswith("/sign-in")
    signed_in(app, INES, CHOSEN)
    Browser(app).visit(mail.link, status=404)
    assert actions(app) == ["password_link_asked", "password_chosen"]
    with app.app_context():
        asked = select(AuditEvent.actor_kind).where(AuditEvent.action == "password_link_asked")
        assert db.session.scalars(asked).one() == SYSTEM  # nobody knows who asked


def test_a_mail_whose_link_is_void_is_not_handed_over_late(
    app: Flask, known: Known, mailbox: Mailbox, clock: FixedClock
) -> None:
    entrance = app.extensions["entrance"]
    with app.app_context():
        gloria = Keeper(replace(entrance, committed=lambda: None), known.actors[GLORIA], entrance.roles())
        invited = gloria.invite(known.contoso, BILLING_ONLY, email=NEW, name="Kim")
        gloria.withdraw(invited)
        assert deliver(app.extensions["desk"]).overtaken == 1
    assert mailbox.new() == []


def test_who_chose_a_password_is_not_kept_out_for_the_tries_before(
    app: Flask, known: Known, mailbox: Mailbox
) -> None:
    browser = Browser(app)
    for _ in range(app.extensions["desk"].settings.sign_in_failures_at_most):
        browser.visit("/sign-in")
        browser.post("/sign-in", email=INES, password="no longer known", status=422)
    browser.post("/sign-in", email=INES, password=factories.PASSWORD, status=429)
    browser.visit("/password")
    browser.fill_and_submit("Send me a link", email=INES)
    (mail,) = mailbox.new()
    choose(app, mail)
    signed_in(app, INES, CHOSEN).visit("/claims")


def test_one_network_does_not_ask_for_links_without_end(app: Flask, known: Known) -> None:
    browser = Browser(app)
    for _ in range(app.extensions["desk"].settings.sign_in_failures_at_most):
        browser.visit("/password")
        browser.fill_and_submit("Send me a link", email="nobody@contoso.example")
    browser.visit("/password")
    page = browser.fill_and_submit("Send me a link", email=INES, status=429)
    assert "There were too many requests from your network." in page.text


def test_a_link_is_good_for_an_hour_and_not_sent_twice_at_once(
    app: Flask, known: Known, mailbox: Mailbox, clock: FixedClock
) -> None:
    browser = Browser(app)
    for _ in range(3):
        browser.visit("/password")
        browser.fill_and_submit("Send me a link", email=INES)
    (mail,) = mailbox.new()
    clock.set(clock.now() + timedelta(minutes=59))
    Browser(app).visit(mail.link)
    clock.set(clock.now() + timedelta(minutes=1))
    Browser(app).visit(mail.link, status=404)
    browser.visit("/password")
    browser.fill_and_submit("Send me a link", email=INES)
    assert len(mailbox.new()) == 1


def test_somebody_let_go_gets_no_link_and_the_one_they_have_is_void(
    app: Flask, known: Known, mailbox: Mailbox, clock: FixedClock
) -> None:
    browser = Browser(app)
    browser.visit("/password")
    browser.fill_and_submit("Send me a link", email=INES)
    (mail,) = mailbox.new()
    gloria = signed_in(app, GLORIA)
    page_of(gloria, known, INES)
    gloria.fill_and_submit("Deactivate account")
    Browser(app).visit(mail.link, status=404)
    clock.set(clock.now() + timedelta(minutes=10))
    browser.visit("/password")
    browser.fill_and_submit("Send me a link", email=INES)
    assert mailbox.new() == []


@pytest.mark.parametrize("again", [False, True], ids=["new addresses", "one address"])
def test_nobody_floods_strangers_with_invitations(
    app: Flask, known: Known, mailbox: Mailbox, clock: FixedClock, *, again: bool
) -> None:
    with app.app_context():
        gloria = keeper(app, known, GLORIA)
        entrance = replace(
            gloria.entrance, settings=gloria.entrance.settings.model_copy(update={"invitations_per_hour": 2})
        )
        gloria = replace(gloria, entrance=entrance)
        for email in (NEW, NEW if again else "lee@contoso.example"):
            invited = gloria.invite(known.contoso, BILLING_ONLY, email=email, name="Kim")
            if again:
                # What was mailed was mailed, also where it was withdrawn afterwards.
                gloria.withdraw(invited)
        with pytest.raises(NotAdded, match="2 people were invited within an hour"):
            gloria.invite(known.contoso, BILLING_ONLY, email="mo@contoso.example", name="Mo")
        assert len(mailbox.new()) == 2
        clock.set(clock.now() + timedelta(hours=1))
        gloria.invite(known.contoso, BILLING_ONLY, email="mo@contoso.example", name="Mo")


def test_nobody_finds_out_about_many_accounts_by_inviting(app: Flask, known: Known) -> None:
    with app.app_context():
        gloria = keeper(app, known, GLORIA)
        settings = gloria.entrance.settings.model_copy(update={"invitations_per_hour": 2})
        gloria = replace(gloria, entrance=replace(gloria.entrance, settings=settings))
        with pytest.raises(NotAdded) as told:  # nothing is told along with another mistake
            gloria.invite(known.contoso, BILLING_ONLY, email="global@fabrikam.example", name="")
        assert set(told.value.errors) == {"name"}
        for _ in range(2):
            with pytest.raises(NotAdded, match="There is an account for"):
                gloria.invite(known.contoso, BILLING_ONLY, email="global@fabrikam.example", name="Kim")
        with pytest.raises(NotAdded, match="within an hour"):
            gloria.invite(known.contoso, BILLING_ONLY, email="global@fabrikam.example", name="Kim")
        assert verify_audit(app.extensions["desk"]).findings == ()
    assert actions(app) == ["invitation_refused", "invitation_refused"]


def test_the_mail_of_a_withdrawn_invitation_lets_nobody_in_as_somebody_else(
    app: Flask, known: Known, mailbox: Mailbox
) -> None:
    entrance, stranger = app.extensions["entrance"], "kim@contoso-typo.example"
    with app.app_context():
        gloria = Keeper(replace(entrance, committed=lambda: None), known.actors[GLORIA], entrance.roles())
        first = gloria.invite(known.contoso, BILLING_ONLY, email=stranger, name="Kim")
        gloria.withdraw(first)
        second = gloria.invite(known.contoso, BILLING_ONLY, email=NEW, name="Kim")
        assert second != first
        assert deliver(app.extensions["desk"]).overtaken == 1
    assert [mail.to for mail in mailbox.new()] == [NEW]
    with app.app_context():
        for change in (gloria.withdraw, gloria.invite_again, gloria.deactivate):
            with pytest.raises(NotYours):
                change(first)
    assert stranger not in signed_in(app, GLORIA).visit("/people").text


def test_a_link_mails_nobody_but_whom_it_lets_in(app: Flask, known: Known, mailbox: Mailbox) -> None:
    entrance = app.extensions["entrance"]
    with app.app_context():
        gloria = Keeper(replace(entrance, committed=lambda: None), known.actors[GLORIA], entrance.roles())
        gloria.invite(known.contoso, BILLING_ONLY, email=NEW, name="Kim")
        with transaction() as session:
            session.execute(update(OutboxMessage).values(recipient="somebody@else.example"))
        assert deliver(app.extensions["desk"]).overtaken == 1
    assert mailbox.new() == []


def test_reminders_of_an_invitation_count_as_invitations(
    app: Flask, known: Known, mailbox: Mailbox, clock: FixedClock
) -> None:
    with app.app_context():
        gloria = keeper(app, known, GLORIA)
        settings = gloria.entrance.settings.model_copy(update={"invitations_per_hour": 2})
        gloria = replace(gloria, entrance=replace(gloria.entrance, settings=settings))
        invited = gloria.invite(known.contoso, BILLING_ONLY, email=NEW, name="Kim")
        for _ in range(2):
            clock.set(clock.now() + timedelta(minutes=10))
            with suppress(Kept):
                gloria.invite_again(invited)
        assert len(mailbox.new()) == 2


@SQLITE
def test_strangers_everywhere_keep_nobody_from_a_new_password(
    app: Flask, known: Known, mailbox: Mailbox
) -> None:
    entrance = app.extensions["entrance"]
    with app.app_context():
        for number in range(12 * entrance.settings.sign_in_failures_at_most):
            ask_for_link(entrance, "nobody@nowhere.example", f"2001:db8:{number:x}::1")
        for email, network in ((GLORIA, "198.51.100.7"), (INES, "198.51.100.99")):
            ask_for_link(entrance, email, network)
    assert len(mailbox.new()) == 2


@pytest.mark.parametrize("database_url", [POSTGRES], indirect=True)
def test_a_link_asked_for_and_a_changed_password_do_not_wait_for_each_other(
    app: Flask, known: Known, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    entrance = replace(app.extensions["entrance"], committed=lambda: None)
    with app.app_context():
        ask_for_link(entrance, GLORIA, "10.0.0.1")
    clock.set(clock.now() + timedelta(minutes=10))
    both, failed = threading.Barrier(2), []

    def after(module: str, name: str) -> None:
        """Have both stand behind their first lock at the same moment, where that is possible."""
        real = getattr(sys.modules[module], name)

        def slow(*given: object) -> object:
            done = real(*given)
            with suppress(threading.BrokenBarrierError):
                both.wait(1)
            return done

        monkeypatch.setattr(f"{module}.{name}", slow)

    after("portal.accounts.own_account", "void_links")
    after("portal.accounts.choosing", "mailed_lately")

    def run(work: Callable[[], object]) -> None:
        with app.app_context():
            try:
                work()
            except Exception as error:  # noqa: BLE001  # told by the test
                failed.append(error)

    gloria, words = known.actors[GLORIA], {"present": factories.PASSWORD, "new": CHOSEN, "again": CHOSEN}
    change = partial(change_password, entrance, gloria, "no token", network="10.0.0.3", **words)
    at_once([partial(run, partial(ask_for_link, entrance, GLORIA, "10.0.0.2")), partial(run, change)])
    assert failed == []
