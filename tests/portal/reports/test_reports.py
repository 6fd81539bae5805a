"""Reports: what they count, of whose claims, and that their files say the same as their pages."""

import csv
import io

import pytest

from tests.browser import Browser
from tests.portal.incentives.sheets import earn, subscribe
from tests.portal.reviews.filing import REVIEWER, Filing

INES = "incentives@contoso.example"
ADMIN = "admin@operator.example"
CODES = ("claims-over-time", "reasons", "renewals", "forfeits")


@pytest.fixture
def partner(filing: Filing) -> Browser:
    return filing.browser(INES)


def rows(browser: Browser, code: str) -> list[dict[str, str]]:
    return browser.visit(f"/reports/{code}").rows("main table")


def test_claims_are_counted_in_the_status_that_they_had_when_each_month_ended(filing: Filing) -> None:
    filing.draft()
    filing.approved(product="intune")
    filing.wait(10)  # into December, when the draft is submitted
    filing.submitted(product="exchange_online")
    newest, before = rows(filing.browser(INES), "claims-over-time")
    assert (newest["Month"], newest["Draft"], newest["Submitted"], newest["Approved"], newest["All"]) == (
        "2026-12", "1", "1", "1", "3",
    )  # fmt: skip
    assert (before["Month"], before["Draft"], before["Approved"], before["All"]) == ("2026-11", "1", "1", "2")


def test_reasons_are_counted_once_a_product_and_told_by_what_the_policy_calls_them(
    filing: Filing, partner: Browser
) -> None:
    for product in ("teams", "intune"):
        number = filing.under_review(product=product)
        filing.do("reject", number, REVIEWER, reason="insufficient_poe", message="Page 2 is missing.")
    intune, teams = rows(partner, "reasons")
    assert (intune["Product"], teams["Product"]) == ("Microsoft Intune", "Microsoft Teams")
    assert (teams["Insufficient proof of execution"], teams["All"]) == ("1", "1")


def test_a_status_keeps_its_color_where_another_has_no_claim(filing: Filing) -> None:
    filing.submitted()
    filing.wait(10)
    filing.draft(product="intune")
    page = filing.browser(INES).visit("/reports/claims-over-time")
    legend = [item.xpath(".//rect/@class")[0] for item in page.select(".chart-legend li")]
    newest, before = page.select(".chart-line")
    assert [part.get("class") for part in newest.xpath(".//rect")] == legend
    assert [part.get("class") for part in before.xpath(".//rect")] == legend[1:]


def test_what_ends_within_ninety_days_is_to_be_renewed(filing: Filing, partner: Browser) -> None:
    number = filing.approved()
    subscribe(filing, ends_on="2027-01-15")
    subscribe(filing, product="intune", ends_on="2027-01-15")  # nobody's association
    earn(filing, {"claim": number, "amount": "12.34"})
    [row] = rows(partner, "renewals")
    assert (row["Claim"], row["Ends on"], row["Earned so far"]) == (number, "15 January 2027", "EUR 12.34")
    subscribe(filing, as_of="2026-11-21", ends_on="2028-01-15")  # renewed
    assert "No association has a known subscription" in partner.visit("/reports/renewals").text


def test_what_runs_out_and_what_lies_idle_is_told(filing: Filing) -> None:
    idle = filing.draft(product="intune")
    filing.wait(40)
    asked = filing.under_review()
    filing.do("request_information", asked, REVIEWER, reason="missing_products", message="Which ones?")
    first, second = rows(filing.browser(INES), "forfeits")
    assert (first["Claim"], second["Claim"]) == (asked, idle)
    assert second["What runs out"] == "Never submitted, unchanged since"


@pytest.mark.parametrize("code", CODES)
def test_partners_are_told_of_their_own_claims_and_operators_of_all_submitted(
    filing: Filing, code: str
) -> None:
    mine, theirs, private = (
        filing.approved(),
        filing.approved("fabrikam", "intune"),
        filing.draft(product="entra_id_p1"),
    )
    subscribe(filing, ends_on="2027-01-15")
    subscribe(filing, product="intune", ends_on="2027-01-15")
    for who in (INES, ADMIN):
        page = filing.browser(who).visit(f"/reports/{code}")
        assert (theirs in page.text) <= (who == ADMIN)
        assert who != ADMIN or private not in page.text
        if code == "renewals":
            assert mine in page.text
            assert (theirs in page.text) == (who == ADMIN)
        if code == "claims-over-time":
            assert page.rows("main table")[0]["All"] == "2"


@pytest.mark.parametrize("code", CODES)
def test_the_file_says_what_the_table_says(filing: Filing, partner: Browser, code: str) -> None:
    number = filing.approved()
    subscribe(filing, ends_on="2027-01-15")
    page = partner.visit(f"/reports/{code}")
    got = partner.ask("GET", f"/reports/{code}.csv").get_data().decode("utf-8-sig")
    [headings, *lines] = list(csv.reader(io.StringIO(got)))
    assert len(lines) == len(page.rows("main table") if page.select("main table") else [])
    assert not lines or headings == list(page.rows("main table")[0])
    assert code != "renewals" or lines[0][0] == number


def test_a_report_that_is_not_there_is_not_there(partner: Browser) -> None:
    partner.visit("/reports/nothing", status=404)
    partner.visit("/reports/nothing.csv", status=404)
