"""What every answer carries, on all routes: pages, parts, downloads and errors, for everybody."""

from collections.abc import Iterator
from http.cookies import Morsel, SimpleCookie
from io import BytesIO
from pathlib import Path

import pytest
from lxml import html
from werkzeug.test import TestResponse

from portal.app import create_app
from portal.db import db
from portal.settings import read_settings
from portal.web.headers import EVERYWHERE
from tests.conftest import ROOT
from tests.page_checks import faults_of_content_security, faults_of_headers
from tests.whole_app.test_routes import ADMIN, INCENTIVES, REVIEWER, STRANGER, World, addresses

POLICY = "Content-Security-Policy"
WHO = (STRANGER, INCENTIVES, REVIEWER, ADMIN)
PART = {"HX-Request": "true"}


pytestmark = pytest.mark.broad


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("answers"))
    yield made
    with made.app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_every_answer_of_every_route_carries_what_protects_it(world: World) -> None:
    seen: set[tuple[int, str]] = set()
    faults: list[str] = []
    for who, name, answer in answers(world):
        kind = (answer.content_type or "").partition(";")[0]
        seen.add((answer.status_code, kind))
        faults += [f"{name} as {who}, {answer.status_code}: {fault}" for fault in faults_of(answer, name)]
    assert faults == []
    # Little is said by few kinds of answers: pages and parts, downloads, redirects and every kind of error.
    statuses = {status for status, _ in seen}
    assert {200, 303, 400, 403, 404, 405, 413, 422} <= statuses
    assert {"text/html", "text/csv", "application/pdf", "text/css"} <= {kind for _, kind in seen}


def answers(world: World) -> Iterator[tuple[str, str, TestResponse]]:
    """Yield who asked, what, and the answer: each route asked well, as a part, badly and wrongly."""
    for method, rule, address in addresses():
        path = world.address(address.partition("?")[0], method)
        for who in WHO:
            browser = world.signed_in(who) if path == "/sign-out" and who != STRANGER else world.browsers[who]
            yield who, f"{method} {rule}", browser.ask(method, path)
            client = browser.client
            yield who, f"{method} {rule} as a part", client.open(path, method=method, headers=PART)
            yield who, f"{method} {rule} with a NUL", client.open(f"{path}?q=%00", method=method)
            yield who, f"DELETE {rule}", client.open(path, method="DELETE")
            yield who, f"HEAD {rule}", client.open(path, method="HEAD")
    large = BytesIO(b"a" * 2_000_000)
    kind = "application/x-www-form-urlencoded"
    yield (
        STRANGER,
        "POST too much",
        world.app.test_client().post("/sign-in", input_stream=large, content_type=kind),
    )
    yield STRANGER, "GET nowhere", world.app.test_client().get("/nowhere")


def faults_of(answer: TestResponse, name: str) -> Iterator[str]:
    for header, value in EVERYWHERE.items():
        found = answer.headers.getlist(header)
        # A view may be stricter: nothing of a document runs, and a customer's link is told to nobody.
        sandboxed = header == POLICY and [one.startswith("sandbox; default-src 'none'") for one in found] == [
            True
        ]
        secret = header == "Referrer-Policy" and found == ["no-referrer"]
        if found != [value] and not sandboxed and not secret:
            yield f"{header} is {found}"
    static = "/static/" in name
    if not static:
        yield from faults_of_headers(answer.headers)
    for cookie in cookies_of(answer):
        if not cookie["httponly"] or cookie["samesite"] != "Lax" or cookie["path"] != "/" or cookie["domain"]:
            yield f"the cookie is {cookie.OutputString()}"
    kind, content = answer.content_type or "", answer.get_data()
    if kind.startswith("text/html") and content.strip():
        yield from faults_of_content_security(html.document_fromstring(content.decode()))
    elif content.strip() and not static and answer.status_code == 200:
        known = kind.startswith(("text/plain", "application/json"))
        if not known and not answer.headers.get("Content-Disposition", "").startswith("attachment"):
            yield f"{kind} is not sent as a download"


def cookies_of(answer: TestResponse) -> list[Morsel[str]]:
    return [morsel for line in answer.headers.getlist("Set-Cookie") for morsel in SimpleCookie(line).values()]


def test_over_https_cookies_are_sent_over_it_alone_and_browsers_stay_with_it(tmp_path: Path) -> None:
    app = create_app(
        read_settings(
            secret_key="k" * 40,
            database_url="sqlite://",
            data_dir=tmp_path,
            rules_dir=ROOT / "rules",
            base_url="https://claims.example",
        )
    )
    given = 0
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.arguments:
            answer = app.test_client().get(rule.rule, base_url="https://claims.example")
            assert answer.headers.getlist("Strict-Transport-Security") == ["max-age=31536000"], rule
            for cookie in cookies_of(answer):
                given += 1
                assert cookie["secure"], rule
                assert cookie.key.startswith("__Host-"), rule
    assert given
