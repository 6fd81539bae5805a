"""The columns of the list: chosen in the address, the number always among them."""

import pytest

from portal.claims.columns import COLUMNS, SHOWN_FIRST, orders, shown_columns
from tests.browser import Browser, Page
from tests.portal.claims.rows import add_claims
from tests.portal.reviews.filing import Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def headings(page: Page) -> list[str]:
    return [text.rstrip(" ▲▼") for text in page.texts("thead th:not(.row-choice)")]


def test_the_number_is_always_shown_and_the_order_is_the_tables() -> None:
    assert shown_columns("") == SHOWN_FIRST
    assert shown_columns("due,customer") == ("number", "customer", "due")


def test_every_column_can_be_chosen_to_sort_in_both_directions() -> None:
    assert {sort for sort, _ in orders()} == {sign + code for code in COLUMNS for sign in ("", "-")}
    assert len({words for _, words in orders()}) == 2 * len(COLUMNS)


@SQLITE
def test_the_chooser_shows_what_was_chosen_and_the_address_keeps_it(filing: Filing, partner: Browser) -> None:
    add_claims(filing, {"name": "North"})
    # As the chooser's form sends it: one field for each box that is ticked.
    page = partner.visit("/claims?q=north&columns=number&columns=customer&columns=location&sort=customer")
    ticked = [box.get("value") for box in page.select("input[name=columns][checked]")]
    assert ticked == ["customer", "location"]
    assert headings(page) == ["Claim", "Customer", "Location"]
    heading = page.select("#sort-customer")[0].get("href")
    assert "columns=number%2Ccustomer%2Clocation" in heading or "columns=number,customer,location" in heading
    assert headings(partner.visit(heading)) == ["Claim", "Customer", "Location"]


@SQLITE
def test_without_a_choice_the_usual_columns_are_shown(filing: Filing, partner: Browser) -> None:
    add_claims(filing, {})
    usual = ["Claim", "Name", "Customer", "Activity and products", "Status", "Whose move", "Until", "Changed"]
    assert headings(partner.visit("/claims")) == usual
    partner.visit("/claims?columns=number")
    assert headings(partner.page) == ["Claim", "Changed"], "the column that sorts shows how"


@SQLITE
def test_a_column_that_is_not_there_is_told_and_left_out(filing: Filing, partner: Browser) -> None:
    add_claims(filing, {})
    page = partner.visit("/claims?columns=number,secret,customer&sort=customer")
    assert "There is no column “secret”" in page.text
    assert headings(page) == ["Claim", "Customer"]
