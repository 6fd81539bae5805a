"""A form that is sent twice at the same moment after its session ended: both are led to the sign-in page."""

import threading
from datetime import timedelta
from functools import partial

from flask import Flask
from sqlalchemy import select

from portal.accounts.current import ENTRANCE
from portal.accounts.kept_forms import SentForm, keep_form
from portal.accounts.model import KeptForm
from portal.clock import FixedClock
from portal.db import db
from tests.bare_app import at_once
from tests.browser import Browser
from tests.factories import PASSWORD, House


def test_a_form_that_is_sent_twice_at_once_is_kept_once(app: Flask, house: House, clock: FixedClock) -> None:
    browser, entrance = Browser(app), app.extensions[ENTRANCE]
    browser.sign_in("global@contoso.example", PASSWORD)
    with browser.client.session_transaction() as cookie:
        token = cookie["_user_id"]
    clock.set(clock.now() + timedelta(minutes=entrance.settings.session_idle_minutes + 1))
    together, kept = threading.Barrier(4), []

    def send(name: str) -> None:
        with app.app_context():
            together.wait(60)
            kept.append(keep_form(entrance, token, SentForm("/people", "/people", (("name", name),))))
            db.session.remove()

    at_once([partial(send, f"Name {number}") for number in range(4)])
    assert kept == [True] * 4
    with app.app_context():
        assert len(db.session.scalars(select(KeptForm)).all()) == 1
        db.session.remove()
