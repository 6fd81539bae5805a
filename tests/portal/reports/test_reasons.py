"""Reasons for rejections and requests, by product and by organization."""

import pytest

from tests.portal.reports.telling import ADMIN, INES, asked, reject, rejected, rows
from tests.portal.reviews.filing import REVIEWER, Filing

ORGANIZATIONS = "/reports/reasons-by-organization"


def test_reasons_are_counted_once_a_product_and_told_by_what_the_policy_calls_them(filing: Filing) -> None:
    for product in ("teams", "intune"):
        rejected(filing, product=product)
    intune, teams = rows(filing.browser(INES), "reasons")
    assert (intune["Product"], teams["Product"]) == ("Microsoft Intune", "Microsoft Teams")
    assert (teams["Insufficient proof of execution"], teams["All"]) == ("1", "1")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_claim_that_is_sent_back_twice_is_not_told_as_two_claims(filing: Filing) -> None:
    number = asked(filing)
    filing.do("resubmit", number, INES, message="Here they are.")
    filing.do("start_review", number, REVIEWER)
    filing.do("request_information", number, REVIEWER, reason="missing_products", message="All of them?")
    page = filing.browser(INES).visit("/reports/reasons")
    assert page.texts("main svg > title") == ["Times given: 2"]


def test_the_operator_compares_organizations(filing: Filing) -> None:
    rejected(filing, product="teams")
    asked(filing, product="intune")
    number = filing.under_review("fabrikam", "exchange_online")
    reject(filing, number, "missing_customer_consent")
    contoso, fabrikam = rows(filing.browser(ADMIN), "reasons-by-organization")
    assert contoso == {
        "Organization": "Contoso", "Insufficient proof of execution": "1",
        "Missing customer consent on PoE": "0", "Missing products": "1", "All": "2",
    }  # fmt: skip
    assert (fabrikam["Missing customer consent on PoE"], fabrikam["All"]) == ("1", "1")


def test_for_partners_there_is_no_report_of_organizations(filing: Filing) -> None:
    rejected(filing)
    partner = filing.browser(INES)
    assert ORGANIZATIONS not in partner.visit("/reports").links().values()
    partner.visit(ORGANIZATIONS, status=404)
    partner.visit(ORGANIZATIONS + ".csv", status=404)
    assert ORGANIZATIONS in filing.browser(ADMIN).visit("/reports").links().values()
