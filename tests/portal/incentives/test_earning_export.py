"""Earnings as a file: the lines that the filters leave, in the order of the page, safe in any program."""

import csv
import io

import pytest

from portal.incentives.earning_export import CELLS
from tests.browser import Page
from tests.portal.incentives.sheets import earn
from tests.portal.reviews.filing import Filing

BILLING = "billing@contoso.example"


def rows_of(page: Page) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(page.content.decode("utf-8-sig"))))


def test_the_file_says_what_the_page_shows_in_words_and_plain_amounts(filing: Filing) -> None:
    mine, theirs = filing.approved(), filing.approved("fabrikam", "intune")
    paid = {"payment_status": "paid", "payment_id": "=P-1", "paid_on": "2026-11-15"}
    earn(
        filing,
        {"claim": mine, "line_id": "A", "amount": "-0.20", "month": "2026-10", "lever": "adjustment"},
        {"claim": mine, "line_id": "B", "amount": "1234.5", **paid},
        {"claim": mine, "line_id": "C", "amount": "7000", "currency": "JPY"},
        {"claim": theirs, "line_id": "D", "product": "intune"},
    )
    browser = filing.browser(BILLING)
    page = browser.visit("/earnings.csv")
    assert page.headers["Content-Length"] == str(len(page.content))
    found = rows_of(page)
    assert list(found[0]) == list(CELLS)
    assert [(row["Line"], row["Amount"], row["Currency"]) for row in found] == [
        ("C", "7000", "JPY"),
        ("B", "1234.50", "EUR"),
        ("A", "-0.20", "EUR"),
    ]
    assert {row["Claim"] for row in found} == {mine}
    told = {name: found[1][name] for name in ("Product", "Earned by", "Payment status", "Payment", "Paid on")}
    assert told == {
        "Product": "Microsoft Teams",
        "Earned by": "Usage growth",
        "Payment status": "Paid",
        "Payment": "'=P-1",
        "Paid on": "2026-11-15",
    }
    assert found[1]["Customer"]
    assert [row["Line"] for row in rows_of(browser.visit("/earnings.csv?status=paid"))] == ["B"]
    assert [row["Line"] for row in rows_of(browser.visit("/earnings.csv?q=adjustment&month=2026-10"))] == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_without_lines_has_its_headings(filing: Filing) -> None:
    page = filing.browser(BILLING).visit("/earnings.csv")
    assert (rows_of(page), page.content.decode("utf-8-sig").strip()) == ([], ",".join(CELLS))
