"""The review page: everything a reviewer needs to decide a claim, and every action on it."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.browser import Browser, Page
from tests.documents import pdf
from tests.factories import PASSWORD
from tests.page_checks import text_of
from tests.portal.consent.test_consent import token_of
from tests.portal.languages.made_up import in_brackets
from tests.portal.reviews.filing import REVIEWER, REVIEWER2, Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
REASON = "insufficient_poe"


def review(filing: Filing, number: str, by: str = REVIEWER) -> Browser:
    browser = filing.browser(by)
    browser.visit(f"/reviews/{number}")
    return browser


def disputed(filing: Filing, partner: str = "contoso", product: str = "teams") -> str:
    number = filing.under_review(partner, product)
    filing.do("reject", number, REVIEWER, reason=REASON, message="Page 2 is missing.")
    filing.do("dispute", number, f"global@{partner}.example", justification="Page 2 is in the letter.")
    return number


@SQLITE
def test_the_page_shows_what_was_submitted_and_what_it_must_show(filing: Filing) -> None:
    page = review(filing, filing.submitted()).page
    claim = page.region("review-claim")
    for words in (
        "Contoso",
        "Adatum",
        "adatum.example",
        "Microsoft Teams",
        "Use or consume",
        "Casey Lind, Head of IT",
    ):
        assert words in claim, words
    assert "The letter covers this quarter." in claim
    standing = page.region("review-standing")
    assert "Submitted" in standing
    assert "Unassigned" in standing
    assert "1 December 2026, end of day" in standing
    assert "Thu 26 Nov is a holiday" in standing
    assert "Customer acknowledgment" in page.region("review-elements")
    assert "letter.pdf" in page.region("review-documents")


@SQLITE
def test_a_reviewer_downloads_the_documents_of_a_claim(filing: Filing) -> None:
    browser = review(filing, filing.submitted())
    answer = browser.click("letter.pdf") if "letter.pdf" in browser.page.links() else None
    assert answer is not None
    assert answer.content.startswith(b"%PDF")
    assert "attachment" in answer.headers["Content-Disposition"]


@SQLITE
def test_every_action_is_there_allowed_or_disabled_with_its_reasons(filing: Filing) -> None:
    page = review(filing, filing.submitted()).page
    assert "Start review" in page.buttons()
    assert "Comment" in page.buttons()
    for label in ("Approve", "Reject", "Ask for information", "Approve the dispute", "Deny the dispute"):
        assert f"{label} (disabled)" in page.buttons(), label
    assert {"wrong_status", "nothing_to_settle"} <= page.reasons()
    assert "only in status “Under review”" in page.region("review-actions")


def test_the_reviewers_day_from_start_to_approval(filing: Filing) -> None:
    number = filing.submitted()
    browser = review(filing, number)
    page = browser.fill_and_submit("Start review")
    assert page.path == f"/reviews/{number}"
    assert f"{number} is now in status “Under review”." in page.region("flashes")
    assert "Under review" in page.region("review-standing")
    assert "Reviewer of Program operator" in page.region("review-standing")
    page = browser.fill_and_submit(
        "Ask for information", reason=["missing_or_old_dates"], message="Which day was it signed?"
    )
    assert "Partner action required" in page.region("review-standing")
    assert "Missing or old dates" in page.region("review-requests")
    assert "Which day was it signed?" in page.region("review-comments")
    filing.do("resubmit", number, "global@contoso.example", message="On 2 November.")
    page = browser.visit(f"/reviews/{number}")
    assert "Round 2" in page.region("review-rounds")
    assert "Ended" in page.region("review-requests")
    assert "On 2 November." in page.region("review-comments")
    browser.fill_and_submit("Start review")
    page = browser.fill_and_submit("Approve")
    assert "Approved" in page.region("review-standing")
    assert filing.claim(number).status == "approved"


@SQLITE
def test_a_form_that_lacks_something_comes_back_with_every_reason_and_what_was_typed(filing: Filing) -> None:
    number = filing.under_review()
    browser = review(filing, number)
    page = browser.fill_and_submit("Reject", message="Nothing is signed.", status=422)
    assert "missing_reason" in page.reasons()
    assert page.select("#action-reject textarea")[0].text.strip() == "Nothing is signed."
    assert filing.claim(number).status == "under_review"
    page = browser.fill_and_submit("Reject", reason=[REASON], message="Nothing is signed.")
    assert "Insufficient proof of execution" in page.region("review-standing")


@SQLITE
def test_a_stale_form_is_refused_says_what_changed_and_keeps_what_was_typed(filing: Filing) -> None:
    number = filing.under_review()
    browser = review(filing, number)
    sent = browser.filled("Reject", reason=[REASON], message="Nothing is signed.")
    filing.do("comment", number, "global@contoso.example", message="The signed page is coming.")
    page = browser.send_filled(sent, status=409)
    assert "Comment" in page.region("action-reject-outcome")
    assert page.select("#action-reject textarea")[0].text.strip() == "Nothing is signed."
    assert filing.claim(number).status == "under_review"


@SQLITE
def test_a_form_sent_twice_has_one_effect(filing: Filing) -> None:
    number = filing.under_review()
    browser = review(filing, number)
    sent = browser.filled("Comment", message="Only once.")
    browser.send_filled(sent)
    page = browser.send_filled(sent)
    assert page.region("review-comments").count("Only once.") == 1


@SQLITE
def test_the_two_decisions_on_a_dispute_share_an_address(filing: Filing) -> None:
    denied, approved = disputed(filing), disputed(filing, "fabrikam", "intune")
    browser = review(filing, denied, REVIEWER2)
    browser.fill_and_submit("Deny the dispute", reason=[REASON], message="Page 2 is still missing.")
    assert filing.claim(denied).status == "rejected_final"
    browser.visit(f"/reviews/{approved}")
    browser.fill_and_submit("Approve the dispute")
    assert filing.claim(approved).status == "approved"
    browser.post(f"/reviews/{approved}/dispute-decision", decision="perhaps", status=404)


@SQLITE
def test_a_dispute_of_what_the_customer_declined_is_denied_for_that_reason(filing: Filing) -> None:
    number = filing.approved()
    customer = Browser(filing.app)
    customer.visit(f"/consent/{token_of(filing, number)}")
    customer.fill_and_submit("Decline")
    filing.wait(1)
    filing.do("dispute", number, "global@contoso.example", justification="They misunderstood.")
    browser = review(filing, number, REVIEWER2)
    assert "Choose the earlier reason again where it still stands." in browser.page.region(
        "action-deny_dispute"
    )
    browser.fill_and_submit("Deny the dispute", reason=["customer_declined"], message="They still decline.")
    claim = filing.claim(number)
    assert (claim.status, claim.rejection_reasons) == ("rejected_final", ["customer_declined"])


@SQLITE
def test_a_rejection_cannot_give_a_reason_that_only_others_give(filing: Filing) -> None:
    number = filing.under_review()
    offered = review(filing, number).page.region("action-reject")
    assert "Insufficient proof of execution" in offered
    assert "Customer declined" not in offered


def test_settling_names_every_loser_before_and_ends_them_with_the_winner(filing: Filing) -> None:
    winner, loser = filing.under_review("contoso"), filing.submitted("fabrikam")
    browser = review(filing, winner)
    row = browser.page.rows("#review-neighbors table")[0]
    assert (row["Claim"], row["Organization"], row["Competes"]) == (loser, "Fabrikam", "yes")
    assert "held_by_another" in browser.page.reasons()
    confirm = browser.page.texts("#action-settle .confirm")[0]
    assert f"{loser} of Fabrikam (Submitted, then Rejected)" in confirm
    browser.fill_and_submit("Settle in favor of this claim")
    assert filing.claim(winner).status == "approved"
    assert filing.claim(loser).status == "rejected"
    assert filing.claim(loser).rejection_reasons == ["competing_association"]
    page = browser.visit(f"/reviews/{winner}")
    assert page.rows("#review-neighbors table")[0]["Competes"] == "no"
    assert "nothing_to_settle" in page.reasons()


@SQLITE
def test_a_claim_for_another_product_is_no_neighbor(filing: Filing) -> None:
    number = filing.under_review("contoso", "teams")
    filing.submitted("fabrikam", "intune")
    assert not review(filing, number).page.select("#review-neighbors")


@SQLITE
def test_drafts_unknown_claims_and_unknown_actions_are_not_there(filing: Filing) -> None:
    draft, submitted = filing.draft(), filing.submitted("fabrikam", "intune")
    browser = filing.browser()
    browser.visit(f"/reviews/{draft}", status=404)
    browser.visit("/reviews/CL-2026-999999", status=404)
    browser.visit(f"/reviews/{submitted}")
    browser.post(f"/reviews/{draft}/start", status=404)
    browser.visit(f"/reviews/{submitted}")
    browser.post(f"/reviews/{submitted}/celebration", status=404)
    browser.visit(f"/reviews/{submitted}")
    browser.post(f"/reviews/{submitted}/submission", status=404)  # an action of the partner's page


@SQLITE
@pytest.mark.parametrize("email", ["global@contoso.example", "policy@operator.example"])
def test_who_does_not_review_can_neither_read_nor_act(filing: Filing, email: str) -> None:
    number = filing.submitted()
    browser = Browser(filing.app)
    page: Page = browser.sign_in(email, PASSWORD)
    assert page.status == 200
    browser.visit("/policy")
    browser.post(f"/reviews/{number}/start", status=403)
    browser.visit(f"/reviews/{number}", status=403)
    assert filing.claim(number).status == "submitted"


@SQLITE
def test_an_overdue_claim_says_when_it_was_due(filing: Filing) -> None:
    number = filing.submitted()
    filing.wait(12)
    filing.do("comment", number, REVIEWER, message="On my way.")
    standing = review(filing, number).page.region("review-standing")
    assert "4 calendar days overdue" in standing
    assert "Was due" in standing
    assert "1 December 2026" in standing


@SQLITE
def test_what_another_status_needs_is_folded(filing: Filing) -> None:
    page = review(filing, filing.under_review()).page
    refused, folded = page.select("#review-actions > details")
    assert text_of(refused.cssselect("summary")[0]) == "Refused as the claim stands (1)"
    assert "there is nothing to settle" in text_of(refused)
    assert text_of(folded.cssselect("summary")[0]) == "Not possible in this status (3)"
    labels = [text_of(button) for button in folded.cssselect("button")]
    assert labels == ["Start review", "Approve the dispute", "Deny the dispute"]
    assert "Settle in favor of this claim (disabled)" in page.buttons()


@SQLITE
def test_the_actions_stand_before_the_claim_and_its_timeline(filing: Filing) -> None:
    page = review(filing, filing.submitted()).page
    order = [part.get("id") for part in page.select("main section[id]")]
    places = [order.index(f"review-{part}") for part in ("standing", "actions", "claim", "timeline")]
    assert places == sorted(places)


@SQLITE
def test_what_happened_before_the_submission_is_folded(filing: Filing) -> None:
    number = filing.draft()
    filing.clock.set(filing.clock.now() + timedelta(hours=1))
    filing.do("submit", number, "incentives@contoso.example")
    page = review(filing, number).page
    titles = page.texts("#review-timeline > ol .timeline-head > span:first-child")
    assert titles == ["Submit"]
    assert page.texts("#review-timeline summary") == ["Before the first submission (2)"]
    assert page.texts("#review-timeline details .timeline-head > span:first-child") == [
        "Save changes",
        "Create claim",
    ]


@SQLITE
def test_the_address_of_a_form_that_came_back_leads_to_the_review(filing: Filing) -> None:
    number, draft = filing.under_review(), filing.draft(product="intune")
    browser = review(filing, number)
    page = browser.fill_and_submit("Reject", status=422)
    assert page.path == f"/reviews/{number}/rejection"
    assert [link.get("href") for link in page.select("#action-reject-outcome a")] == [
        "#action-reject-reason",
        "#action-reject-message",
    ]
    assert "has-error" in page.select("#action-reject-reason")[0].get("class")
    assert browser.visit(f"/reviews/{number}/rejection").path == f"/reviews/{number}"
    browser.visit(f"/reviews/{number}/celebration", status=404)
    browser.visit(f"/reviews/{draft}/rejection", status=404)


@SQLITE
def test_a_decision_that_came_too_late_offers_no_button_and_keeps_the_text(filing: Filing) -> None:
    number = filing.under_review()
    browser = review(filing, number)
    sent = browser.filled("Reject", reason=[REASON], message="Nothing is signed.")
    filing.do("approve", number, REVIEWER)
    page = browser.send_filled(sent, status=409)
    assert "Reject (disabled)" in page.buttons()
    assert "Reject" not in page.buttons()
    typed = {field.get("name"): field.text.strip() for field in page.select("#action-reject textarea")}
    assert typed == {"reason": "Insufficient proof of execution", "message": "Nothing is signed."}


@SQLITE
def test_a_comment_is_said_to_be_done(filing: Filing) -> None:
    number = filing.under_review()
    page = review(filing, number).fill_and_submit("Comment", message="On my way.")
    assert page.region("flashes") == f"Your comment was added. {number} stays Under review."


@SQLITE
def test_what_is_said_of_it_is_joined_as_the_language_does(filing: Filing, tmp_path: Path) -> None:
    number = filing.under_review()
    with in_brackets(tmp_path / "translations", "ja"):
        browser = Browser(filing.app, language="ja")
        browser.enter(REVIEWER)
        browser.visit(f"/reviews/{number}")
        page = browser.fill_and_submit("Comment", message="On my way.")
        assert page.region("flashes") == f"Your comment was added.⟦{number} stays Under review.⟧"


def test_what_came_last_is_looked_at_first(filing: Filing) -> None:
    number = filing.under_review()
    filing.do("request_information", number, REVIEWER, reason="missing_all_poe", message="Page 2?")
    partner = filing.browser("incentives@contoso.example")
    partner.visit(f"/claims/{number}")
    partner.fill_and_submit("Resubmit", document=pdf("Page 2", name="second.pdf"))
    browser = review(filing, number)
    assert browser.page.region("document-viewer-title") == "second.pdf"
    browser.fill_and_submit("Start review")
    browser.fill_and_submit("Reject", reason="insufficient_poe", message="Not signed.")
    partner.visit(f"/claims/{number}")
    partner.fill_and_submit("Dispute", document=pdf("The signature", name="third.pdf"))
    page = filing.browser(REVIEWER2).visit(f"/reviews/{number}")
    assert page.region("document-viewer-title") == "third.pdf"
