"""The lives of claims by keyboard alone, at 200 % zoom, each from where it leaves the main job."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.claims.consent_links import link_in_force, token_for
from portal.db import db
from tests.documents import pdf
from tests.e2e.conftest import INCENTIVES, Hands
from tests.e2e.keyboard import WITH_AND_WITHOUT, Keyboard
from tests.portal.reviews.filing import REVIEWER, REVIEWER2, Filing

pytestmark = [
    pytest.mark.browser,
    pytest.mark.pages,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    WITH_AND_WITHOUT,
]
FABRIKAM = "incentives@fabrikam.example"


def status_of(page: Page) -> str:
    return page.locator("main .badge").first.inner_text()


def letter_on_disk(folder: Path, words: str) -> Path:
    path = folder / f"{words.casefold().replace(' ', '-')}.pdf"
    path.write_bytes(pdf(words).content)
    return path


def link_of(filing: Filing, number: str) -> str:
    """Return the address of the link that the customer was sent last."""
    claim = filing.claim(number)
    with filing.context():
        link = link_in_force(db.session(), claim.id)
        assert link is not None
        return f"/consent/{token_for(filing.desk.secret, link)}"


def rejected(filing: Filing) -> str:
    number = filing.under_review()
    filing.do("reject", number, REVIEWER, reason="insufficient_poe", message="Page 2 is missing.")
    return number


def disputed(filing: Filing) -> str:
    number = rejected(filing)
    filing.do("dispute", number, INCENTIVES, justification="Page 2 is the back of page 1.")
    return number


def test_a_rejection_is_disputed_with_a_new_proof_and_the_dispute_approved(
    filing: Filing, hands: Hands, scripts: bool, tmp_path: Path
) -> None:
    number = filing.under_review()
    reviewer = hands(REVIEWER, f"/reviews/{number}")
    reviewer.act("reject", "Reject", ticked=["Insufficient proof of execution"], message="No page 2.")
    assert status_of(reviewer.page) == "Rejected"

    partner = hands(INCENTIVES, f"/claims/{number}")
    form = partner.page.locator("#action-dispute")
    # Whoever gives nothing is led to what is missing.
    partner.act("dispute", "Dispute")
    if scripts:
        partner.looks()
    partner.open(form.get_by_role("alert").get_by_role("link").first)
    partner.write(form.locator("textarea"), "It is the back.")
    partner.choose_files(form.locator("input[type=file]"), [letter_on_disk(tmp_path, "Both pages")])
    partner.follow(form.get_by_role("button", name="Dispute"))
    assert status_of(partner.page) == "Dispute"

    other = hands(REVIEWER2, f"/reviews/{number}")
    other.act("approve_dispute", "Approve the dispute")
    assert status_of(other.page) == "Approved"


def test_a_dispute_is_denied(filing: Filing, hands: Hands) -> None:
    number = disputed(filing)
    other = hands(REVIEWER2, f"/reviews/{number}")
    ticked = ["Insufficient proof of execution"]
    other.act("deny_dispute", "Deny the dispute", ticked=ticked, message="The back is empty.")
    assert status_of(other.page) == "Rejected final"


def test_a_customer_declines_and_agrees_by_the_new_link(filing: Filing, hands: Hands) -> None:
    number = filing.approved()
    customer = hands("", link_of(filing, number))
    customer.unfold(customer.page.locator(".consent-answer", has_text="Decline"))
    customer.follow(customer.page.locator("#consent-decline button"))
    assert "Your answer: Decline" in customer.page.locator("main").inner_text()

    partner = hands(INCENTIVES, f"/claims/{number}")
    partner.act("dispute", "Dispute", justification="They mixed us up.")
    partner.act("send_consent_link", "Send the customer a new link")
    customer.page.goto(link_of(filing, number))
    customer.follow(customer.page.locator("#consent-agree button"))
    assert "Your answer: Agree" in customer.page.locator("main").inner_text()


def test_of_competing_claims_one_is_settled_for(filing: Filing, hands: Hands) -> None:
    winner, loser = filing.under_review(), filing.under_review("fabrikam")
    reviewer = hands(REVIEWER, f"/reviews/{winner}")
    reviewer.follow(reviewer.page.locator("#review-neighbors").get_by_role("link", name=loser))
    reviewer.follow(reviewer.page.locator("#review-neighbors").get_by_role("link", name=winner))
    reviewer.act("settle", "Settle in favor of this claim")
    assert status_of(reviewer.page) == "Approved"
    assert filing.claim(loser).status == "rejected"


def test_a_customer_is_disassociated_and_claimed_anew(filing: Filing, hands: Hands) -> None:
    number = filing.approved()
    partner = hands(INCENTIVES, f"/claims/{number}")
    partner.act("disassociate", "Disassociate customer", reason="The project ended.")
    assert status_of(partner.page) == "Rejected final"
    partner.act("copy", "New claim from this one")
    assert partner.page.url.endswith("/wizard/evidence")
    assert number not in partner.page.url


def test_a_rejection_is_requested(filing: Filing, hands: Hands) -> None:
    number = filing.submitted()
    partner = hands(INCENTIVES, f"/claims/{number}")
    partner.act("request_rejection", "Request rejection", ticked=["Wrong activity"])
    assert status_of(partner.page) == "Rejected"


def test_a_draft_is_deleted(filing: Filing, hands: Hands) -> None:
    number = filing.draft()
    partner = hands(INCENTIVES, f"/claims/{number}")
    partner.act("delete_draft", "Delete draft")
    assert partner.page.url.endswith("/claims")
    assert number not in partner.page.locator("#claims-results").inner_text()


def test_comments_are_written_and_answered(filing: Filing, hands: Hands) -> None:
    number = filing.under_review()
    reviewer = hands(REVIEWER, f"/reviews/{number}")
    comment(reviewer, "Which month?")
    partner = hands(INCENTIVES, f"/claims/{number}")
    answer(partner, "May.")
    comment(partner, "It went well.")
    reviewer.page.goto(f"/reviews/{number}")
    expect(reviewer.page.locator(".comment", has_text="May.")).to_be_visible()
    answer(reviewer, "Thank you.")


def comment(keys: Keyboard, text: str) -> None:
    form = keys.page.locator("form#action-comment")
    keys.write(form.locator("textarea"), text)
    keys.follow(form.get_by_role("button", name="Comment"))
    expect(keys.page.locator(".comment", has_text=text)).to_be_visible()


def answer(keys: Keyboard, text: str) -> None:
    thread = keys.page.locator(".thread").first
    keys.unfold(thread)
    keys.write(thread.locator("textarea"), text)
    keys.follow(thread.get_by_role("button", name="Reply"))
    expect(keys.page.locator(".answer .comment", has_text=text)).to_be_visible()


def test_what_the_reviewer_asks_for_is_changed_and_sent(
    filing: Filing, hands: Hands, scripts: bool, tmp_path: Path
) -> None:
    number = filing.under_review()
    filing.do("request_information", number, REVIEWER, reason="missing_all_poe", message="Where is it?")
    partner = hands(INCENTIVES, f"/claims/{number}")
    page = partner.page
    document = page.locator("#claim-upload input[type=file]")
    partner.choose_files(document, [letter_on_disk(tmp_path, "The annex")])
    if not scripts:
        partner.follow(page.locator("#claim-upload button[type=submit]"))
    else:
        expect(page.locator(".upload.is-added")).to_have_count(1)
        partner.looks()
    assert page.locator("[data-uploaded] .document-name").all_inner_texts() == ["letter.pdf", "the-annex.pdf"]
    first = page.locator("#claim-documents li", has_text="letter.pdf")
    partner.unfold(first)
    partner.follow(first.get_by_role("button", name="Withdraw letter.pdf"))
    expect(page.locator("#claim-documents")).to_contain_text("withdrawn documents (1)")
    partner.unfold(page.locator("#claim-details"))
    partner.write(page.locator("#claim-edit [name=own_contact_name]"), "Ina Morel")
    partner.follow(page.locator("#claim-edit").get_by_role("button", name="Save changes"))
    partner.act("resubmit", "Resubmit", message="Both are mended.")
    assert status_of(page) == "Submitted"
