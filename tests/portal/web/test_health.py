"""What a load balancer and a monitor ask."""

from pathlib import Path

import pytest
from flask import Flask

from portal.app import create_app
from portal.clock import FixedClock
from portal.settings import Settings
from tests.browser import Browser
from tests.factories import PASSWORD, House

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_portal_that_can_work_is_alive_and_ready(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/healthz").json == {"alive": True}
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"ready": True, "problems": [], "notes": []})


@ONE_DATABASE
def test_without_a_policy_it_lives_but_is_not_ready(
    settings: Settings, clock: FixedClock, tmp_path: Path
) -> None:
    (tmp_path / "rules").mkdir()
    app = create_app(settings.model_copy(update={"rules_dir": tmp_path / "rules"}), clock=clock)
    client = app.test_client()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {
        "ready": False,
        "problems": ["The policy cannot be loaded; `portal policy check` says why."],
        "notes": [],
    }


@ONE_DATABASE
def test_without_its_database_it_lives_but_is_not_ready(
    settings: Settings, clock: FixedClock, tmp_path: Path
) -> None:
    nowhere = f"sqlite:///{tmp_path}/no/such/folder/portal.sqlite"
    app = create_app(settings.model_copy(update={"database_url": nowhere}), clock=clock)
    client = app.test_client()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"ready": False, "problems": ["The database does not answer."], "notes": []}
    page = client.get("/consent/a-token")
    assert page.status_code == 503
    assert "The portal cannot do this at the moment" in page.get_data(as_text=True)


@ONE_DATABASE
def test_measurements_are_for_those_who_run_the_portal(app: Flask, browser: Browser, house: House) -> None:
    assert browser.visit("/metrics").path == "/sign-in?next=/metrics"
    browser.sign_in("global@contoso.example", PASSWORD)
    browser.visit("/metrics", status=403)
    operator = Browser(app)
    operator.sign_in("admin@operator.example", PASSWORD)
    operator.visit("/consent/a-secret-token", status=None)
    text = operator.visit("/metrics").content.decode()
    assert 'portal_requests_total{method="GET",route="/metrics",status="403"} 1.0' in text
    assert "portal_request_seconds_count" in text
    assert 'route="/consent/<token>"' in text
    assert "a-secret-token" not in text
