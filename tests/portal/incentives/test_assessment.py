"""What a partner is told when the eligibility of a claim is decided, or decided again."""

from typing import Any

import pytest

from portal.incentives.following import follow_imports
from tests.browser import Page
from tests.journeys.mailbox import Mail
from tests.portal.incentives.sheets import subscribe
from tests.portal.reviews.filing import REVIEWER, Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OWN = "incentives@contoso.example"
AGAIN = "Incentive eligibility decided again"


@pytest.fixture
def assessed(filing: Filing) -> str:
    """An approved claim whose customer's time to decline has ended."""
    number = filing.approved()
    filing.wait(8)
    filing.do("comment", number, OWN, message="Is it assessed?")
    return number


def bring(filing: Filing, **row: str) -> int:
    """Import a reading of the claim's subscription, and return how many claims it decided otherwise."""
    subscribe(filing, **row)
    with filing.context():
        return follow_imports(filing.desk)


def mails(filing: Filing, subject: str) -> list[Mail]:
    found = [Mail.read(path.read_bytes()) for path in filing.desk.settings.mail_dir.glob("*.eml")]
    return [mail for mail in found if mail.to == OWN and mail.subject.startswith(subject)]


def newest(page: Page, title: str) -> str:
    """Return all that the timeline says in its newest entry with this title."""
    return next(text for text in page.texts("#claim-timeline ol.timeline > li") if text.startswith(title))


def test_the_timeline_says_what_it_is_now_and_was_and_why(filing: Filing, assessed: str) -> None:
    title = "The customer’s time to decline ended"
    partner = filing.browser(OWN)
    assert "Incentive eligibility: Eligible." in newest(partner.visit(f"/claims/{assessed}"), title)
    bring(filing, state="suspended", as_of="2026-11-21")
    again = newest(partner.visit(f"/claims/{assessed}"), "Eligibility decided again")
    assert "Incentive eligibility: Not eligible. Before, it was: Eligible." in again
    assert "The customer has no subscription in use for the products of this claim (Suspended)." in again
    bring(filing, state="ended", as_of="2026-11-22")
    other = newest(partner.visit(f"/claims/{assessed}"), "Eligibility decided again")
    assert "Incentive eligibility: Not eligible, as before, and for another reason." in other
    assert "(Ended)" in other


def test_no_review_tells_it(filing: Filing, assessed: str) -> None:
    bring(filing, state="suspended")
    page = filing.browser(REVIEWER).visit(f"/reviews/{assessed}")
    assert "Eligibility decided again" in page.text
    assert "Not eligible" not in page.text
    assert "Suspended" not in page.text


def test_a_mail_tells_a_change_and_why_and_only_a_change(filing: Filing, assessed: str) -> None:
    assert bring(filing, state="active", as_of="2026-11-20") == 0
    assert mails(filing, AGAIN) == []
    assert bring(filing, state="suspended", as_of="2026-11-21") == 1
    (mail,) = mails(filing, AGAIN)
    told = " ".join(mail.text.split())
    assert mail.subject.startswith(f"{AGAIN}: Not eligible")
    assert "The answer is now: Not eligible. The customer has no subscription in use" in told
    assert mail.link == f"/claims/{assessed}"
    assert bring(filing, state="active", as_of="2026-11-22") == 1
    assert len(mails(filing, AGAIN)) == 2
    assert len(mails(filing, f"{AGAIN}: Eligible")) == 1


@SQLITE
def test_who_chose_not_to_get_it_is_not_sent_it(filing: Filing, assessed: str) -> None:
    browser = filing.browser(OWN)
    browser.visit("/profile/mails")
    assert "Eligibility decided again" in browser.page.text
    none: dict[str, Any] = {"assess_again/partner": "none"}
    browser.fill_and_submit("Save", **none)
    assert bring(filing, state="suspended") == 1
    assert mails(filing, AGAIN) == []


@SQLITE
def test_the_mail_about_the_first_assessment_says_what_came_of_it(filing: Filing, assessed: str) -> None:
    (mail,) = mails(filing, "The incentive eligibility of your claim was assessed")
    assert "was assessed. The answer is: Eligible." in " ".join(mail.text.split())


@SQLITE
def test_the_page_why_takes_the_decision_apart(filing: Filing, assessed: str) -> None:
    bring(filing, state="suspended")
    browser = filing.browser(OWN)
    browser.visit(f"/claims/{assessed}")
    page = browser.click("See how the eligibility was decided")
    told = page.region("why-eligibility")
    assert told.startswith("Incentive eligibility: Not eligible")
    assert "no_earning_subscription" in page.reasons()
    assert "then you can validate the subscription or tenant ID" in told
    assert "incentives.yaml, line" in told
    review = filing.browser(REVIEWER).visit(page.path.replace("/claims/", "/reviews/"))
    assert not review.select("#why-eligibility")
    assert "Suspended" not in review.text
