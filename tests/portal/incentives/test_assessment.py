"""What a partner is told when the eligibility of a claim is decided, or decided again."""

import csv
import io
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts.model import Person, PersonLocation
from portal.claims.model import Claim
from portal.db import transaction
from portal.incentives.following import follow_imports
from portal.work.digests import leave_digests
from portal.work.outbox import deliver
from tests import factories
from tests.browser import Browser, Page
from tests.journeys.mailbox import Mail
from tests.portal.consent.test_consent import token_of
from tests.portal.incentives.sheets import subscribe
from tests.portal.reviews.filing import REVIEWER, REVIEWER2, Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OWN, BILLING, GLORIA = (f"{name}@contoso.example" for name in ("incentives", "billing", "global"))
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


def mails(filing: Filing, subject: str, to: str = OWN) -> list[Mail]:
    found = [Mail.read(path.read_bytes()) for path in filing.desk.settings.mail_dir.glob("*.eml")]
    return [mail for mail in found if mail.to == to and mail.subject.startswith(subject)]


def remedy(page: Page, part: str = "claim-money") -> str:
    return " ".join(" ".join(page.texts(f"#{part} .remedy")).split())


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
    assert f"What would change it: {IMPORT}" in told
    assert mail.link == f"/claims/{assessed}"
    assert bring(filing, state="active", as_of="2026-11-22") == 1
    assert len(mails(filing, AGAIN)) == 2
    (mail,) = mails(filing, f"{AGAIN}: Eligible")
    assert "What would change it" not in mail.text


@SQLITE
def test_a_mail_that_was_overtaken_tells_no_change_of_another_answer(filing: Filing, assessed: str) -> None:
    filing.app.extensions["desk"] = late = replace(filing.desk, committed=lambda: None)
    filing.desk = late
    bring(filing, state="suspended", as_of="2026-11-21")
    bring(filing, state="active", as_of="2026-11-22")
    bring(filing, state="suspended", as_of="2026-11-23")
    with filing.context():
        deliver(late)
    (mail,) = mails(filing, f"{AGAIN}: Eligible")
    assert "What would change it" not in mail.text
    assert any(IMPORT in " ".join(mail.text.split()) for mail in mails(filing, f"{AGAIN}: Not eligible"))


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
    assert "What would change it" not in mail.text


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


IMPORT = (
    "The operator: Import that the customer has a subscription in use for a product of this claim, "
    "as soon as they have one (Active)."
)
WAIT = "By itself: “The customer’s time to decline” ends."


def test_the_claims_page_tells_what_would_change_it_until_it_did(
    filing: Filing, assessed: str, partner: Browser
) -> None:
    assert remedy(partner.visit(f"/claims/{assessed}")) == ""
    bring(filing, state="suspended", as_of="2026-11-21")
    assert remedy(partner.visit(f"/claims/{assessed}")) == f"What would change it: {IMPORT}"
    partner.click("See how the eligibility was decided")
    assert remedy(partner.page, "why-eligibility") == f"What would have changed it then: {IMPORT}"
    bring(filing, state="active", as_of="2026-11-22")
    page = partner.visit(f"/claims/{assessed}")
    assert "Eligible" in page.region("claim-money")
    assert remedy(page) == ""


@SQLITE
def test_while_the_customer_may_decline_time_alone_changes_it_or_the_operator_too(
    filing: Filing, partner: Browser
) -> None:
    number = filing.approved()
    assert remedy(partner.visit(f"/claims/{number}")) == f"What would change it: {WAIT}"
    bring(filing, state="suspended", as_of="2026-11-21")
    page = partner.visit(f"/claims/{number}")
    assert remedy(page) == f"What would change it: {IMPORT} {WAIT}"
    assert "See how the eligibility was decided" not in page.links(), "nothing assessed it yet"


@SQLITE
def test_what_was_assessed_before_the_claim_was_approved_again_is_not_told_of_it(
    filing: Filing, assessed: str
) -> None:
    customer = Browser(filing.app)
    customer.visit(f"/consent/{token_of(filing, assessed)}")
    customer.fill_and_submit("Decline")
    filing.dispute(assessed)
    filing.do("send_consent_link", assessed, OWN)
    customer = Browser(filing.app)
    customer.visit(f"/consent/{token_of(filing, assessed)}")
    customer.fill_and_submit("Agree")
    filing.wait(1)
    filing.do("approve_dispute", assessed, REVIEWER2)
    page = filing.browser(OWN).visit(f"/claims/{assessed}")
    assert "In consent window" in page.region("claim-money")
    assert "See how the eligibility was decided" not in page.links()


def approved_for(filing: Filing, activity: str) -> str:
    """Return an approved claim for work that is never paid."""
    number = filing.under_review()
    with filing.context(), transaction() as session:
        session.scalars(select(Claim).where(Claim.number == number)).one().activity = activity
    filing.do("approve", number, REVIEWER)
    return number


@SQLITE
def test_where_nothing_can_change_it_the_page_says_so_and_why(filing: Filing, partner: Browser) -> None:
    number = approved_for(filing, "usage_recognition")
    never = (
        "Nothing can change it for this claim: it follows from “Activity claimed”, "
        "which nobody can change any more."
    )
    page = partner.visit(f"/claims/{number}")
    assert "Not eligible" in page.region("claim-money")
    assert remedy(page) == never
    filing.wait(8)
    filing.do("comment", number, OWN, message="Is it assessed?")
    partner = filing.browser(OWN)  # whose session did not end meanwhile
    page = partner.visit(f"/claims/{number}")
    told = newest(page, "The customer’s time to decline ended")
    assert "Incentive eligibility: Not eligible." in told
    assert "as before" not in told, "it was shown before, and was not assessed before"
    assert remedy(page) == never
    assert remedy(partner.click("See how the eligibility was decided"), "why-eligibility") == never
    (mail,) = mails(filing, "The incentive eligibility of your claim was assessed")
    assert never in " ".join(mail.text.split())


@SQLITE
def test_what_is_known_meanwhile_is_never_told_as_a_remedy_of_another_answer(
    filing: Filing, assessed: str, partner: Browser
) -> None:
    bring(filing, state="suspended", as_of="2026-11-21")
    subscribe(filing, state="active", as_of="2026-11-22")  # not followed yet
    page = partner.visit(f"/claims/{assessed}")
    assert "Not eligible" in page.region("claim-money")
    assert remedy(page) == ""


def test_lists_and_pages_have_one_word_for_it_all_the_way(filing: Filing) -> None:
    def words() -> tuple[str, str, str]:
        partner = filing.browser(OWN)
        content = partner.visit("/claims.csv").content.decode("utf-8-sig")
        row = next(csv.DictReader(io.StringIO(content, newline="")))
        page = partner.visit(f"/claims/{number}")
        (on_page,) = [
            text.removeprefix("Incentive eligibility").strip()
            for text in page.texts("dl.facts > div")
            if text.startswith("Incentive eligibility")
        ]
        return row["Incentive eligibility"], on_page.split("\n")[0], filing.claim(number).eligibility

    number = filing.under_review()
    listed, shown, _ = words()
    assert listed == "Not assessed"
    assert shown.startswith("Not assessed")
    filing.do("approve", number, REVIEWER)
    assert words() == ("In consent window", "In consent window", "in_consent_window")
    filing.wait(8)
    filing.do("comment", number, OWN, message="Is it assessed?")
    assert words() == ("Eligible", "Eligible", "eligible")
    filing.do("disassociate", number, OWN, reason="The project is over.")
    assert words()[0] == "Not assessed"


def test_who_looks_after_the_money_is_told_of_a_change_too(filing: Filing, assessed: str) -> None:
    bring(filing, state="suspended", as_of="2026-11-21")
    assert len(mails(filing, AGAIN, BILLING)) == 1
    assert len(mails(filing, AGAIN)) == 1
    assert mails(filing, AGAIN, GLORIA) == []
    assert mails(filing, AGAIN, "billing@fabrikam.example") == []
    assert mails(filing, "The incentive eligibility of your claim was assessed", BILLING) == []


@SQLITE
def test_a_contact_who_looks_after_the_money_is_told_once(filing: Filing, assessed: str) -> None:
    with filing.context(), transaction() as session:
        session.scalars(select(Claim).where(Claim.number == assessed)).one().own_contact_email = BILLING
    bring(filing, state="suspended", as_of="2026-11-21")
    assert len(mails(filing, AGAIN, BILLING)) == 1


@SQLITE
def test_who_may_not_see_the_claim_is_told_of_no_change(filing: Filing, assessed: str) -> None:
    with filing.context(), transaction() as session:
        person = session.scalars(select(Person).where(Person.email == BILLING)).one()
        munich = factories.location(session, person.organization, name="Munich")
        session.add(PersonLocation(person_id=person.id, location_id=munich.id))
    bring(filing, state="suspended", as_of="2026-11-21")
    assert mails(filing, AGAIN, BILLING) == []
    assert len(mails(filing, AGAIN)) == 1


@SQLITE
def test_they_may_choose_not_to_get_it_or_to_get_it_in_the_digest(filing: Filing, assessed: str) -> None:
    browser = filing.browser(BILLING)
    browser.visit("/profile/mails")
    chosen: dict[str, Any] = {"assess_again/partner": "digest"}
    browser.fill_and_submit("Save", **chosen)
    bring(filing, state="suspended", as_of="2026-11-21")
    assert mails(filing, AGAIN, BILLING) == []
    filing.wait(1)
    with filing.context():
        assert leave_digests(filing.desk) == 1
        filing.desk.committed()
    (digest,) = [
        mail for mail in mails(filing, "", BILLING) if "Incentive eligibility decided again" in mail.text
    ]
    assert assessed in digest.text
