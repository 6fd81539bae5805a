"""A form whose page is left is kept as one is whose session ended, and nothing else is done with it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.kept_forms import ADDRESS_CHARACTERS_AT_MOST, FIELDS_AT_MOST
from portal.accounts.kept_views import LEFT
from portal.accounts.model import KeptForm, Person
from portal.accounts.sessions import SAID_AFTER, begin_session, whose_session
from portal.db import db, transaction
from tests.browser import Browser
from tests.factories import PASSWORD
from tests.portal.claims.rows import add_claims, customer_id
from tests.portal.reviews.filing import Filing

PARTNER, COLLEAGUE = "incentives@contoso.example", "global@contoso.example"
HEADING = "You left this page before your form was sent"
ELSEWHERE = "You left a form in which you had typed something"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def browser(filing: Filing) -> Browser:
    return filing.browser(PARTNER)


@pytest.fixture
def number(filing: Filing) -> str:
    return add_claims(filing, {"customer_id": customer_id(filing)})[0]


def leave(browser: Browser, number: str, code: str, *, token: str | None = None, **typed: str) -> int:
    """Leave the step as leaving.js does, and return the status of the answer."""
    page = f"/claims/{number}/wizard/{code}"
    browser.visit(page)
    values = dict(browser.filled("#step", **typed).values)
    values.pop("go", None)
    if token is not None:
        values["csrf_token"] = token
    answer = browser.client.post(
        f"/claims/{number}/edit", base_url="http://localhost", data=values, headers={LEFT: page}
    )
    return answer.status_code


def kept(filing: Filing) -> list[dict[str, str]]:
    with filing.context():
        return [dict(row.fields) for row in db.session.scalars(select(KeptForm))]


def test_what_was_typed_comes_back_on_its_page_and_is_saved_nowhere(
    filing: Filing, browser: Browser, number: str
) -> None:
    before = filing.claim(number).version
    assert leave(browser, number, "evidence", commentary="See page 2.") == 204
    assert (filing.claim(number).version, filing.claim(number).commentary) == (before, "")
    assert ELSEWHERE in browser.visit("/claims").text
    page = browser.click("Go back to it")
    assert page.path == f"/claims/{number}/wizard/evidence"
    assert HEADING in page.region("kept-form")
    assert "See page 2." in page.region("kept-form")
    browser.fill_and_submit("Save and go on", commentary="See page 2.")
    assert kept(filing) == []
    assert ELSEWHERE not in browser.visit("/claims").text


def test_another_step_of_the_same_claim_that_arrives_takes_nothing_away(
    filing: Filing, browser: Browser, number: str
) -> None:
    leave(browser, number, "evidence", commentary="See page 2.")
    browser.visit(f"/claims/{number}/wizard/contacts")
    browser.fill_and_submit("Save and go on", name="Adatum autumn")
    assert filing.claim(number).name == "Adatum autumn"
    assert "See page 2." in browser.page.region("kept-form"), "the next step is the one that was left"


def test_nothing_is_kept_of_a_page_in_which_nothing_was_typed(
    filing: Filing, browser: Browser, number: str
) -> None:
    assert leave(browser, number, "contacts") == 204
    assert kept(filing) == []
    leave(browser, number, "evidence", commentary="See page 2.")
    leave(browser, number, "evidence")
    assert [row["commentary"] for row in kept(filing)] == ["See page 2."]


def test_nobody_else_sees_it_and_its_time_ends(filing: Filing, browser: Browser, number: str) -> None:
    leave(browser, number, "evidence", commentary="See page 2.")
    for address in ("/claims", f"/claims/{number}/wizard/evidence"):
        assert "See page 2." not in filing.browser(COLLEAGUE).visit(address).text
    minutes = filing.desk.settings.kept_form_minutes
    filing.clock.set(filing.clock.now() + timedelta(minutes=minutes - 1))
    assert HEADING in browser.visit(f"/claims/{number}/wizard/evidence").text
    filing.clock.set(filing.clock.now() + timedelta(minutes=1))
    assert HEADING not in browser.visit(f"/claims/{number}/wizard/evidence").text


def test_who_signs_in_again_anywhere_is_told_that_they_left(
    filing: Filing, browser: Browser, number: str
) -> None:
    leave(browser, number, "evidence", commentary="See page 2.")
    browser.visit("/claims")
    browser.fill_and_submit("/sign-out")
    for again in (browser, Browser(filing.app)):
        page = again.sign_in(PARTNER, PASSWORD)
        assert page.path == f"/claims/{number}/wizard/evidence"
        assert HEADING in page.region("kept-form")
        assert "See page 2." in page.region("kept-form")
        assert ELSEWHERE in again.visit("/claims").text


def test_a_form_of_an_ended_session_is_told_as_one_also_after_another_was_left(
    filing: Filing, browser: Browser, number: str
) -> None:
    leave(browser, number, "evidence", commentary="See page 2.")
    browser.visit(f"/claims/{number}/wizard/contacts")
    filing.wait(1)
    browser.fill_and_submit("Save and go on", name="Adatum autumn")
    page = browser.sign_in(PARTNER, PASSWORD)
    assert "You were signed out before your form was sent" in page.region("kept-form")
    assert "Adatum autumn" in page.region("kept-form")


def test_only_a_form_of_ones_own_page_is_kept(filing: Filing, browser: Browser, number: str) -> None:
    assert leave(browser, number, "evidence", token="forged", commentary="Planted") == 400
    assert kept(filing) == []


def test_a_page_elsewhere_is_no_way_back(filing: Filing, browser: Browser, number: str) -> None:
    assert sent(browser, number, page="https://evil.example/") == 204
    assert kept(filing) == []
    assert "evil" not in browser.visit("/claims").content.decode()


def sent(browser: Browser, number: str, *, page: str = "", noun: str = "edit", **more: str) -> int:
    """Send the step of the evidence as if its page was left, to another address or with further fields."""
    step = f"/claims/{number}/wizard/evidence"
    browser.visit(step)
    values = {**dict(browser.filled("#step", commentary="See page 2.").values), **more}
    answer = browser.client.post(
        f"/claims/{number}/{noun}",
        base_url="http://localhost",
        data=values,
        headers={LEFT: page or step},
    )
    return answer.status_code


def test_a_form_of_more_fields_than_any_has_is_not_kept(
    filing: Filing, browser: Browser, number: str
) -> None:
    many = {f"field_{place}": "" for place in range(FIELDS_AT_MOST)}
    assert sent(browser, number, **many) == 204
    assert kept(filing) == []
    assert sent(browser, number) == 204
    assert len(kept(filing)) == 1


def test_an_address_longer_than_any_is_not_kept(filing: Filing, browser: Browser, number: str) -> None:
    assert sent(browser, number, noun="x" * ADDRESS_CHARACTERS_AT_MOST) == 204
    assert sent(browser, number, page=f"/claims?q={'x' * ADDRESS_CHARACTERS_AT_MOST}") == 204
    assert kept(filing) == []


def test_a_session_says_whose_it_was_until_a_day_after_its_last_possible_moment(filing: Filing) -> None:
    settings, now = filing.desk.settings, filing.clock.now()
    end = now + timedelta(days=settings.session_days_at_most)
    with filing.context(), transaction() as session:
        person = session.scalars(select(Person).where(Person.email == PARTNER)).one()
        token = begin_session(session, person, browser="", now=now, settings=settings)
        assert whose_session(session, token, end + SAID_AFTER - timedelta(seconds=1)) == person.id
        assert whose_session(session, token, end + SAID_AFTER) is None


def test_other_forms_are_not_kept_and_not_carried_out(filing: Filing, browser: Browser) -> None:
    browser.visit("/profile")
    values = {
        "csrf_token": browser.csrf_token(),
        "present": "secret",
        "new": "a new one",
        "again": "a new one",
    }
    answer = browser.client.post(
        "/profile/password", base_url="http://localhost", data=values, headers={LEFT: "/profile"}
    )
    assert answer.status_code == 204
    assert kept(filing) == []


def test_a_form_whose_session_had_ended_by_then_is_kept_too(
    filing: Filing, browser: Browser, number: str
) -> None:
    page = f"/claims/{number}/wizard/evidence"
    browser.visit(page)
    values = dict(browser.filled("#step", commentary="See page 2.").values)
    filing.wait(1)
    browser.client.post(
        f"/claims/{number}/edit",
        base_url="http://localhost",
        data=values,
        headers={LEFT: page, "Referer": f"http://localhost{page}"},
    )
    assert [row["commentary"] for row in kept(filing)] == ["See page 2."]
