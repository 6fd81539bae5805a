"""One's own account: the password is changed by whoever knows it, and other browsers are signed out."""

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.model import Person, SignedInSession
from portal.accounts.passwords import password_fits
from portal.accounts.profile import browser_in_words
from portal.audit.model import AuditEvent
from portal.db import db, transaction
from portal.work.auditing import verify_audit
from tests import factories
from tests.browser import Browser, Page

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
INES, BILLING = "incentives@contoso.example", "billing@contoso.example"
NEW = "a quite new battery staple"


def signed_in(app: Flask, email: str = INES, password: str = factories.PASSWORD) -> Browser:
    browser = Browser(app)
    browser.sign_in(email, password)
    return browser


def change(browser: Browser, status: int = 200, **typed: str) -> Page:
    browser.visit("/profile")
    values = {"present": factories.PASSWORD, "new": NEW, "again": NEW} | typed
    return browser.fill_and_submit("Change password", status=status, **values)


def is_signed_in(browser: Browser) -> bool:
    return browser.visit("/profile").path == "/profile"


def has_password(app: Flask, email: str, password: str) -> bool:
    with app.app_context():
        kept = db.session.scalars(select(Person.password_hash).where(Person.email == email)).one()
        return password_fits(kept, password)


def test_the_page_says_who_one_is(app: Flask, house: factories.House) -> None:
    page = signed_in(app).visit("/profile")
    assert "Incentives of Contoso" in page.text
    assert INES in page.text
    assert "Incentives admin" in page.text


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 "
         "Safari/537.36 Edg/130.0.0.0"), "Edge on Windows"),
        (("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
         "Version/18.0 Safari/605.1.15"), "Safari on macOS"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox on Linux"),
        (("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
         "Version/18.1 Mobile/15E148 Safari/604.1"), "Safari on iPhone"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", "A browser that does not say what it is"),
    ],
)  # fmt: skip
def test_a_browser_is_named_as_people_name_it(said: str, words: str) -> None:
    assert browser_in_words(said) == words


def test_a_changed_password_signs_every_other_browser_out(app: Flask, house: factories.House) -> None:
    here, there, colleague = signed_in(app), signed_in(app), signed_in(app, BILLING)
    copied = here.copied()
    page = change(here)
    assert "Your password was changed. 1 other browser signed out." in page.region("flashes")
    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert not is_signed_in(copied), "nor is whoever copied the cookie of this one"
    assert is_signed_in(colleague)
    assert has_password(app, INES, NEW)
    assert is_signed_in(signed_in(app, INES, NEW))
    with app.app_context():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "password_changed")).one()
        person = db.session.scalars(select(Person).where(Person.email == INES)).one()
        assert event.subject == f"organization:{person.organization_id}"
        assert event.details == {"person": person.id, "sessions_ended": 1}
        assert verify_audit(app.extensions["desk"]).findings == ()


@SQLITE
@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"present": "not the password"}, "This is not your present password."),
        ({"new": "short", "again": "short"}, "Choose a password of 12 to 256 characters."),
        ({"again": "another battery staple"}, "This is not what you entered above."),
        ({"new": factories.PASSWORD, "again": factories.PASSWORD}, "that is not your present one"),
    ],
)
def test_a_password_that_cannot_be_taken_stays_as_it_was(
    app: Flask, house: factories.House, typed: dict[str, str], told: str
) -> None:
    here, there = signed_in(app), signed_in(app)
    page = change(here, status=422, **typed)
    assert told in page.region("profile")
    assert NEW not in page.text
    assert has_password(app, INES, factories.PASSWORD)
    assert is_signed_in(there)


@SQLITE
def test_an_old_password_that_was_looked_at_counts_for_nothing_once_another_is_chosen(
    app: Flask, house: factories.House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look takes long and holds no lock; meanwhile the owner chooses another."""
    here, stranger = signed_in(app), Browser(app)
    stranger.visit("/sign-in")

    def looked(kept: str | None, password: str) -> bool:
        fits = password_fits(kept, password)
        with app.app_context(), transaction() as session:
            session.scalars(
                select(Person).where(Person.email == INES)
            ).one().password_hash = factories.hash_of(NEW)
        return fits

    monkeypatch.setattr("portal.accounts.entrance.password_fits", looked)
    page = stranger.post("/sign-in", email=INES, password=factories.PASSWORD, status=422)
    assert "do not match" in page.text
    with app.app_context(), transaction() as session:
        kept = session.scalars(select(Person).where(Person.email == INES)).one()
        kept.password_hash = factories.hash_of(factories.PASSWORD)
    monkeypatch.setattr("portal.accounts.own_account.password_fits", looked)
    page = change(here, status=422, new="the choice of a thief", again="the choice of a thief")
    assert "This is not your present password." in page.region("profile")
    assert has_password(app, INES, NEW)


def test_an_open_browser_is_no_place_to_guess(app: Flask, house: factories.House) -> None:
    browser = signed_in(app)
    limit = app.extensions["desk"].settings.sign_in_failures_at_most
    for _ in range(limit):
        change(browser, status=422, present="not the password")
    page = change(browser, status=429)
    assert "There were too many tries. Try again in" in page.region("profile")
    assert has_password(app, INES, factories.PASSWORD)


def test_a_browser_elsewhere_is_signed_out(app: Flask, house: factories.House) -> None:
    here, there, third = signed_in(app), signed_in(app), signed_in(app)
    here.visit("/profile")
    page = here.fill_and_submit("Sign out everywhere else")
    assert "2 other browsers signed out." in page.region("flashes")
    assert not is_signed_in(there)
    assert not is_signed_in(third)
    assert is_signed_in(here)


def test_only_own_sessions_can_be_ended(app: Flask, house: factories.House) -> None:
    here, there, colleague = signed_in(app), signed_in(app), signed_in(app, BILLING)
    here.visit("/profile")
    with app.app_context():
        rows = db.session.scalars(select(SignedInSession).order_by(SignedInSession.id)).all()
        _, own, others = (row.id for row in rows)
    for garbage in ("abc", "", "2147483648", "99999999999999999999"):
        assert "signed out already." in here.post("/profile/sessions", session=garbage).region("flashes")
    page = here.post("/profile/sessions", session=str(others))
    assert "That browser was signed out already." in page.region("flashes")
    assert is_signed_in(colleague)
    here.post("/profile/sessions", session=str(own))
    assert not is_signed_in(there)
    assert is_signed_in(here)
