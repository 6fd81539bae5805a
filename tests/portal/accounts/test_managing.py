"""Looking after people: invited by a mail, given roles, let go; never oneself, never the last one."""

import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.actor import SYSTEM, Actor
from portal.accounts.choosing import NoSuchLink, choose_password
from portal.accounts.managing import Access, Keeper, Kept, NotYours, access_of
from portal.accounts.model import AccountLink, Organization, Person, PersonLocation
from portal.accounts.passwords import password_fits
from portal.accounts.people import NotAdded
from portal.audit.model import AuditEvent
from portal.clock import FixedClock
from portal.db import db, transaction
from portal.work.auditing import verify_audit
from portal.work.outbox import deliver
from tests import factories
from tests.bare_app import at_once
from tests.browser import Browser, Page
from tests.form_filling import Given
from tests.journeys.mailbox import Mail, Mailbox

GLORIA, INES, BILLING = "global@contoso.example", "incentives@contoso.example", "billing@contoso.example"
ADMIN, NEW = "admin@operator.example", "kim@contoso.example"
CHOSEN = "a quite new battery staple"
WRONG = "E-mail address and password do not match"


@dataclass
class Known:
    """Whom and what the house has, for the time when its rows belong to no session any more."""

    ids: dict[str, int]
    actors: dict[str, Actor]
    contoso: int
    fabrikam: int
    place: int
    other_place: int


@pytest.fixture
def known(app: Flask, house: factories.House) -> Known:
    with app.app_context(), transaction() as session:
        people = [session.merge(person) for person in house.people.values()]
        places = {name: session.merge(place).id for name, place in house.locations.items()}
        return Known(
            {one.email: one.id for one in people},
            {one.email: factories.actor(one) for one in people},
            session.merge(house.contoso).id,
            session.merge(house.fabrikam).id,
            places["contoso"],
            places["fabrikam"],
        )


@pytest.fixture
def mailbox(tmp_path: Path, app: Flask) -> Mailbox:
    return Mailbox(app.extensions["desk"].settings.mail_dir)


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


def test_a_withdrawn_invitation_opens_nothing(app: Flask, known: Known, mailbox: Mailbox) -> None:
    gloria = signed_in(app, GLORIA)
    invite(gloria)
    (mail,) = mailbox.new()
    gloria.visit(f"/people/{person(app, NEW).id}")
    page = gloria.fill_and_submit("Withdraw the invitation")
    assert "Invitation withdrawn" in page.text
    Browser(app).visit(mail.link, status=404)
    too_soon = gloria.fill_and_submit("Send the invitation again", status=409)
    assert "was sent a moment ago" in too_soon.text
    assert mailbox.new() == []


def test_what_was_typed_stays_where_the_invitation_is_refused(app: Flask, known: Known) -> None:
    page = invite(signed_in(app, GLORIA), 422, email=INES)
    assert f"There is an account for {INES}" in page.region("error-summary")
    assert page.field("name") == "Kim Novak"
    assert page.select("input[name=roles][value=incentives_admin]")[0].get("checked") is not None


@pytest.mark.parametrize(
    "given",
    [{"roles": ["reviewer"]}, {"roles": []}, {"roles": ["incentives_admin"], "locations": "fabrikam"}],
)
def test_nobody_is_given_what_is_not_the_organizations_to_give(
    app: Flask, known: Known, given: dict[str, str | list[str]]
) -> None:
    gloria = signed_in(app, GLORIA)
    gloria.visit("/people")
    values = dict(given)
    if "locations" in values:
        values["locations"] = str(known.other_place)
    gloria.post("/people", name="Kim", email=NEW, status=422, **values)
    with app.app_context():
        assert db.session.scalar(select(Person).where(Person.email == NEW)) is None
        assert db.session.scalar(select(AccountLink)) is None


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


@pytest.mark.parametrize("locations", ["x", "-3", "00000000000001", "99999999999999999999"])
def test_what_is_no_location_does_not_become_all_of_them(app: Flask, known: Known, locations: str) -> None:
    gloria = signed_in(app, GLORIA)
    page = page_of(gloria, known, INES)
    values = {"roles": ["incentives_admin"], "seen": Access(("incentives_admin",), ()).seen}
    refused = gloria.post(f"{page.path}/access", locations=locations, status=422, **values)
    assert "Choose from the locations that are listed." in refused.region("error-summary")


def test_whoever_is_restricted_to_locations_gives_out_no_others(app: Flask, known: Known) -> None:
    with app.app_context(), transaction() as session:
        session.add(PersonLocation(person_id=known.ids[GLORIA], location_id=known.place))
    gloria = signed_in(app, GLORIA)
    assert "Choose among your own locations" in invite(gloria, 422).region("error-summary")
    invite(gloria, locations=[str(known.place)])
    page_of(gloria, known, INES)  # who works with all locations
    refused = gloria.fill_and_submit("Deactivate account", status=409)
    assert "works with locations that you do not" in refused.text
    assert person(app, INES).active


def test_nobody_is_both_reviewer_and_policy_owner(app: Flask, known: Known) -> None:
    admin = signed_in(app, ADMIN)
    page_of(admin, known, "reviewer@operator.example")
    page = admin.fill_and_submit("Save roles and locations", status=422, roles=["reviewer", "policy_owner"])
    assert "Nobody is Policy owner and Reviewer at once" in page.region("error-summary")


def test_roles_and_locations_are_in_force_at_the_next_request(app: Flask, known: Known) -> None:
    gloria, billing = signed_in(app, GLORIA), signed_in(app, BILLING)
    billing.visit("/people", status=403)
    place = known.place
    page_of(gloria, known, BILLING)
    page = gloria.fill_and_submit(
        "Save roles and locations", roles=["billing_admin", "global_admin"], locations=[str(place)]
    )
    assert "They are in force" in page.region("flashes")
    billing.visit("/people")
    with app.app_context(), transaction() as session:
        assert access_of(session.get_one(Person, known.ids[BILLING])) == Access(
            ("billing_admin", "global_admin"), (place,)
        )
    page_of(gloria, known, BILLING)
    gloria.fill_and_submit("Save roles and locations", roles=["billing_admin"], locations=[])
    billing.visit("/people", status=403)
    with app.app_context():
        event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert event is not None
        assert event.details["before"] == {"roles": ["billing_admin", "global_admin"], "locations": [place]}
        assert event.details["after"] == {"roles": ["billing_admin"], "locations": []}


def test_somebody_let_go_is_a_stranger_at_the_next_request(app: Flask, known: Known) -> None:
    gloria, ines = signed_in(app, GLORIA), signed_in(app, INES)
    page_of(gloria, known, INES)
    gloria.fill_and_submit("Deactivate account")
    assert ines.visit("/claims").path.startswith("/sign-in")
    assert WRONG in ines.post("/sign-in", email=INES, password=factories.PASSWORD, status=422).text
    gloria.fill_and_submit("Activate account")
    assert ines.visit("/claims").path.startswith("/sign-in")  # the sessions of before stay ended
    signed_in(app, INES)
    assert actions(app) == ["person_deactivated", "person_activated"]


@pytest.mark.parametrize("noun", ["access", "deactivation"])
def test_nobody_changes_their_own_account(app: Flask, known: Known, noun: str) -> None:
    with app.app_context(), transaction() as session:
        owner = session.get_one(Organization, known.contoso)
        factories.person(session, owner, "global_admin")  # so that Gloria is not the last one either
    gloria = signed_in(app, GLORIA)
    page = page_of(gloria, known, GLORIA)
    assert page.buttons() == [one for one in page.buttons() if "Save" not in one and "Deactivate" not in one]
    seen = Access(("global_admin",), ()).seen
    page = gloria.post(f"{page.path}/{noun}", roles=["billing_admin"], seen=seen, status=409)
    assert "Somebody else who looks after people has to change it." in page.text
    signed_in(app, GLORIA).visit("/people")


@pytest.mark.parametrize("noun", ["access", "deactivation"])
def test_the_last_one_who_looks_after_people_stays(app: Flask, known: Known, noun: str) -> None:
    admin = signed_in(app, ADMIN)
    page = page_of(admin, known, GLORIA)
    seen = Access(("global_admin",), ()).seen
    page = admin.post(f"{page.path}/{noun}", roles=["billing_admin"], seen=seen, status=409)
    assert "is the last Global admin of Contoso. Give somebody else that role first." in page.text
    page_of(admin, known, BILLING)
    admin.fill_and_submit("Save roles and locations", roles=["global_admin"])
    page_of(admin, known, GLORIA)
    admin.post(f"/people/{known.ids[GLORIA]}/{noun}", roles=["billing_admin"], seen=seen)


def test_a_change_that_was_not_seen_is_not_overwritten(app: Flask, known: Known) -> None:
    gloria, admin = signed_in(app, GLORIA), signed_in(app, ADMIN)
    page_of(gloria, known, INES)
    page_of(admin, known, INES)
    admin.fill_and_submit("Save roles and locations", roles=["billing_admin"])
    page = gloria.fill_and_submit("Save roles and locations", status=409, roles=["global_admin"])
    assert "Somebody changed this while you looked at it." in page.text
    assert "is Billing admin now, for all locations." in page.text
    assert page.select("input[value=global_admin]")[0].get("checked") is not None
    with app.app_context():
        assert access_of(db.session.get_one(Person, known.ids[INES])).roles == ("billing_admin",)


def test_other_organizations_people_are_not_there(app: Flask, known: Known) -> None:
    gloria = signed_in(app, GLORIA)
    other = known.ids["incentives@fabrikam.example"]
    gloria.visit(f"/people/{other}", status=404)
    gloria.visit(f"/people?organization={known.fabrikam}", status=404)
    gloria.visit("/people?organization=x", status=404)
    gloria.visit("/people")
    gloria.post(
        "/people", organization=str(known.fabrikam), name="K", email=NEW, roles="global_admin", status=404
    )
    gloria.post(f"/people/{other}/deactivation", status=404)
    assert person(app, "incentives@fabrikam.example").active


def test_two_who_take_each_others_role_do_not_both_succeed(app: Flask, known: Known) -> None:
    with app.app_context(), transaction() as session:
        owner = session.get_one(Organization, known.contoso)
        gustav = factories.person(session, owner, "global_admin", account="gustav")
        known.ids[gustav.email], known.actors[gustav.email] = gustav.id, factories.actor(gustav)
        pair = GLORIA, gustav.email
    together, outcomes = threading.Barrier(2), []

    def take(by: str, of: str) -> None:
        with app.app_context():
            one = keeper(app, known, by)
            together.wait(60)
            try:
                wanted, seen = Access(("billing_admin",), ()), Access(("global_admin",), ()).seen
                one.change_access(known.ids[of], wanted, seen)
            except (Kept, NotYours) as refused:
                outcomes.append(type(refused).__name__)
            else:
                outcomes.append("done")

    at_once([partial(take, *pair), partial(take, *reversed(pair))])
    assert sorted(outcomes) == ["NotYours", "done"]


def test_two_who_invite_one_address_add_one_person(app: Flask, known: Known, mailbox: Mailbox) -> None:
    together, outcomes = threading.Barrier(2), []

    def add(by: str) -> None:
        with app.app_context():
            together.wait(60)
            try:
                keeper(app, known, by).invite(
                    known.contoso, email=NEW, name="Kim", roles=["billing_admin"], location_ids=[]
                )
            except NotAdded as refused:
                outcomes.append(refused.errors["email"])
            else:
                outcomes.append("")

    at_once([partial(add, GLORIA), partial(add, ADMIN)])
    assert sorted(outcomes) == ["", f"There is an account for {NEW}; a person has one."]
    assert len(mailbox.new()) == 1


@pytest.mark.parametrize("_round", range(3))
def test_an_invitation_that_is_withdrawn_while_it_is_accepted_lets_nobody_in(
    app: Flask, known: Known, mailbox: Mailbox, _round: int
) -> None:
    with app.app_context():
        gloria, roles = keeper(app, known, GLORIA), ["billing_admin"]
        invited = gloria.invite(known.contoso, email=NEW, name="Kim", roles=roles, location_ids=[])
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
            gloria.deactivate(invited)

    at_once([accept, withdraw])
    assert not person(app, NEW).active


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
        roles = ["billing_admin"]
        invited = gloria.invite(known.contoso, email=NEW, name="Kim", roles=roles, location_ids=[])
        gloria.deactivate(invited)
        assert deliver(app.extensions["desk"]).failed == 1
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
