"""Whom reports tell what: earnings only to those who may read them."""

import pytest

from tests.portal.incentives.sheets import earn, subscribe
from tests.portal.reviews.filing import REVIEWER, Filing

INES = "incentives@contoso.example"
POLICY, ADMIN = "policy@operator.example", "admin@operator.example"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("code", ["renewals", "forfeits"])
def test_what_a_claim_earned_is_told_to_those_who_may_read_earnings(filing: Filing, code: str) -> None:
    number = filing.approved()
    subscribe(filing, ends_on="2027-01-15")
    earn(filing, {"claim": number, "amount": "1234.56"})
    for who in (INES, REVIEWER, POLICY, ADMIN):
        browser = filing.browser(who)
        for address in (f"/reports/{code}", f"/reports/{code}.csv"):
            told = browser.visit(address).content.decode()
            assert ("234.56" in told) == (who in (INES, ADMIN) and code == "renewals"), (who, address)
            assert ("Earned by the claim so far" in told) <= (who in (INES, ADMIN)), (who, address)
