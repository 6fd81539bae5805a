"""The filters in force stand as chips, each a link that takes it away and keeps the rest."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.browser import Browser
from tests.portal.claims.rows import add_claims
from tests.portal.reviews.filing import Filing

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def asked(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def test_each_chip_takes_its_filter_away_and_keeps_the_others(filing: Filing, partner: Browser) -> None:
    add_claims(filing, {"name": "red"})
    page = partner.visit("/claims?q=red&status=draft&move=operator&due=12&product=teams&sort=number")
    chips = {chip.get("href"): chip for chip in page.select(".chip")}
    texts = [text.removeprefix("Remove the filter ").rstrip("✕") for text in page.texts(".chip")]
    assert texts == [
        "Search: red",
        "Whose move: Review team",
        "Time left: Within 12 days",
        "Product: Microsoft Teams",
    ]
    every = asked(page.path)
    for href, name in zip(chips, ("q", "move", "due", "product"), strict=True):
        assert asked(href) == {key: value for key, value in every.items() if key != name}


def test_all_filters_are_cleared_at_once_and_the_order_stays(filing: Filing, partner: Browser) -> None:
    add_claims(filing, {"name": "red"})
    partner.visit("/claims?q=red&status=draft&due=12&sort=number")
    assert partner.click("Clear all").path == "/claims?sort=number"
    assert not partner.page.select(".chip")


def test_the_address_bar_is_given_the_short_address_of_what_is_shown(
    filing: Filing, partner: Browser
) -> None:
    add_claims(filing, {"name": "red"})
    page = partner.fragment("/claims?q=++red++&move=&due=&sort=-changed&columns=number&columns=customer")
    assert page.headers["HX-Push-Url"] == "/claims?q=red&columns=number,customer"
    assert page.select("#claims-tools[data-hx-swap-oob]"), "the toolbar is renewed beside the list"
    assert partner.fragment("/claims?q=&after=nonsense").headers["HX-Push-Url"] == "/claims"


def test_a_long_search_stands_shortened_on_its_chip(filing: Filing, partner: Browser) -> None:
    add_claims(filing, {"name": "red"})
    page = partner.visit(f"/claims?q=contoso+{'x' * 90}")
    assert page.texts(".chip") == [f"Remove the filter Search: contoso {'x' * 32}…✕"]
