"""A form sent after its session ended waits for its person, and never for anybody else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from portal.accounts.current import ENTRANCE
from portal.accounts.kept_forms import CHARACTERS_AT_MOST, SentForm, keep_form
from portal.accounts.kept_views import TOLD
from portal.accounts.model import KeptForm, Person, PersonRole
from portal.accounts.sessions import end_sessions_of
from portal.clock import FixedClock
from portal.db import db, transaction
from portal.settings import Settings
from portal.work.loop import run_once
from tests.browser import Browser, Page
from tests.factories import PASSWORD, House

GLORIA, BEN, ADA = "global@contoso.example", "billing@contoso.example", "admin@operator.example"
STRANGERS = (BEN, ADA, "global@fabrikam.example", "reviewer@operator.example")
TYPED = {"name": "Kim Ōta <b>", "email": "kim@contoso.example"}
HEADING = "You were signed out before your form was sent"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Desk:
    """Gloria's browser with the form of an invitation open, and what happens to it."""

    def __init__(self, app: Flask, clock: FixedClock) -> None:
        self.app, self.clock = app, clock
        self.settings: Settings = app.extensions["desk"].settings
        self.browser = Browser(app)
        self.browser.sign_in(GLORIA, PASSWORD)
        self.browser.visit("/people")

    def wait(self, **time: float) -> None:
        self.clock.set(self.clock.now() + timedelta(**time))

    def send_late(self, **typed: str) -> Page:
        """Send the form after the session has ended."""
        filled = self.browser.filled("/people", **{**TYPED, **typed, "roles": "billing_admin"})
        self.wait(minutes=self.settings.session_idle_minutes + 1)
        return self.browser.send_filled(filled)

    def sign_in(self, who: str) -> Page:
        return self.browser.fill_and_submit("#sign-in-form", email=who, password=PASSWORD, status=None)

    def kept(self) -> list[KeptForm]:
        with self.app.app_context():
            rows = list(db.session.scalars(select(KeptForm)))
            db.session.remove()
            return rows


@pytest.fixture
def desk(app: Flask, house: House, clock: FixedClock) -> Desk:
    return Desk(app, clock)


def test_its_person_gets_it_back_on_the_page_that_it_was_on(desk: Desk) -> None:
    assert desk.send_late().path.startswith("/sign-in")
    page = desk.sign_in(GLORIA)
    assert page.path == "/people"
    assert HEADING in page.text
    for text in TYPED.values():
        assert text in page.region("kept-form")
    assert desk.kept(), "until it is sent or not needed"


def test_nobody_else_who_signs_in_there_gets_it(desk: Desk) -> None:
    desk.send_late()
    for who in STRANGERS:
        page = desk.sign_in(who)
        for path in (page.path, "/people", "/profile", "/policy"):
            shown = desk.browser.visit(path, status=None)
            assert TYPED["name"] not in shown.text
            assert "kept-form" not in shown.content.decode()
        desk.browser.visit("/profile")
        desk.browser.fill_and_submit("/sign-out")
    assert HEADING in desk.sign_in(GLORIA).text


def test_it_is_forgotten_once_it_arrives(desk: Desk) -> None:
    desk.send_late()
    desk.sign_in(GLORIA)
    desk.browser.fill_and_submit("/people", **TYPED, roles="billing_admin", status=None)
    assert desk.kept() == []
    assert HEADING not in desk.browser.visit("/people").text


def test_it_is_forgotten_when_it_is_not_needed(desk: Desk) -> None:
    desk.send_late()
    desk.sign_in(GLORIA)
    desk.browser.fill_and_submit("/kept-form/deletion")
    assert desk.kept() == []


def test_another_page_leads_back_to_it(desk: Desk) -> None:
    desk.send_late()
    desk.sign_in(GLORIA)
    assert TYPED["name"] not in desk.browser.visit("/policy").text
    assert HEADING in desk.browser.click("Go back to it").text


def test_it_waits_for_its_time_and_no_longer(desk: Desk) -> None:
    desk.send_late()
    desk.wait(minutes=desk.settings.kept_form_minutes - 1)
    assert HEADING in desk.sign_in(GLORIA).text
    desk.wait(minutes=1)
    assert HEADING not in desk.browser.visit("/people").text
    with desk.app.app_context():
        run_once(desk.app.extensions["desk"])
    assert desk.kept() == []


def test_a_later_form_takes_its_place(desk: Desk) -> None:
    desk.send_late()
    desk.sign_in(GLORIA)
    desk.send_late(name="Second Name")
    assert [dict(row.fields)["name"] for row in desk.kept()] == ["Second Name"]


def test_a_button_that_is_pressed_later_takes_the_place_of_nothing_typed(desk: Desk) -> None:
    """Whoever was signed out tries again in another window, where nothing was typed."""
    with desk.browser.client.session_transaction() as cookie:
        token = cookie["_user_id"]
    desk.send_late()
    with desk.app.app_context():
        pressed = SentForm("/claims/CL-2026-000001", "/claims/CL-2026-000001/deletion", (("version", "3"),))
        assert not keep_form(desk.app.extensions[ENTRANCE], token, pressed, TOLD)
    assert [dict(row.fields)["name"] for row in desk.kept()] == [TYPED["name"]]


@pytest.mark.parametrize("ending", ["revoked", "deactivated", "signed out", "stranger", "forged"])
def test_nothing_is_kept_of_whom_no_ended_session_names(desk: Desk, ending: str) -> None:
    filled = desk.browser.filled("/people", **TYPED, roles="billing_admin")
    if ending == "revoked":
        with desk.app.app_context(), transaction() as session:
            gloria = session.scalars(select(Person.id).where(Person.email == GLORIA)).one()
            end_sessions_of(session, gloria, desk.clock.now())
    if ending == "deactivated":
        with desk.app.app_context(), transaction() as session:
            session.execute(update(Person).where(Person.email == GLORIA).values(active=False))
    if ending == "signed out":
        desk.browser.fill_and_submit("/sign-out")
    sender = Browser(desk.app) if ending == "stranger" else desk.browser
    sender.visit("/sign-in")
    desk.wait(minutes=desk.settings.session_idle_minutes + 1)
    if ending == "forged":
        values = [(name, "forged" if name == "csrf_token" else text) for name, text in filled.values]
        filled = replace(filled, values=values)
    sender.send_filled(filled, status=None)
    assert desk.kept() == []


def test_neither_passwords_nor_too_much_is_kept(desk: Desk) -> None:
    desk.send_late(name="x" * CHARACTERS_AT_MOST)
    assert desk.kept() == []
    desk.sign_in(GLORIA)
    desk.browser.visit("/profile")
    filled = desk.browser.filled("/profile/password", present=PASSWORD, new="a new one", again="a new one")
    desk.wait(minutes=desk.settings.session_idle_minutes + 1)
    desk.browser.send_filled(filled)
    assert desk.kept() == []


@pytest.mark.broad
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(visits=st.lists(st.sampled_from((*STRANGERS, GLORIA)), min_size=1, max_size=4))
def test_whoever_comes_and_goes_only_its_person_ever_sees_it(desk: Desk, visits: list[str]) -> None:
    browser = desk.browser
    if not browser.visit("/profile").path.startswith("/sign-in"):
        browser.fill_and_submit("/sign-out")
    desk.sign_in(GLORIA)
    browser.visit("/people")
    desk.send_late()
    for who in visits:
        desk.sign_in(who)
        for path in ("/people", "/policy"):
            shown = browser.visit(path, status=None)
            assert ("kept-form" in shown.content.decode()) == (who == GLORIA), (who, path)
            assert who == GLORIA or TYPED["name"] not in shown.text
        browser.visit("/profile")
        browser.fill_and_submit("/sign-out")


def test_it_can_be_read_where_its_page_is_gone(desk: Desk) -> None:
    """Between the form and the sign-in a claim may be deleted or submitted, or a role taken away."""
    desk.send_late()
    with desk.app.app_context(), transaction() as session:
        gloria = session.scalars(select(Person).where(Person.email == GLORIA)).one()
        gloria.roles = [PersonRole(role="billing_admin")]
    assert desk.sign_in(GLORIA).status == 403
    assert TYPED["name"] not in desk.browser.visit("/policy").text
    page = desk.browser.click("Read what you typed")
    for text in TYPED.values():
        assert text in page.region("kept-form")
    assert "Go back to" not in page.text
    page = desk.browser.fill_and_submit("/kept-form/deletion")
    assert (page.path, "Nothing is kept for you" in page.text) == ("/kept-form", True)
    assert desk.kept() == []
