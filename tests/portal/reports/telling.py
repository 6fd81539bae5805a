"""What the tests of reports do again and again: let claims go some way, and read a report's table."""

import csv
import io

from portal.accounts.actor import customer_actor
from portal.claims.acting import act
from portal.work.sweep import sweep
from tests.browser import Browser
from tests.portal.reviews.filing import REVIEWER, Filing

INES, FAY = "incentives@contoso.example", "incentives@fabrikam.example"
ADMIN = "admin@operator.example"
INSUFFICIENT = "insufficient_poe"


def rows(browser: Browser, code: str) -> list[dict[str, str]]:
    """Return the rows that the page of a report shows at once."""
    return browser.visit(f"/reports/{code}").rows("main table")


def file_of(browser: Browser, code: str) -> list[dict[str, str]]:
    """Return the rows of a report's file."""
    text = browser.ask("GET", f"/reports/{code}.csv").get_data().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def reject(filing: Filing, number: str, reason: str = INSUFFICIENT) -> None:
    filing.do("reject", number, REVIEWER, reason=reason, message="Page 2 is missing.")


def rejected(filing: Filing, partner: str = "contoso", product: str = "teams") -> str:
    number = filing.under_review(partner, product)
    reject(filing, number)
    return number


def asked(filing: Filing, partner: str = "contoso", product: str = "teams") -> str:
    number = filing.under_review(partner, product)
    filing.do("request_information", number, REVIEWER, reason="missing_products", message="Which ones?")
    return number


def disputed(filing: Filing, partner: str = "contoso", product: str = "teams") -> str:
    number = rejected(filing, partner, product)
    filing.do("dispute", number, f"incentives@{partner}.example", justification="It is on page 3.")
    return number


def answer(filing: Filing, number: str, *answers: str) -> None:
    """Let the customer answer by the link: agree, decline, or one after the other."""
    for one in answers:
        with filing.context():
            casey = customer_actor("Casey", "casey@adatum.example", filing.claim(number).id)
            act(filing.desk, one, number, casey)


def let_time_act(filing: Filing) -> None:
    """Apply every end that is due."""
    with filing.context():
        sweep(filing.desk)
