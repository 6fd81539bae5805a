"""The claim page says what helps while it helps, what to do next, and dates in words."""

import pytest
from sqlalchemy import select

from portal.accounts.model import Location, Organization
from portal.db import db
from tests.browser import Page
from tests.portal.consent.test_consent import token_of
from tests.portal.reviews.filing import REVIEWER, REVIEWER2, Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
INES = "incentives@contoso.example"
HELPS = "Dispute the rejection with a justification or an updated proof of execution."


def page_of(filing: Filing, number: str) -> Page:
    return filing.browser(INES).visit(f"/claims/{number}")


def rejected(filing: Filing) -> str:
    number = filing.under_review()
    filing.do("reject", number, REVIEWER, reason="insufficient_poe", message="Page 2 is missing.")
    return number


def declined(filing: Filing) -> str:
    """Return a claim that was approved, declined by the customer and disputed."""
    number = filing.approved()
    customer = filing.browser()
    customer.visit(f"/consent/{token_of(filing, number)}")
    customer.fill_and_submit("Decline")
    filing.wait(1)
    filing.do("dispute", number, INES, justification="They misunderstood.")
    return number


@SQLITE
def test_a_dispute_is_advised_only_while_it_is_possible(filing: Filing) -> None:
    number = rejected(filing)
    assert HELPS in page_of(filing, number).region("claim-standing")
    filing.do("dispute", number, INES, justification="Page 2 is the back of page 1.")
    standing = page_of(filing, number).region("claim-standing")
    assert "Insufficient proof of execution" in standing
    assert "Dispute the rejection" not in standing
    filing.do("deny_dispute", number, REVIEWER2, reason="insufficient_poe", message="It is empty.")
    assert "Dispute the rejection" not in page_of(filing, number).text


@SQLITE
def test_no_dispute_is_advised_when_its_time_has_ended(filing: Filing) -> None:
    number = rejected(filing)
    filing.wait(40)
    assert "Dispute the rejection" not in page_of(filing, number).region("claim-standing")


@SQLITE
def test_what_helps_without_a_dispute_is_told_when_the_claim_is_closed(filing: Filing) -> None:
    number = filing.submitted()
    filing.do("request_rejection", number, INES, reason="wrong_activity")
    standing = page_of(filing, number).region("claim-standing")
    assert "To associate with the customer after all, create a new claim." in standing


@SQLITE
def test_a_closed_claim_leads_to_a_new_one(filing: Filing) -> None:
    final = rejected(filing)
    filing.do("dispute", final, INES, justification="Page 2 is the back of page 1.")
    filing.do("deny_dispute", final, REVIEWER2, reason="insufficient_poe", message="It is empty.")
    withdrawn = filing.submitted(product="intune")
    filing.do("request_rejection", withdrawn, INES, reason="wrong_activity")
    for number in (final, withdrawn):
        page = page_of(filing, number)
        shown = [link for link in page.select("#claim-actions a") if not list(link.iterancestors("details"))]
        assert [(link.text, link.get("href")) for link in shown] == [("Create a new claim", "/claims/new")]
        assert "There is nothing to do in this status." not in page.text


@SQLITE
def test_a_dispute_of_what_the_customer_declined_says_to_ask_the_customer(filing: Filing) -> None:
    number = declined(filing)
    standing = page_of(filing, number).region("claim-standing")
    assert "the dispute cannot be approved before they agree" in standing
    assert "send them a new link" in standing
    filing.do("send_consent_link", number, INES)
    standing = page_of(filing, number).region("claim-standing")
    assert "The customer was sent a new link and has not agreed yet." in standing
    customer = filing.browser()
    customer.visit(f"/consent/{token_of(filing, number)}")
    customer.fill_and_submit("Agree")
    assert "What to do next" not in page_of(filing, number).region("claim-standing")


@SQLITE
def test_other_disputes_wait_for_no_customer(filing: Filing) -> None:
    number = rejected(filing)
    filing.do("dispute", number, INES, justification="Page 2 is the back of page 1.")
    assert "What to do next" not in page_of(filing, number).region("claim-standing")


@SQLITE
def test_a_request_that_was_answered_asks_for_nothing_any_more(filing: Filing) -> None:
    number = filing.under_review()
    asked = "Upload a proof of execution with current dates."
    filing.do("request_information", number, REVIEWER, reason="missing_or_old_dates", message="Which day?")
    assert asked in page_of(filing, number).region("claim-requests")
    filing.do("resubmit", number, INES, message="On 2 November.")
    assert asked not in page_of(filing, number).region("claim-requests")


@SQLITE
def test_the_timeline_tells_deadlines_in_words(filing: Filing) -> None:
    told = page_of(filing, rejected(filing)).region("claim-timeline")
    assert "Time to dispute: until 23 December 2026, end of day. 30 calendar days: day 1 is" in told
    assert "2026-12-23" not in told


@SQLITE
def test_a_form_saved_unchanged_is_no_part_of_the_story(filing: Filing) -> None:
    number, browser = filing.draft(), filing.browser(INES)
    told = browser.visit(f"/claims/{number}").texts("#claim-timeline .timeline > li")
    filing.do("edit", number, INES, commentary="The letter covers this quarter.")
    assert browser.visit(f"/claims/{number}").texts("#claim-timeline .timeline > li") == told
    filing.do("edit", number, INES, commentary="The letter covers the whole year.")
    assert len(browser.visit(f"/claims/{number}").texts("#claim-timeline .timeline > li")) == len(told) + 1


@SQLITE
def test_the_one_dispute_is_announced_as_the_only_one(filing: Filing) -> None:
    form = page_of(filing, rejected(filing)).region("action-dispute")
    assert "can be disputed only this one time" in form
    assert "Give a justification, an updated proof of execution or both." in form


@SQLITE
def test_a_draft_shows_the_way_on_first_and_what_is_dangerous_last(filing: Filing) -> None:
    complete = page_of(filing, filing.draft())
    actions = [
        text.split(" (")[0] for text in complete.texts("#claim-actions > .actions-list > li > :first-child")
    ]
    assert actions[0].startswith("Submit")
    assert actions[-1].startswith("Delete draft")
    empty = filing.browser(INES)
    empty.visit("/claims/new")
    with filing.context():
        place = db.session.scalars(
            select(Location.id).join(Organization).where(Organization.name == "Contoso")
        ).one()
    number = empty.fill_and_submit("Save and go on", location=str(place)).path.split("/")[2]
    page = page_of(filing, number)
    first, *others = page.select("#claim-actions > .actions-list > li")
    assert page.texts("#claim-actions a.button-primary")[0] == "Go on step by step"
    assert "button-primary" in first.cssselect("a")[0].get("class")
    assert [row.get("id") for row in others] == ["action-submit", "action-delete_draft"]
