"""Requests that an attacker makes up: each is answered, none costs or breaks much."""

import json
from base64 import urlsafe_b64encode

import pytest
from flask import Flask

from tests import factories
from tests.browser import Browser

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_cursor_at_the_edge_of_time_is_no_place(app: Flask, house: factories.House, moment: str) -> None:
    browser = Browser(app)
    browser.sign_in("incentives@contoso.example", factories.PASSWORD)
    cursor = urlsafe_b64encode(json.dumps(["due", moment, 1]).encode()).decode().rstrip("=")
    assert browser.visit(f"/claims?sort=due&after={cursor}").status == 200


def test_a_plain_form_as_large_as_documents_is_not_read(app: Flask) -> None:
    form = b"a&" * 1_000_000
    kind = "application/x-www-form-urlencoded"
    assert app.test_client().post("/sign-in", data=form, content_type=kind).status_code == 413
