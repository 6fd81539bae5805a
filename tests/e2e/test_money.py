"""Money in Chromium: a Billing admin finds what a claim earned, and why another one earned nothing."""

import re

import pytest
from playwright.sync_api import Page, expect

from portal.incentives.following import follow_imports
from tests.e2e.conftest import Hands, Window
from tests.e2e.keyboard import WITH_AND_WITHOUT
from tests.e2e.test_main_job import accessible
from tests.portal.claims.rows import customer_id
from tests.portal.incentives.sheets import earn, subscribe
from tests.portal.reviews.filing import Filing

pytestmark = [
    pytest.mark.browser,
    pytest.mark.pages,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    WITH_AND_WITHOUT,
]
BILLING = "billing@contoso.example"
WHY = "The customer has no subscription in use for the products of this claim (Suspended)."


@pytest.fixture
def claims(filing: Filing) -> tuple[str, str]:
    """A claim that earned in two currencies, and one whose only subscription was suspended since."""
    paid, unpaid = filing.approved(), filing.approved(product="intune")
    filing.wait(8)
    for number in (paid, unpaid):
        filing.do("comment", number, "incentives@contoso.example", message="Is it assessed?")
    subscribe(filing, subscription_id="SUB-1001")
    subscribe(filing, product="intune", subscription_id="SUB-2002", state="suspended")
    with filing.context():
        assert follow_imports(filing.desk) == 1
    settled = {"payment_status": "paid", "payment_id": "P-2026-11", "paid_on": "2026-11-20"}
    earn(
        filing,
        {"claim": paid, "subscription_id": "SUB-1001", "amount": "250.00", **settled},
        {"claim": paid, "subscription_id": "SUB-1002", "amount": "7000", "currency": "JPY"},
    )
    return paid, unpaid


def search(page: Page, words: str, *, scripts: bool) -> None:
    """Look for `words`: with scripts it searches while one types."""
    page.locator("#q").fill(words)
    if scripts:
        page.wait_for_url(re.compile(f"q={words}"))
    else:
        with page.expect_navigation():
            page.get_by_role("button", name="Search", exact=True).click()


def test_a_billing_admin_finds_the_money_of_a_claim_and_comes_back(
    filing: Filing, window: Window, claims: tuple[str, str], scripts: bool
) -> None:
    paid, _ = claims
    page = window(BILLING, at="/earnings", scripts=scripts)
    rows = page.locator("#earnings > .table-frame tbody tr")
    expect(rows).to_have_count(2)
    search(page, "SUB-1001", scripts=scripts)
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("sub-1001")
    expect(rows).to_contain_text("P-2026-11")
    expect(page.locator("#totals-EUR")).to_contain_text("EUR 250.00")
    expect(page.locator("#totals-JPY")).to_have_count(0)
    accessible(page, scripts)

    rows.get_by_role("link", name=paid).click()
    money = page.locator("#claim-money")
    expect(money).to_contain_text("Eligible")
    expect(money).to_contain_text("EUR 250.00 in 1 line")
    expect(money).to_contain_text("JPY 7,000 in 1 line")
    accessible(page, scripts)
    page.go_back()
    expect(page.locator("#q")).to_have_value("SUB-1001")
    expect(rows).to_have_count(1)

    page.go_forward()
    money.get_by_role("link", name="Look at all 2 lines").click()
    expect(page.locator("#q")).to_have_value(paid)
    expect(rows).to_have_count(2)
    if scripts:  # a choice filters at once
        page.goto("/earnings")
        page.locator("#status").select_option("paid")
        expect(rows).to_have_count(1)
    page.goto(f"/customers/{customer_id(filing)}")
    expect(page.locator("#customer-subscriptions")).to_contain_text("sub-1001")
    accessible(page, scripts)
    page.locator("#customer-earnings").get_by_role("link").first.click()
    expect(page.locator("#totals-EUR")).to_be_in_viewport()
    expect(rows).to_have_count(2)


def test_and_learns_why_another_claim_earned_nothing(
    window: Window, claims: tuple[str, str], scripts: bool
) -> None:
    _, unpaid = claims
    page = window(BILLING, at="/earnings", scripts=scripts)
    page.get_by_role("link", name="1 approved claim earned nothing: see why").click()
    row = page.locator("main tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Not eligible")
    expect(row).to_contain_text(WHY)
    accessible(page, scripts)

    row.get_by_role("link", name=unpaid).click()
    expect(page.locator("#claim-money")).to_contain_text("Nothing was earned with this claim yet.")
    expect(page.locator("#claim-money")).to_contain_text(WHY)
    expect(page.locator("#claim-timeline")).to_contain_text("Not eligible. Before, it was: Eligible.")
    page.get_by_role("link", name="See how the eligibility was decided").click()
    why = page.locator("#why-eligibility")
    expect(why).to_contain_text("Incentive eligibility: Not eligible")
    expect(why).to_contain_text("incentives.yaml, line")
    accessible(page, scripts)
    page.get_by_role("link", name=f"Back to {unpaid}").click()
    expect(page.locator("#claim-money")).to_be_visible()


@pytest.mark.pages
def test_all_of_it_by_keyboard(hands: Hands, claims: tuple[str, str], scripts: bool) -> None:
    paid, unpaid = claims
    keys = hands(BILLING, "/earnings")
    page = keys.page
    keys.write(page.locator("#q"), "SUB-1001")
    if scripts:
        page.wait_for_url(re.compile("q=SUB-1001"))
    else:
        keys.follow(page.get_by_role("button", name="Search", exact=True))
    rows = page.locator("#earnings > .table-frame tbody tr")
    expect(rows).to_have_count(1)
    keys.follow(rows.get_by_role("link", name=paid))
    keys.follow(page.locator("#claim-money").get_by_role("link", name="Look at all 2 lines"))
    keys.follow(page.get_by_role("link", name="1 approved claim earned nothing: see why"))
    keys.follow(page.locator("main tbody tr").get_by_role("link", name=unpaid))
    keys.follow(page.get_by_role("link", name="See how the eligibility was decided"))
    expect(page.locator("#why-eligibility")).to_contain_text(WHY)
