"""The page of earnings: whose lines it shows, what they come to, and how they are found."""

import pytest
from sqlalchemy import select, update

from portal.claims.model import Claim, ClaimProduct
from portal.db import transaction
from tests import factories
from tests.browser import Browser
from tests.portal.claims.test_listing import contoso
from tests.portal.incentives.sheets import earn
from tests.portal.reviews.filing import Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_each_line_leads_to_its_claim_and_sums_never_mix_currencies(filing: Filing, partner: Browser) -> None:
    number = filing.approved()
    earn(
        filing,
        {"claim": number, "amount": "100.10"},
        {"claim": number, "amount": "-0.20", "month": "2026-10", "lever": "adjustment"},
        {"claim": number, "amount": "7000", "currency": "JPY"},
    )
    page = partner.visit("/earnings")
    first, second, third = page.rows("#earnings > .table-frame table")
    assert [row["Month"].rpartition(" ")[0] for row in (first, second, third)] == [
        "November 2026",
        "November 2026",
        "October 2026",
    ]
    assert {row["Claim"] for row in (first, second, third)} == {number}
    assert third["Amount"] == "−EUR 0.20"
    assert page.region("totals-EUR").startswith("EUR 99.90 in 2 lines")
    assert page.region("totals-JPY").startswith("JPY 7,000 in 1 line")


@SQLITE
def test_months_beyond_a_year_are_left_out_and_that_is_said(filing: Filing, partner: Browser) -> None:
    number = filing.approved()
    year = [{"claim": number, "month": f"2025-{month:02}"} for month in range(1, 13)]
    earn(filing, *year)
    assert "By month, the last" not in partner.visit("/earnings").region("totals-EUR")
    earn(filing, *year, {"claim": number, "month": "2026-01"})
    region = partner.visit("/earnings").region("totals-EUR")
    assert region.startswith("EUR 1,300.00")
    assert "By month, the last 12" in region
    assert "February 2025" in region
    assert "January 2025" not in region


def test_nobody_sees_what_another_organization_earned(filing: Filing, partner: Browser) -> None:
    mine, theirs = filing.approved(), filing.approved("fabrikam", "intune")
    earn(filing, {"claim": mine}, {"claim": theirs, "product": "intune", "amount": "31337"})
    page = partner.visit("/earnings")
    assert mine in page.text
    assert theirs not in page.text
    assert "31,337" not in page.text
    assert "No line of earnings fits" in partner.visit(f"/earnings?q={theirs}").text


@SQLITE
def test_who_is_restricted_to_locations_sees_the_money_of_these_alone(filing: Filing) -> None:
    number = filing.approved()
    earn(filing, {"claim": number})
    with filing.context(), transaction() as session:
        place = factories.location(session, contoso(session))
        person = factories.person(
            session, contoso(session), "billing_admin", account="branch", locations=(place,)
        )
        email = person.email
    page = filing.browser(email).visit("/earnings")
    assert number not in page.text
    assert "EUR" not in page.text


def test_the_totals_of_a_location_follow_the_claims_that_belong_to_it_by_now(filing: Filing) -> None:
    mine, other = filing.approved(), filing.approved(product="intune")
    paid = {"payment_status": "paid", "payment_id": "P-1", "paid_on": "2026-11-15"}
    earn(
        filing,
        {"claim": mine, "amount": "1"},
        {"claim": mine, "amount": "2.50", **paid},
        {"claim": other, "product": "intune", "amount": "70"},
    )
    with filing.context(), transaction() as session:
        place = factories.location(session, contoso(session))
        person = factories.person(
            session, contoso(session), "billing_admin", account="branch", locations=(place,)
        )
        session.execute(update(Claim).where(Claim.number == mine).values(location_id=place.id))
        email = person.email
    browser = filing.browser(email)
    for query, told in (("", "EUR 3.50 in 2 lines"), ("?status=paid", "EUR 2.50 in 1 line")):
        assert browser.visit(f"/earnings{query}").region("totals-EUR").startswith(told), query
    assert "EUR" not in browser.visit("/earnings?product=intune").text


def test_a_line_is_found_by_what_somebody_has_at_hand(filing: Filing, partner: Browser) -> None:
    number, other = filing.approved(), filing.approved(product="intune")
    paid = {"payment_status": "paid", "payment_id": "P-77", "paid_on": "2026-11-15"}
    earn(
        filing,
        {"claim": number, "subscription_id": "Sub-ABC", **paid},
        {"claim": other, "product": "intune"},
    )
    for words in ("sub-abc", "SUB-ABC", "P-77", number, "L-1"):
        page = partner.visit(f"/earnings?q={words}")
        assert number in page.text, words
        assert other not in page.text, words
    assert "P-77, 15 November 2026" in partner.visit("/earnings?q=P-77").text
    both = partner.visit(f"/earnings?q={factories.SHARED_TENANT[:8].upper()}")
    assert number in both.text
    assert other in both.text
    assert number in partner.visit(f"/earnings?q=%7B{factories.SHARED_TENANT.upper()}%7D").text, "in braces"
    assert other not in partner.visit("/earnings?status=paid").text
    assert number not in partner.visit("/earnings?product=intune").text
    assert "No line of earnings fits" in partner.visit("/earnings?month=2026-01").text


def test_a_subscription_finds_its_own_lines_and_none_of_the_claims_other_products(
    filing: Filing, partner: Browser
) -> None:
    number = filing.approved()
    with filing.context(), transaction() as session:
        claim = session.scalars(select(Claim).where(Claim.number == number)).one()
        claim.products[0].subscription_id = "SUB-9"
        claim.products.append(ClaimProduct(product="intune"))
        claim.search_text += " sub-9"
    earn(
        filing,
        {"claim": number, "subscription_id": "SUB-9", "amount": "1.11"},
        {"claim": number, "amount": "2.22"},  # of the product whose subscription the claim names
        {"claim": number, "product": "intune", "amount": "4.44"},
    )
    found = partner.visit("/earnings?q=SUB-9").text
    assert "3.33" in found
    assert "4.44" not in found
    assert "7.77" not in found
    assert "7.77" in partner.visit(f"/earnings?q={number}").text


def test_a_part_of_a_subscription_hides_nothing_that_is_found_by_a_name(
    filing: Filing, partner: Browser
) -> None:
    number = filing.approved()
    with filing.context(), transaction() as session:
        claim = session.scalars(select(Claim).where(Claim.number == number)).one()
        claim.products[0].subscription_id = "SUB-ADATUM-9"  # and Adatum is the customer's name, too
        claim.products.append(ClaimProduct(product="intune"))
        claim.search_text += " sub-adatum-9"
    earn(
        filing,
        {"claim": number, "subscription_id": "SUB-ADATUM-9", "amount": "1.11"},
        {"claim": number, "product": "intune", "amount": "4.44"},
    )
    assert "5.55" in partner.visit("/earnings?q=adatum").text


@SQLITE
def test_whatever_an_address_says_a_page_comes(filing: Filing, partner: Browser) -> None:
    earn(filing, {"claim": filing.approved()})
    for wrong in ("status=x", "month=2026-13", "month=now", "after=zzz", "q=%25%5C'", "product=\U0001f600"):
        assert partner.visit(f"/earnings?{wrong}").heading == "Earnings"


@SQLITE
def test_before_the_first_import_the_page_says_what_will_be_there(filing: Filing, partner: Browser) -> None:
    assert "There are no earnings yet" in partner.visit("/earnings").text


@SQLITE
def test_pages_of_lines_follow_each_other(filing: Filing, partner: Browser) -> None:
    number = filing.approved()
    earn(filing, *({"claim": number, "month": f"2026-{1 + n % 11:02d}"} for n in range(60)))
    page, seen, months = partner.visit("/earnings"), [], []
    while True:
        seen += [row["Month"] for row in page.rows("#earnings > .table-frame table")]
        months += [one.get("datetime") for one in page.select("#earnings > .table-frame tbody th time")]
        following = page.select("a[rel=next]")
        if not following:
            break
        page = partner.visit(following[0].get("href"))
    assert len(seen) == len(set(seen)) == 60
    assert len(months) == 60
    assert months == sorted(months, reverse=True)


def test_money_is_shown_with_its_claim_and_why_where_there_is_none(filing: Filing, partner: Browser) -> None:
    number, other = filing.approved(), filing.approved(product="intune")
    earn(filing, {"claim": number, "payment_status": "withheld", "reason": "below_threshold"})
    page = partner.visit(f"/claims/{number}")
    assert "EUR 100.00 in 1 line" in page.region("claim-money")
    assert "Below the threshold" in page.region("claim-money")
    nothing = partner.visit(f"/claims/{other}").region("claim-money")
    assert "Nothing was earned with this claim yet." in nothing
    assert "The customer can still decline" in nothing
    filing.wait(8)
    filing.do("comment", other, "incentives@contoso.example", message="Is it assessed?")
    again = filing.browser("incentives@contoso.example")  # eight days later, the session has ended
    assert "No subscription of the customer" in again.visit(f"/claims/{other}").region("claim-money")
    draft = filing.draft(product="exchange_online")
    assert not again.visit(f"/claims/{draft}").select("#claim-money h2")
