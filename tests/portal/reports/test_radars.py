"""Renewals and what is about to be lost: the days of the policy, and what is at stake."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from portal.db import db
from portal.reports.radars import endings
from portal.reports.shapes import ROWS_AT_MOST, ROWS_AT_ONCE, Asked
from tests.browser import Browser, Page
from tests.conftest import ROOT
from tests.portal.incentives.sheets import READING, bring, csv_of, earn, subscribe
from tests.portal.reports.telling import FAY, INES, asked, file_of, rows
from tests.portal.reviews.filing import REVIEWER, Filing
from tests.whole_app import rewriting

EARNED = "Earned by the claim so far"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def partner(filing: Filing) -> Browser:
    return filing.browser(INES)


def test_what_ends_within_the_days_of_the_policy_is_to_be_renewed(filing: Filing, partner: Browser) -> None:
    number = filing.approved()
    subscribe(filing, ends_on="2027-01-15")
    subscribe(filing, product="intune", ends_on="2027-01-15")  # nobody's association
    earn(filing, {"claim": number, "amount": "12.34"})
    [row] = rows(partner, "renewals")
    assert (row["Claim"], row["Ends on"], row[EARNED]) == (
        number,
        "15 January 2027",
        "EUR 12.34",
    )
    assert "ends within 90 days" in partner.page.text
    subscribe(filing, as_of="2026-11-21", ends_on="2028-01-15")  # renewed
    assert "No association has a known subscription" in partner.visit("/reports/renewals").text


@SQLITE
def test_who_reads_of_several_organizations_is_told_whose_each_claim_is(
    filing: Filing, partner: Browser
) -> None:
    number = filing.approved()
    asked_about = filing.under_review("fabrikam", "exchange_online")
    filing.do("request_information", asked_about, REVIEWER, reason="missing_products", message="Which?")
    subscribe(filing, ends_on="2027-01-15")
    operator = filing.browser("admin@operator.example")
    [renewed] = rows(operator, "renewals")
    assert (renewed["Claim"], renewed["Organization"]) == (number, "Contoso")
    [lost] = rows(operator, "forfeits")
    assert (lost["Claim"], lost["Organization"]) == (asked_about, "Fabrikam")
    assert "Organization" not in rows(partner, "renewals")[0]


@SQLITE
def test_a_subscription_id_that_reads_like_an_association_reaches_nobody_elses_subscriptions(
    filing: Filing, partner: Browser
) -> None:
    """Partners type the ID, and what is exclusive is told by names and values in one text."""
    filing.approved("fabrikam")
    number = filing.draft()
    typed = {
        "activity": "build_intent_advisor",
        "product": "power_apps",
        "technical_contact_name": "Terry Ode",
        "technical_contact_email": "terry@adatum.example",
        "subscription_power_apps": "x|product:teams|subscription:",
    }
    filing.do("edit", number, INES, **typed)
    for action, by in (("submit", INES), ("start_review", REVIEWER), ("approve", REVIEWER)):
        filing.do(action, number, by)
    subscribe(filing, subscription_id="sub-of-another-partner", ends_on="2027-01-15")
    assert "sub-of-another-partner" not in partner.visit("/reports/renewals").text
    own = typed["subscription_power_apps"]
    subscribe(filing, product="power_apps", subscription_id=own, ends_on="2027-01-15")
    [row] = rows(partner, "renewals")
    assert row["Subscription ID"] == own


def test_what_was_earned_is_told_in_each_currency(filing: Filing, partner: Browser) -> None:
    number = filing.approved()
    subscribe(filing, ends_on="2027-01-15")
    dollars = {"claim": number, "amount": "5.00", "currency": "USD"}
    earn(filing, {"claim": number, "amount": "12.34"}, {"claim": number, "amount": "1.00"}, dollars)
    [row] = rows(partner, "renewals")
    assert row[EARNED] == "EUR 13.34 USD 5.00"
    [line] = file_of(partner, "renewals")
    assert (line[f"{EARNED} (EUR)"], line[f"{EARNED} (USD)"]) == (
        "13.34",
        "5.00",
    )


def test_what_runs_out_and_what_lies_idle_is_told(filing: Filing) -> None:
    idle = filing.draft(product="intune")
    filing.wait(40)
    waits = asked(filing)
    first, second = rows(filing.browser(INES), "forfeits")
    assert (first["Claim"], first["Product"]) == (waits, "Microsoft Teams")
    assert (second["Claim"], second["Product"]) == (idle, "Microsoft Intune")
    assert second["What runs out"] == "Never submitted, unchanged since"


@SQLITE
def test_a_page_says_how_much_of_a_long_report_it_has_and_the_file_has_all(
    filing: Filing, partner: Browser
) -> None:
    filing.approved()
    known = [{"subscription_id": f"sub-{n:03}", "ends_on": "2027-01-15"} for n in range(ROWS_AT_MOST + 1)]
    assert bring(filing, "subscriptions", csv_of(READING, known)).used
    page = partner.visit("/reports/renewals")
    assert len(page.rows("main table")) == ROWS_AT_ONCE
    assert len(page.rows("main details table")) == ROWS_AT_MOST - ROWS_AT_ONCE
    assert page.texts("#report-cut") == ["200 of 201 rows are on this page. The file has all of them."]
    assert len(file_of(partner, "renewals")) == ROWS_AT_MOST + 1


def lines_of(page: Page) -> list[tuple[str, str, str]]:
    """Return (label, what is drawn, what stands beside it) of each line of bars."""
    drawn = [line.xpath("string(title)") for line in page.select(".chart-line")]
    beside = [
        " ".join(" ".join(row.xpath("./span[position() > 1]//text()")).split())
        for row in page.select(".chart-row")
    ]
    return list(zip(page.texts(".chart-label"), drawn, beside, strict=True))


def test_the_months_of_renewals_are_drawn_with_what_is_at_stake(filing: Filing, partner: Browser) -> None:
    first, second = filing.approved(), filing.approved(product="intune")
    known = [
        {"subscription_id": "sub-1", "ends_on": "2027-01-15"},
        {"subscription_id": "sub-2", "ends_on": "2027-02-01"},  # the first claim's, which counts in January
        {"product": "intune", "ends_on": "2027-01-31"},
    ]
    assert bring(filing, "subscriptions", csv_of(READING, known)).used
    earn(
        filing,
        {"claim": first, "amount": "12.34"},
        {"claim": second, "product": "intune", "amount": "1.00"},
        {"claim": second, "product": "intune", "amount": "5.00", "currency": "USD"},
    )
    page = partner.visit("/reports/renewals")
    assert page.texts("#report-drawn") == [
        "Claims by the first end of their subscriptions, and what they earned so far"
    ]
    assert lines_of(page) == [
        ("November 2026", "Nothing", "0"),
        ("December 2026", "Nothing", "0"),
        ("January 2027", "Claims: 2", "2 EUR 13.34 USD 5.00"),
        ("February 2027", "Nothing", "0"),
    ]
    seen = filing.browser(REVIEWER).visit("/reports/renewals")
    assert lines_of(seen)[2] == ("January 2027", "Claims: 2", "2")
    assert seen.texts("#report-drawn") == ["Claims by the first end of their subscriptions"]


def test_the_weeks_in_which_something_is_lost_are_drawn(filing: Filing) -> None:
    filing.draft(product="intune")
    filing.wait(40)
    asked(filing)
    page = filing.browser(INES).visit("/reports/forfeits")
    told = lines_of(page)
    assert told[0] == ("This week", "Nothing", "0")
    assert [line for line in told if line[2] != "0"] == [
        ("Week of 18 January 2027", "Answer to the request for information: 1", "1"),
        ("Without a deadline", "Drafts left alone: 1", "1"),
    ]
    assert page.texts(".chart-legend li") == ["Answer to the request for information", "Drafts left alone"]


def test_of_other_organizations_no_subscription_is_read(filing: Filing) -> None:
    filing.approved()
    subscribe(filing, ends_on="2027-01-15")
    with filing.context():
        for email, many in ((INES, 1), (FAY, 0)):
            actor, today = filing.actors[email], filing.desk.today()
            read = endings(Asked(db.session(), filing.desk, actor, today), date(2027, 2, 1))
            assert sum(len(rows) for rows in read.values()) == many, email


def fewer_days(content: Any) -> None:
    content["values"] |= {"renewal_days_at_most": 30, "forfeit_days_at_most": 7}


def no_days(content: Any) -> None:
    del content["values"]["renewal_days_at_most"]


@pytest.fixture
def rules_dir(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    change = getattr(request, "param", None)
    if change is None:
        return ROOT / "rules"
    return rewriting.rewritten(ROOT / "rules", tmp_path / "rules", {"vocabulary.yaml": change})


@SQLITE
@pytest.mark.parametrize("rules_dir", [fewer_days], indirect=True)
def test_the_policy_says_how_far_to_look_ahead(filing: Filing, partner: Browser) -> None:
    filing.approved()
    asked(filing, product="intune")  # 14 business days are more than a week
    subscribe(filing, ends_on="2027-01-15")
    assert "No association has a known subscription that ends within 30 days." in (
        partner.visit("/reports/renewals").text
    )
    assert "Nothing runs out within 7 days, and no draft lies idle for 30 days." in (
        partner.visit("/reports/forfeits").text
    )
    subscribe(filing, as_of="2026-11-21", ends_on="2026-12-23")
    assert len(rows(partner, "renewals")) == 1


@SQLITE
@pytest.mark.parametrize("rules_dir", [no_days], indirect=True)
def test_a_policy_without_the_days_has_no_such_report(filing: Filing, partner: Browser) -> None:
    assert "/reports/renewals" not in partner.visit("/reports").links().values()
    partner.visit("/reports/renewals", status=404)
    partner.visit("/reports/forfeits")
