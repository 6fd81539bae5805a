"""Every answer carries the protective headers, whatever it is."""

import pytest
from flask.testing import FlaskClient

from portal.web.headers import CONTENT_SECURITY_POLICY, EVERYWHERE
from tests.page_checks import faults_of_headers
from tests.portal.web.invented import WHO

PATHS = (
    "/sign-in",
    "/bread",
    "/nowhere",
    "/broken",
    "/sign-out",
    "/static/styles/base.css",
    "/static/none.css",
)


@pytest.mark.parametrize("path", PATHS)
def test_the_headers_are_on_every_answer(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    for name, value in EVERYWHERE.items():
        assert answer.headers.getlist(name) == [value], (path, name)


@pytest.mark.parametrize("path", [path for path in PATHS if "static" not in path])
def test_pages_are_never_kept(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={WHO: "baker"})
    assert answer.headers["Cache-Control"] == "no-store"
    assert faults_of_headers(answer.headers) == []


def test_the_policy_lets_nothing_inline_or_foreign_run() -> None:
    directives = dict(part.strip().split(" ", 1) for part in CONTENT_SECURITY_POLICY.split(";"))
    assert directives == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "font-src": "'self'",
    }


def test_a_views_own_stricter_policy_stays(client: FlaskClient) -> None:
    assert client.get("/strict").headers.getlist("Content-Security-Policy") == ["sandbox; default-src 'none'"]


def test_only_files_asked_for_with_their_hash_are_kept_for_good(client: FlaskClient) -> None:
    assert "immutable" in client.get("/static/styles/base.css?v=1").headers["Cache-Control"]
    assert "immutable" not in client.get("/static/styles/base.css").headers["Cache-Control"]
    assert "immutable" not in client.get("/static/none.css?v=1").headers.get("Cache-Control", "")
