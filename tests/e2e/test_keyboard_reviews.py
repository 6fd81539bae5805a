"""What a reviewer does besides deciding, by keyboard alone, at 200 % zoom."""

import pytest
from playwright.sync_api import expect

from portal.claims.acting import act
from portal.claims.answers import Answers, Upload
from tests.documents import docx, pdf
from tests.e2e.conftest import INCENTIVES, Hands
from tests.e2e.keyboard import WITH_AND_WITHOUT, Keyboard
from tests.portal.reviews.filing import REVIEWER, Filing

pytestmark = [
    pytest.mark.browser,
    pytest.mark.pages,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    WITH_AND_WITHOUT,
]


def with_documents(filing: Filing) -> str:
    """Return the number of a claim under review with a letter, a PDF of three pages, and a Word document."""
    number = filing.draft()
    long = pdf("One", "Two", "Three", name="long.pdf")
    word = docx("In words.", name="words.docx")
    uploads = tuple(Upload(file.name, file.content) for file in (long, word))
    with filing.context():
        act(filing.desk, "edit", number, filing.actors[INCENTIVES], Answers({}, uploads))
    filing.do("submit", number, INCENTIVES)
    filing.do("start_review", number, REVIEWER)
    return number


def test_a_deadline_is_extended_and_the_claim_handed_over(
    filing: Filing, hands: Hands, scripts: bool
) -> None:
    number = filing.under_review()
    keys = hands(REVIEWER, f"/reviews/{number}")
    page = keys.page
    extend = page.locator("#action-extend")
    keys.unfold(extend)
    keys.write_day(extend.locator("[name=until]"), "12312026", "2026-12-31")
    keys.write(extend.locator("[name=message]"), "Holidays.")
    keys.swap(extend.get_by_role("button", name="Preview the mail"))
    keys.jump(page.locator("#review-mail").get_by_role("link", name="Back to the form"), "action-extend")
    keys.follow(extend.get_by_role("button", name="Extend the deadline"))
    expect(page.locator("#review-standing")).to_contain_text("31 December 2026")

    hand_over = page.locator("#action-reassign")
    keys.unfold(hand_over)
    keys.choose_first(hand_over.locator("[name=reviewer]"))
    keys.write(hand_over.locator("[name=message]"), "On leave.")
    keys.follow(hand_over.get_by_role("button", name="Hand over to another reviewer"))
    expect(page.locator("#review-standing")).to_contain_text("Reviewer2")


def test_a_sentence_is_suggested_and_the_mail_looked_at_before(
    filing: Filing, hands: Hands, scripts: bool
) -> None:
    number = filing.under_review()
    keys = hands(REVIEWER, f"/reviews/{number}")
    form = keys.page.locator("#action-request_information")
    keys.unfold(form)
    keys.tick(form.get_by_label("Missing or old dates"))
    if scripts:
        keys.open(form.get_by_role("button", name="Insert").first)
        expect(form.locator("textarea")).to_be_focused()
        expect(form.locator("textarea")).not_to_have_value("")
    else:
        keys.write(form.locator("textarea"), "Which day?")
    keys.swap(form.get_by_role("button", name="Preview the mail"))
    expect(keys.page.locator("#review-mail")).to_contain_text("would send 1 mail")
    keys.follow(form.get_by_role("button", name="Ask for information"))
    assert filing.claim(number).status == "partner_action_required"


def turn_pages(keys: Keyboard) -> None:
    viewer = keys.page.locator("#document-viewer")
    keys.swap(viewer.get_by_role("link", name="long.pdf"))
    keys.swap(viewer.get_by_role("link", name="Next page"))
    keys.swap(viewer.get_by_role("link", name="Next page"))
    expect(viewer.locator("[aria-current=true]", has_text="3")).to_be_visible()
    keys.swap(viewer.get_by_role("link", name="Page 1"))
    keys.swap(viewer.get_by_role("link", name="Read as text"))
    keys.go_to(viewer.get_by_role("region"))
    keys.swap(viewer.get_by_role("link", name="words.docx"))
    expect(viewer).to_contain_text("In words.")


def test_documents_are_read_beside_a_review(filing: Filing, hands: Hands) -> None:
    number = with_documents(filing)
    keys = hands(REVIEWER, f"/reviews/{number}")
    turn_pages(keys)
    for part in ("review-actions", "review-elements", "review-document"):
        keys.jump(keys.page.locator(f".review-jumps [href='#{part}']"), part)


def test_why_something_was_decided_is_read(filing: Filing, hands: Hands) -> None:
    number = filing.under_review()
    keys = hands(REVIEWER, f"/reviews/{number}")
    keys.follow(keys.page.locator("#review-timeline").get_by_role("link", name="Why: Start review"))
    for summary in keys.page.locator("main summary").all():
        if summary.is_visible():
            keys.open(summary)


def test_the_queue_is_searched_and_worked_through(filing: Filing, hands: Hands, scripts: bool) -> None:
    numbers = [filing.submitted(), filing.submitted("fabrikam", "intune")]
    keys = hands(REVIEWER, "/reviews")
    page = keys.page
    keys.follow(page.get_by_role("link", name="Unassigned"))
    keys.write(page.locator("#q"), "fabrikam")
    if not scripts:
        keys.follow(page.get_by_role("button", name="Search", exact=True))
    expect(page.locator("[data-row-link]")).to_have_text([numbers[1]])
    keys.follow(page.locator("[data-row-link]"))
    keys.follow(page.get_by_role("link", name="Next claim"))
    assert page.url.endswith(numbers[0])
