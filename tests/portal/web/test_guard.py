"""Closed by default: only what a route declares opens it."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.web.access import Access, access_of, allow, allow_anyone, allow_signed_in
from portal.web.guard import RouteWithoutAccess, check_routes
from tests.portal.web.invented import WHO

HTMX = {"HX-Request": "true"}


@pytest.mark.parametrize(
    ("path", "who", "status"),
    [
        ("/bread", "guest", 200),
        ("/bread", "baker", 200),
        ("/bread", "baker guest", 200),
        ("/bread", "stoker", 403),
        ("/bread", "", 403),
        ("/oven", "baker", 200),
        ("/oven", "guest", 403),
        ("/shop", "guest", 200),  # one of several permissions is enough
        ("/shop", "stoker", 403),
        ("/sign-in", None, 200),
        ("/sign-in", "guest", 200),
        ("/nowhere", None, 404),
        ("/nowhere", "baker", 404),
        ("/sign-out", "baker", 405),
    ],
)
def test_a_route_is_open_to_whom_it_declares(
    client: FlaskClient, path: str, who: str | None, status: int
) -> None:
    headers = {} if who is None else {WHO: who}
    assert client.get(path, headers=headers).status_code == status


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/bread", "/sign-in?next=/bread"),
        ("/bread?kind=rye&day=2", "/sign-in?next=/bread?kind%3Drye%26day%3D2"),
        ("/", "/sign-in"),
    ],
)
def test_a_stranger_is_asked_to_sign_in_and_led_back(client: FlaskClient, path: str, place: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, place)


def test_an_endless_address_is_not_led_back_to(client: FlaskClient) -> None:
    answer = client.get(f"/bread?kind={'x' * 5000}")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")


@pytest.mark.parametrize(
    ("referrer", "place"),
    [
        ("http://localhost/oven?tray=1", "/sign-in?next=/oven?tray%3D1"),
        ("https://evil.example/oven", "/sign-in"),
        ("", "/sign-in"),
    ],
)
def test_a_strangers_form_leads_back_to_the_page_it_was_on(
    client: FlaskClient, referrer: str, place: str
) -> None:
    answer = client.post("/oven", headers={"Referer": referrer})
    assert (answer.status_code, answer.headers["Location"]) == (303, place)


def test_htmx_gets_a_redirect_it_understands(client: FlaskClient) -> None:
    answer = client.get("/bread", headers=HTMX | {"HX-Current-URL": "http://localhost/shop"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in?next=/shop")
    answer = client.get("/bread", headers=HTMX | {"HX-Current-URL": "https://evil.example/shop"})
    assert answer.headers["HX-Redirect"] == "/sign-in"


def test_a_form_without_its_token_is_refused_after_the_guard(client: FlaskClient) -> None:
    assert client.post("/oven", headers={WHO: "baker"}).status_code == 400
    assert client.post("/oven", headers={WHO: "guest"}).status_code == 403


def test_a_form_with_its_token_gets_through(client: FlaskClient) -> None:
    page = client.get("/nowhere", headers={WHO: "baker"}).get_data(as_text=True)
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    answer = client.post("/oven", headers={WHO: "baker"}, data={"csrf_token": found[1]})
    assert answer.get_data(as_text=True) == "oven"


def test_a_route_that_declares_nothing_stops_the_start_and_is_named(bakery: Flask) -> None:
    check_routes(bakery)
    bakery.add_url_rule("/attic", "attic", lambda: "attic")
    with pytest.raises(RouteWithoutAccess, match=r"/attic \(attic\)"):
        check_routes(bakery)


def test_a_route_that_declares_nothing_is_closed_even_if_it_got_in(bakery: Flask) -> None:
    bakery.add_url_rule("/attic", "attic", lambda: "attic")
    client = bakery.test_client()
    assert client.get("/attic", headers={WHO: "baker"}).status_code == 403
    assert client.get("/attic").status_code == 303


def test_what_is_declared_can_be_read() -> None:
    def view() -> str:
        return ""

    assert access_of(view) is None
    assert access_of(allow("a.b", "c.d")(view)) == Access(permissions=frozenset({"a.b", "c.d"}))
    assert access_of(allow_anyone(view)) == Access(public=True)
    assert access_of(allow_signed_in(view)) == Access()


def test_allowing_nobody_in_particular_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="Name a permission"):
        allow()
