"""What scripts do on a claim's page: drafts that survive, and news that disturb nobody who types or reads."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.documents import pdf
from tests.e2e.conftest import Window
from tests.factories import PASSWORD
from tests.portal.reviews.filing import REVIEWER, Filing

pytestmark = [
    pytest.mark.browser,
    pytest.mark.pages,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
PARTNER = "incentives@contoso.example"
KEPT = "Your text from before is back."


@pytest.fixture
def page(window: Window) -> Page:
    return window(PARTNER, 1280)


def ask_for_news(page: Page) -> None:
    """Let the page ask now, as it does when somebody comes back to it, and wait for the answer."""
    with page.expect_response(lambda response: "/news" in response.url):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def comment_of(page: Page) -> str:
    return page.locator("#action-comment textarea").input_value()


def test_a_draft_survives_a_reload_and_goes_when_it_was_sent(filing: Filing, page: Page) -> None:
    number = filing.under_review()
    filing.do("comment", number, REVIEWER, message="Which month?")
    page.goto(f"/claims/{number}")
    page.locator("#action-comment textarea").fill("We began\nin May.")
    page.get_by_text("Reply to Review team").click()
    reply = page.locator(".thread textarea").first
    reply.fill("May.")
    page.reload()
    assert comment_of(page) == "We began\nin May."
    expect(reply).to_be_visible()
    assert reply.input_value() == "May."
    expect(page.get_by_text(KEPT)).to_have_count(2)
    page.get_by_role("button", name="Comment").click()
    expect(page.locator(".comment", has_text="We began")).to_be_visible()
    assert comment_of(page) == ""
    assert reply.input_value() == "May."
    page.reload()
    assert comment_of(page) == ""


def sign_in(page: Page, email: str = PARTNER) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()


def test_a_draft_outlives_a_session_and_ends_with_signing_out(filing: Filing, page: Page) -> None:
    number = filing.under_review()
    page.goto(f"/claims/{number}")
    page.locator("#action-comment textarea").fill("Half a thought")
    page.context.clear_cookies()  # the session ended while somebody typed
    page.get_by_role("button", name="Comment").click()
    page.wait_for_url("**/sign-in**")
    sign_in(page)
    page.goto(f"/claims/{number}")
    assert comment_of(page) == "Half a thought"
    with page.expect_navigation():
        page.get_by_role("button", name="Sign out").click()
    page.goto("/sign-in")
    sign_in(page)
    page.goto(f"/claims/{number}")
    assert comment_of(page) == ""


def test_news_come_without_a_reload_and_leave_things_as_they_are(filing: Filing, page: Page) -> None:
    number = filing.submitted()
    page.goto(f"/claims/{number}")
    page.locator("#claim-standing summary", has_text="How this is counted").first.click()
    filing.do("start_review", number, REVIEWER)
    filing.do("comment", number, REVIEWER, message="Good evening.")
    ask_for_news(page)
    expect(page.locator("#claim-comments")).to_contain_text("Good evening.")
    expect(page.locator("#claim-standing")).to_contain_text("Under review")
    expect(page.locator("#claim-requests")).to_be_hidden()
    expect(page.locator("#claim-timeline")).to_contain_text("Start review")
    expect(page.locator("#claim-standing details").first).to_have_attribute("open", "")
    expect(page.locator("#announcer")).to_contain_text("Review team: Start review.")
    expect(page.locator("[data-held]")).to_be_hidden()
    filing.do("request_information", number, REVIEWER, reason="missing_products", message="Which of them?")
    ask_for_news(page)
    expect(page.locator("#claim-requests")).to_contain_text("Which of them?")
    expect(page.locator("#claim-edit")).to_be_visible()
    page.locator("#action-comment textarea").fill("Good morning.")
    page.get_by_role("button", name="Comment").click()
    expect(page.locator(".comment", has_text="Good morning.")).to_be_visible()


def test_news_take_nothing_from_who_types(filing: Filing, page: Page) -> None:
    number = filing.submitted()
    page.goto(f"/claims/{number}")
    text = page.locator("#action-comment textarea")
    text.fill("I am typing")
    filing.do("start_review", number, REVIEWER)
    filing.do("comment", number, REVIEWER, message="Good evening.")
    ask_for_news(page)
    expect(page.locator("[data-held]")).to_contain_text("Review team: Comment.")
    expect(page.locator("#claim-comments")).to_contain_text("Good evening.")
    expect(text).to_be_focused()
    assert text.input_value() == "I am typing"
    ask_for_news(page)
    expect(page.locator("[data-held]")).to_be_visible()
    page.get_by_role("button", name="Comment").click()
    expect(page.locator("#action-comment-outcome")).to_contain_text("The claim was changed in between")
    assert comment_of(page) == "I am typing"


def test_news_keep_what_is_read_where_it_is(filing: Filing, page: Page) -> None:
    number = filing.under_review()
    for nth in range(12):
        filing.do("comment", number, REVIEWER, message=f"Remark {nth}")
    page.goto(f"/claims/{number}")
    why = page.locator("#claim-timeline a", has_text="Why?").last
    why.focus()
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    was = why.bounding_box()
    filing.do("comment", number, REVIEWER, message="One more")
    ask_for_news(page)
    expect(page.locator("#claim-timeline")).to_contain_text("One more")
    expect(page.locator("#claim-timeline a:focus")).to_have_text("Why?")  # it comes after what was exchanged
    now = page.locator("#claim-timeline a", has_text="Why?").last.bounding_box()
    assert was is not None
    assert now is not None
    assert abs(was["y"] - now["y"]) < 2


@pytest.mark.parametrize(
    ("focused", "read"),
    [
        ("#claim-standing summary", "#claim-timeline li:last-child"),
        ("#claim-documents .document-name", "#claim-standing h2"),
    ],
    ids=["at the end", "at the top"],
)
def test_news_do_not_scroll_to_a_focus_that_nobody_looks_at(
    filing: Filing, page: Page, focused: str, read: str
) -> None:
    number = filing.under_review()
    for nth in range(6):
        filing.do("comment", number, REVIEWER, message=f"Remark {nth}")
    page.set_viewport_size({"width": 1280, "height": 400})
    page.goto(f"/claims/{number}")
    page.locator(focused).first.focus()
    page.locator(read).last.evaluate("element => element.scrollIntoView({ block: 'center' })")
    expect(page.locator(focused).first).not_to_be_in_viewport()
    was = page.locator(read).last.bounding_box()
    filing.do("comment", number, REVIEWER, message="One more")
    ask_for_news(page)
    expect(page.locator("#claim-timeline")).to_contain_text("One more")
    expect(page.locator(focused).first).to_be_focused()
    expect(page.locator(".htmx-settling")).to_have_count(0)
    now = page.locator(read).last.bounding_box()
    assert was is not None
    assert now is not None
    assert abs(was["y"] - now["y"]) < 2


def test_nobody_asks_for_a_hidden_page_and_whoever_signed_out_is_led_to_sign_in(
    filing: Filing, page: Page
) -> None:
    number = filing.submitted()
    page.goto(f"/claims/{number}")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.evaluate("new Promise(requestAnimationFrame)")
    assert [url for url in asked if "/news" in url] == []
    page.evaluate("Object.defineProperty(document, 'hidden', { value: false, configurable: true })")
    page.context.clear_cookies()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_url("**/sign-in?next=**")


def test_on_paper_a_claim_is_one_document_without_anything_to_press(filing: Filing, page: Page) -> None:
    number = filing.under_review()
    filing.do("request_information", number, REVIEWER, reason="missing_products", message="Which of them?")
    page.goto(f"/claims/{number}")
    page.emulate_media(media="print")
    for part in ("standing", "details", "documents", "requests", "comments", "timeline"):
        expect(page.locator(f"#claim-{part} h2")).to_be_visible()
    expect(page.locator("#claim-standing")).to_contain_text(
        filing.desk.policies.in_force().statuses[filing.claim(number).status].label
    )
    expect(page.get_by_text(f"{number} as of")).to_be_visible()
    pressed = page.locator("main").locator("button, .button, input, textarea, select, .timeline-why")
    assert [one for one in pressed.all() if one.is_visible()] == []


def test_what_is_typed_in_one_form_survives_another_that_is_sent(filing: Filing, page: Page) -> None:
    number = filing.under_review()
    filing.do("request_information", number, REVIEWER, reason="missing_all_poe", message="Where is it?")
    page.goto(f"/claims/{number}")
    page.locator("#action-resubmit summary").click()
    page.locator("#action-resubmit textarea").fill("It is attached.")
    page.locator("#action-comment textarea").fill("One moment.")
    page.get_by_role("button", name="Comment").click()
    expect(page.locator(".comment", has_text="One moment.")).to_be_visible()
    expect(page.locator("#action-resubmit textarea")).to_be_visible()
    assert page.locator("#action-resubmit textarea").input_value() == "It is attached."
    page.locator("#action-resubmit button", has_text="Resubmit").click()
    expect(page.locator("#claim-standing")).to_contain_text("Submitted")
    # The same form, asked for again, does not bring back what was sent the last time.
    filing.do("start_review", number, REVIEWER)
    filing.do("request_information", number, REVIEWER, reason="missing_all_poe", message="And page 2?")
    page.reload()
    page.locator("#action-resubmit summary").click()
    assert page.locator("#action-resubmit textarea").input_value() == ""


def test_a_point_is_not_open_any_more_when_its_document_was_added(filing: Filing, page: Page) -> None:
    number = filing.under_review()
    filing.do("request_information", number, REVIEWER, reason="missing_all_poe", message="Where is it?")
    page.goto(f"/claims/{number}")
    expect(page.locator("#claim-requests")).to_contain_text("1 of 1 point is open.")
    letter = pdf("The letter", name="letter2.pdf")
    page.locator("#claim-upload input[type=file]").set_input_files(
        {"name": letter.name, "mimeType": "application/pdf", "buffer": letter.content}
    )
    expect(page.locator("#claim-requests")).to_contain_text("Something was changed for every point.")


def test_a_text_for_another_claim_that_did_not_arrive_is_kept(filing: Filing, page: Page) -> None:
    numbers = [filing.under_review(product=product) for product in ("teams", "exchange_online")]
    page.goto(f"/claims/{numbers[0]}")
    page.locator("#action-comment textarea").fill("It never arrived.")
    page.route("**/comments", lambda route: route.abort())
    page.get_by_role("button", name="Comment").click()
    page.wait_for_timeout(300)
    page.unroute("**/comments")
    page.goto(f"/claims/{numbers[1]}")
    page.locator("#action-comment textarea").fill("This one does.")
    page.get_by_role("button", name="Comment").click()
    expect(page.locator(".comment", has_text="This one does.")).to_be_visible()
    page.goto(f"/claims/{numbers[0]}")
    assert comment_of(page) == "It never arrived."


def test_drafts_of_whoever_was_here_before_are_not_left_to_the_next(filing: Filing, page: Page) -> None:
    number = filing.under_review()
    page.goto(f"/claims/{number}")
    page.locator("#action-comment textarea").fill("Half a thought")
    page.context.clear_cookies()
    page.goto("/sign-in")
    sign_in(page, "global@contoso.example")
    kept = "Object.keys(sessionStorage).filter((key) => key.startsWith('draft:'))"
    assert page.evaluate(kept) == []


def test_what_is_pressed_while_a_file_is_on_its_way_is_done_once_it_is_there(
    filing: Filing, page: Page
) -> None:
    number = filing.draft()
    page.goto(f"/claims/{number}")
    held: list[Route] = []
    page.route("**/documents", lambda route: held.append(route), times=1)
    letter = pdf("The annex", name="annex.pdf")
    page.locator("#upload-document").set_input_files(
        {"name": letter.name, "mimeType": "application/pdf", "buffer": letter.content}
    )
    expect(page.locator(".upload")).to_have_count(1)
    page.get_by_text("Replace or withdraw").click()
    page.get_by_role("button", name="Withdraw letter.pdf").press("Enter", no_wait_after=True)
    expect(page.get_by_role("button", name="Withdraw letter.pdf")).to_be_focused()
    with page.expect_navigation():
        held[0].continue_()
    assert page.locator("[data-uploaded] .document-name").all_inner_texts() == ["annex.pdf"]


def test_files_can_be_added_where_they_are_dropped_after_news_came(filing: Filing, page: Page) -> None:
    number = filing.under_review()
    filing.do("request_information", number, REVIEWER, reason="missing_all_poe", message="Where is it?")
    page.goto(f"/claims/{number}")
    filing.do("comment", number, REVIEWER, message="And the annex, please.")
    ask_for_news(page)
    expect(page.locator("#claim-comments")).to_contain_text("And the annex, please.")
    letter = pdf("The annex", name="annex.pdf")
    page.locator("#claim-upload input[type=file]").set_input_files(
        {"name": letter.name, "mimeType": "application/pdf", "buffer": letter.content}
    )
    expect(page.locator("[data-uploaded]")).to_contain_text("annex.pdf")
    page.get_by_role("button", name="Comment").first.wait_for()
    page.locator("#action-comment textarea").fill("It is there.")
    page.get_by_role("button", name="Comment").click()
    expect(page.locator(".comment", has_text="It is there.")).to_be_visible()


def test_a_file_chosen_to_replace_another_is_still_chosen_after_an_upload(filing: Filing, page: Page) -> None:
    number = filing.under_review()
    filing.do("request_information", number, REVIEWER, reason="missing_all_poe", message="Where is it?")
    page.goto(f"/claims/{number}")
    chosen = pdf("The new letter", name="new.pdf")
    page.locator("[data-uploaded] summary").click()
    page.locator("[data-uploaded] input[type=file]").set_input_files(
        {"name": chosen.name, "mimeType": "application/pdf", "buffer": chosen.content}
    )
    annex = pdf("The annex", name="annex.pdf")
    page.locator("#claim-upload input[type=file]").set_input_files(
        {"name": annex.name, "mimeType": "application/pdf", "buffer": annex.content}
    )
    expect(page.locator("[data-uploaded]")).to_contain_text("annex.pdf")
    first = page.locator("[data-uploaded] input[type=file]").first
    assert first.evaluate("input => input.files[0]?.name") == "new.pdf"
    page.get_by_role("button", name="Replace letter.pdf").click()
    expect(page.locator("[data-uploaded] .document-name")).to_have_text(["annex.pdf", "new.pdf"])
