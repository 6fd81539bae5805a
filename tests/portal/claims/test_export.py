"""The CSV export: all rows that the filters leave, as RFC 4180 has them, and no formula among them."""

import csv
import io

import pytest

from portal.claims.export import CELLS
from portal.db import transaction
from portal.web.downloads import safe
from tests import factories
from tests.browser import Browser, Page
from tests.portal.claims.rows import add_claims
from tests.portal.claims.test_listing import contoso, listed
from tests.portal.reviews.filing import Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def rows_of(page: Page) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(page.content.decode("utf-8-sig"), newline="")))


def test_the_file_has_every_page_of_what_is_shown_in_its_order(filing: Filing, partner: Browser) -> None:
    add_claims(filing, *({"name": f"Claim {place % 7}", "products": ["teams"]} for place in range(480)))
    add_claims(filing, {"name": "closed", "status": "approved"})
    page = partner.visit("/claims.csv?status=draft&sort=-name")
    rows = rows_of(page)
    assert len(rows) == 480
    assert [row["Claim"] for row in rows[:25]] == listed(partner, status="draft", sort="-name")
    assert [row["Name"] for row in rows] == sorted((row["Name"] for row in rows), reverse=True)
    assert {row["Products"] for row in rows} == {"Microsoft Teams"}


@SQLITE
def test_it_opens_in_any_spreadsheet(filing: Filing, partner: Browser) -> None:
    add_claims(filing, {"name": 'Zürich, "West"\nsecond line', "products": ["teams", "intune"]})
    page = partner.visit("/claims.csv")
    assert page.content.startswith(b"\xef\xbb\xbfClaim,Name,Status,")
    assert page.content.endswith(b"\r\n")
    assert page.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert page.headers["Content-Disposition"].startswith(
        'attachment; filename="customer-claims-2026-11-23.csv"'
    )
    (row,) = rows_of(page)
    assert row["Name"] == 'Zürich, "West"\nsecond line'
    assert row["Products"] == "Microsoft Intune; Microsoft Teams"
    assert row["Status"] == "Draft"
    assert list(row) == list(CELLS)


@SQLITE
def test_eligibility_is_told_as_the_policy_calls_it(filing: Filing, partner: Browser) -> None:
    add_claims(filing, {}, {"status": "approved", "eligibility": "in_consent_window"})
    told = [row["Incentive eligibility"] for row in rows_of(partner.visit("/claims.csv?sort=number"))]
    assert told == ["Not assessed", "In consent window"]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "\n=1", "＝1", "|calc", "%00", "\u00a0=1"],
)
def test_nothing_in_a_cell_is_a_formula(text: str) -> None:
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Adatum;=1+1", "Adatum;'=1+1"),
        ("Adatum; =1+1;-2", "Adatum; '=1+1;'-2"),
        ('Adatum;"=1+1', "Adatum;\"'=1+1"),
        ("Adatum\t@SUM(A1)", "Adatum\t'@SUM(A1)"),
        ("Adatum\n=1+1", "Adatum\n'=1+1"),
        ("=1;=2", "'=1;'=2"),
    ],
)
def test_nothing_becomes_one_where_another_separator_ends_the_cell(text: str, written: str) -> None:
    """Many a country's spreadsheet splits a CSV file at semicolons, whatever marks it finds."""
    assert safe(text) == written


@pytest.mark.parametrize("text", ["a; b", "Teams; 365 E3", "x;y=1", "a - b", "1\n2", ""])
def test_lists_and_line_ends_stay_as_they_are(text: str) -> None:
    assert safe(text) == text


@pytest.mark.parametrize("text", ["", "Adatum", "a=b", "CL-2026-000001", "2026-11-23", "'=1"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert safe(text) == text


@SQLITE
def test_what_people_typed_is_made_safe(filing: Filing, partner: Browser) -> None:
    with filing.context(), transaction() as session:
        customer_id = factories.customer(session, contoso(session), "=HYPERLINK(1)").id
    add_claims(filing, {"name": "@evil", "customer_id": customer_id})
    (row,) = rows_of(partner.visit("/claims.csv"))
    assert row["Name"] == "'@evil"
    assert row["Customer"] == "'=HYPERLINK(1)"


@SQLITE
def test_it_holds_own_claims_alone_and_needs_the_permission(filing: Filing, partner: Browser) -> None:
    own = add_claims(filing, {})[0]
    add_claims(filing, {}, partner="fabrikam")
    assert [row["Claim"] for row in rows_of(partner.visit("/claims.csv"))] == [own]
    filing.browser("reviewer@operator.example").visit("/claims.csv", status=403)


@SQLITE
def test_the_dashboards_link_keeps_the_filters(filing: Filing, partner: Browser) -> None:
    add_claims(filing, {"name": "one"}, {"name": "two"})
    page = partner.visit("/claims?q=two&sort=name")
    rows = rows_of(partner.visit(page.links()["Export as CSV"]))
    assert [row["Name"] for row in rows] == ["two"]


@SQLITE
def test_nonsense_in_the_address_is_left_out(filing: Filing, partner: Browser) -> None:
    add_claims(filing, {})
    page = partner.visit("/claims.csv?status=none&sort=x&after=y&due=z&location=-1")
    assert len(rows_of(page)) == 1
