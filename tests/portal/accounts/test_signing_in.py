"""The pages of signing in and out, as a browser sees them."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from portal.app import create_app
from portal.clock import FixedClock
from portal.settings import Settings
from tests.browser import Browser
from tests.factories import PASSWORD, House

GLORIA = "global@contoso.example"
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_one_signs_in_whatever_the_case_of_the_address_and_leaves_again(
    browser: Browser, house: House
) -> None:
    page = browser.sign_in(" Global@Contoso.Example ", PASSWORD)
    assert "Global of Contoso" in page.text
    assert browser.fill_and_submit("Sign out").path == "/sign-in"
    assert browser.visit("/policy").path.startswith("/sign-in?next=")


def test_after_signing_in_one_is_where_one_wanted_to_go(browser: Browser, house: House) -> None:
    page = browser.visit("/policy?part=roles")
    assert page.heading == "Sign in"
    page = browser.fill_and_submit("Sign in", email=GLORIA, password=PASSWORD)
    assert page.path == "/policy?part=roles"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_way_back_never_leaves_the_portal(browser: Browser, house: House, elsewhere: str) -> None:
    browser.visit("/sign-in")
    filled = browser.filled("Sign in", email=GLORIA, password=PASSWORD, next=elsewhere)
    page = browser.send_filled(filled)  # the browser of the tests fails when it is led elsewhere
    assert page.path.startswith("/")
    assert "evil" not in page.path


def test_what_is_longer_than_any_address_is_not_repeated(browser: Browser, house: House) -> None:
    page = browser.visit(f"/sign-in?next=/{'x' * 5000}")
    assert page.field("next") == ""
    page = browser.post(
        "/sign-in", email="y" * 50_000, password=PASSWORD, next=f"/{'x' * 50_000}", status=422
    )
    assert "Enter an e-mail address of at most 254 characters." in page.text
    assert page.field("email") == "y" * 254
    assert page.field("next") == ""
    page = browser.post("/sign-in", email="nobody@x.example", password="x", next="/policy", status=422)
    assert page.field("next") == "/policy"


@pytest.mark.parametrize(
    ("email", "password"),
    [(GLORIA, "not her password"), ("nobody@contoso.example", PASSWORD), ("nobody@x", "x")],
)
def test_what_was_wrong_is_not_told_and_the_address_is_kept(
    browser: Browser, house: House, email: str, password: str
) -> None:
    browser.visit("/sign-in")
    page = browser.fill_and_submit("Sign in", email=email, password=password, status=422)
    assert page.texts("#error-summary li") == [
        "E-mail address and password do not match. Check both and try again."
    ]
    assert page.field("email") == email
    assert page.field("password") == ""


def test_an_empty_form_says_what_is_missing_beside_each_field(browser: Browser, house: House) -> None:
    browser.visit("/sign-in")
    page = browser.fill_and_submit("Sign in", status=422)
    assert page.texts("#error-summary a") == ["Enter your e-mail address.", "Enter your password."]
    assert "Enter your password." in page.region("password-error")


def test_too_many_tries_say_when_to_try_again(
    browser: Browser, house: House, settings: Settings, clock: FixedClock
) -> None:
    for _ in range(settings.sign_in_failures_at_most):
        browser.visit("/sign-in")
        browser.fill_and_submit("Sign in", email=GLORIA, password="a wrong guess", status=422)
    clock.set(clock.now() + timedelta(minutes=3))
    browser.visit("/sign-in")
    page = browser.fill_and_submit("Sign in", email=GLORIA, password=PASSWORD, status=429)
    minutes = settings.sign_in_window_minutes - 3
    assert f"Try again in {minutes} minutes, at 23 November 2026" in page.text
    assert page.headers["Retry-After"] == str(minutes * 60)
    assert page.field("email") == GLORIA


def test_an_attacker_elsewhere_and_beside_her_does_not_lock_the_right_person_out(
    app: Flask, browser: Browser, house: House, settings: Settings
) -> None:
    browser.sign_in(GLORIA, PASSWORD)
    browser.fill_and_submit("Sign out")
    attacker = Browser(app)  # behind the same address as she is
    for number in range(settings.sign_in_failures_at_most + 1):
        attacker.visit("/sign-in")
        attacker.fill_and_submit("Sign in", email=GLORIA, password=f"guess {number}", status=None)
    assert attacker.page.status == 429
    assert browser.sign_in(GLORIA, PASSWORD).status == 200


def test_the_mark_of_a_known_browser_counts_only_for_who_signed_in_there(
    app: Flask, house: House, settings: Settings
) -> None:
    browser = Browser(app)
    browser.sign_in("billing@contoso.example", PASSWORD)
    browser.fill_and_submit("Sign out")
    for number in range(settings.sign_in_failures_at_most + 1):
        browser.visit("/sign-in")
        browser.fill_and_submit("Sign in", email=GLORIA, password=f"guess {number}", status=None)
    stranger = Browser(app)
    stranger.visit("/sign-in")
    stranger.fill_and_submit("Sign in", email=GLORIA, password=PASSWORD, status=429)


def test_cookies_are_kept_from_scripts_and_foreign_forms(app: Flask, house: House) -> None:
    client = app.test_client()
    page = client.get("/sign-in")
    found = re.search(rb'name="csrf_token" value="([^"]+)"', page.data)
    assert found is not None
    answer = client.post(
        "/sign-in", data={"csrf_token": found[1].decode(), "email": GLORIA, "password": PASSWORD}
    )
    assert answer.status_code == 303
    cookies = {cookie.split("=")[0]: cookie for cookie in answer.headers.getlist("Set-Cookie")}
    assert set(cookies) == {"portal", "portal-device"}
    for cookie in cookies.values():
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Domain" not in cookie


def test_over_https_cookies_are_bound_to_host_and_https(settings: Settings, clock: FixedClock) -> None:
    app = create_app(settings.model_copy(update={"base_url": "https://claims.example"}), clock=clock)
    answer = app.test_client().get("/sign-in", base_url="https://claims.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-portal=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_signing_in_by_a_form_of_another_site_is_refused(browser: Browser, house: House) -> None:
    browser.visit("/sign-in")
    page = browser.post("/sign-in", email=GLORIA, password=PASSWORD, csrf_token="made up", status=400)
    assert page.heading == "This form is no longer valid"
    assert "Go back with your browser; it shows what you typed." in page.text


def test_who_is_signed_in_is_not_asked_again(browser: Browser, house: House) -> None:
    browser.sign_in(GLORIA, PASSWORD)
    assert browser.visit("/sign-in?next=/policy").path == "/policy"


def test_the_password_is_shown_by_the_demo_and_by_nothing_else(
    browser: Browser, house: House, settings: Settings, clock: FixedClock
) -> None:
    assert settings.demo_password not in browser.visit("/sign-in").text
    demo = Browser(create_app(settings.model_copy(update={"demo": True}), clock=clock))
    page = demo.visit("/sign-in")
    assert settings.demo_password in page.region("demo-accounts")
    assert "global@contoso.example Contoso, Global admin" in page.region("demo-accounts")
    assert "billing@contoso.example" in page.region("demo-accounts")
    demo.visit("/password")
    demo.fill_and_submit("Send me a link", email="billing@contoso.example")
    assert "billing@contoso.example" not in demo.visit("/sign-in").region("demo-accounts")
    demo.visit("/policy")
    demo.sign_in(GLORIA, PASSWORD)
    assert settings.demo_password not in demo.page.text


def test_htmx_is_sent_to_the_sign_in_page_and_back_to_where_it_was(app: Flask, house: House) -> None:
    answer = app.test_client().get(
        "/policy", headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/policy?a=1"}
    )
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/policy?a%3D1"
    assert answer.data == b""
