"""The customer's page in each language, where only a browser can tell: it fits, and nothing is cut off."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import select, update

from portal.accounts.model import Organization
from portal.claims.consent_links import link_in_force, token_for
from portal.claims.model import Claim, ClaimProduct
from portal.clock import FixedClock
from portal.customers.model import Customer
from portal.db import db, transaction
from portal.languages.catalogs import catalog
from portal.languages.offered import LANGUAGES
from tests.portal.reviews.filing import Filing
from tests.serving import served

pytestmark = [
    pytest.mark.browser,
    pytest.mark.pages,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
# Whatever shows words and is narrower than they are, or lets them hang out of the window.
CUT_OFF = """() => [...document.querySelectorAll("main *")].filter((element) =>
    element.getClientRects().length > 0 && !element.closest(".visually-hidden")
    && (element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== "inline"
        || element.getBoundingClientRect().right > document.documentElement.clientWidth)
).map((element) => element.outerHTML.slice(0, 120))"""


@pytest.fixture
def address(app: Flask, clock: FixedClock) -> Iterator[str]:
    """The address of a request whose names are long words, for three products."""
    filing = Filing(app, clock)
    number = filing.approved()
    with filing.context(), transaction() as session:
        session.execute(update(Organization).where(Organization.name == "Contoso").values(name=LONG))
        session.execute(update(Customer).values(name=LONG))
        claim = session.scalars(select(Claim).where(Claim.number == number)).one()
        claim.own_contact_email = f"{LONG[:60]}@contoso.example".replace("ä", "ae")
        for product in ("purview_information_protection", "defender_for_office_365"):
            claim.products.append(ClaimProduct(product=product, subscription_id=""))
        claim_id = claim.id
    with filing.context():
        link = link_in_force(db.session(), claim_id)
        assert link is not None
        token = token_for(filing.desk.secret, link)
    with served(app) as at:
        yield f"{at}/consent/{token}"


def opened(chromium: Browser, address: str, width: int, *, scripts: bool = True) -> Page:
    context = chromium.new_context(viewport={"width": width, "height": 844}, java_script_enabled=scripts)
    page = context.new_page()
    page.goto(address)
    return page


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_long_words_fit_in_every_language(chromium: Browser, address: str, width: int) -> None:
    for language in LANGUAGES:
        page = opened(chromium, f"{address}?lang={language}", width)
        page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert page.evaluate(CUT_OFF) == [], language
        page.context.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_stranger_chooses_a_language_and_answers(chromium: Browser, address: str, scripts: bool) -> None:
    page = opened(chromium, address, 390, scripts=scripts)
    page.get_by_role("link", name="日本語").click()
    assert page.locator("html").get_attribute("lang") == "ja"
    page.get_by_role("button", name="同意する", exact=True).click()
    page.get_by_text("ご回答：同意する").wait_for()
    page.locator("summary", has_text="同意しない").click()
    page.get_by_role("button", name="同意しない").click()
    page.get_by_text("ご回答：同意しない").wait_for()
    assert catalog("ja").gettext("This is what was asked, and what you answered.") in page.inner_text("main")
    assert page.locator("html").get_attribute("lang") == "ja"
    page.context.close()


def test_both_answers_weigh_the_same(chromium: Browser, address: str) -> None:
    page = opened(chromium, address, 1280)
    agree = page.locator("#consent-agree button")
    decline = page.locator("details > summary.button")
    look = (
        "e => ['backgroundColor', 'color', 'fontSize', 'fontWeight'].map((name) => getComputedStyle(e)[name])"
    )
    assert agree.evaluate(look) == decline.evaluate(look)
    boxes = [one.bounding_box() for one in (agree, decline)]
    assert all(boxes)
    sizes = [(round(box["width"]), round(box["height"]), round(box["y"])) for box in boxes if box]
    assert sizes[0] == sizes[1]
    page.context.close()
