"""How pages look to one person: their own time zone and colors, and nobody else's."""

from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from portal.accounts.preferences import time_zones, zone_choices
from portal.clock import FixedClock
from tests import factories
from tests.browser import Browser, Page
from tests.portal.reviews.filing import Filing

INES, BILLING = "incentives@contoso.example", "billing@contoso.example"


def signed_in(app: Flask, email: str = INES) -> Browser:
    browser = Browser(app)
    browser.sign_in(email, factories.PASSWORD)
    return browser


def scheme(page: Page) -> str | None:
    found: str | None = page.tree.get("data-color-scheme")
    return found


def test_moments_are_told_in_the_zone_that_one_chose(app: Flask, clock: FixedClock) -> None:
    filing = Filing(app, clock)
    number = filing.submitted()
    ines, billing = signed_in(app), signed_in(app, BILLING)
    before = ines.visit(f"/claims/{number}")
    assert before.select("footer p")[0].text_content().strip().endswith("the program’s time zone.")
    ines.visit("/profile")
    ines.fill_and_submit("Save", time_zone="Asia/Tokyo", color_scheme="dark")
    chosen = ines.visit(f"/claims/{number}")
    assert "JST" in chosen.region("claim-timeline")
    assert "PST" not in chosen.region("claim-timeline")
    assert "deadlines end with the day in Los Angeles" in chosen.text
    assert [time.get("datetime") for time in chosen.select("#claim-standing .due time")] == [
        time.get("datetime") for time in before.select("#claim-standing .due time")
    ]
    assert "JST" not in billing.visit(f"/claims/{number}").text


def test_colors_are_kept_for_the_account_and_can_be_left_to_the_device(
    app: Flask, house: factories.House
) -> None:
    ines = signed_in(app)
    assert scheme(ines.visit("/profile")) is None
    assert scheme(ines.fill_and_submit("Save", color_scheme="dark")) == "dark"
    assert scheme(signed_in(app).visit("/claims")) == "dark"
    assert scheme(signed_in(app, BILLING).visit("/claims")) is None
    ines.visit("/profile")
    assert scheme(ines.fill_and_submit("Save", color_scheme="")) is None


@pytest.mark.parametrize(
    ("field", "typed"),
    [("time_zone", "Europe/Atlantis"), ("time_zone", "../../etc/passwd"), ("color_scheme", "purple")],
)
def test_what_cannot_be_chosen_is_told_and_changes_nothing(
    app: Flask, house: factories.House, field: str, typed: str
) -> None:
    ines = signed_in(app)
    ines.visit("/profile")
    page = ines.post("/profile/preferences", status=422, **{"color_scheme": "dark", field: typed})
    assert page.select(f"#{field}-error")
    assert scheme(ines.visit("/profile")) is None


def test_a_zone_is_chosen_by_its_city_and_one_kept_under_an_old_name_stays_chosen(
    app: Flask, house: factories.House
) -> None:
    ines = signed_in(app)
    page = ines.visit("/profile")
    offered = dict(zone_choices(""))
    assert page.texts("#time_zone option")[1:] == list(offered.values())
    assert page.texts("#time_zone option")[0] == "The program’s (Los Angeles)"
    assert len(set(offered.values())) == len(offered), "no city is offered twice"
    assert (offered["Asia/Kolkata"], offered["America/St_Johns"]) == ("Kolkata", "St. John’s")
    assert "Asia/Calcutta" not in offered
    assert "_" not in "".join(offered.values())
    ines.fill_and_submit("Save", time_zone="Asia/Kolkata")
    assert "Times are those of Kolkata, as you chose" in ines.visit("/claims").text
    assert dict(zone_choices("Asia/Calcutta"))["Asia/Calcutta"] == "Kolkata"


def test_every_zone_that_is_offered_is_known_where_it_is_used() -> None:
    assert len(time_zones()) > 300
    assert {"Europe/Berlin", "America/Los_Angeles", "Asia/Tokyo", "UTC"} <= set(time_zones())
    for name in time_zones():
        ZoneInfo(name)
