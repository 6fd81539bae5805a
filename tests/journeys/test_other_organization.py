"""What belongs to one organization does not exist for another."""

from datetime import date

from tests.browser import Page
from tests.journeys.scene import FABRIKAM, Scene

UNKNOWN = "CL-2026-999999"
NOUNS = ("edit", "deletion", "submission", "resubmission", "dispute", "disassociation", "rejection-request",
         "comments", "documents", "consent-link")  # fmt: skip
REVIEW_NOUNS = (
    "start",
    "approval",
    "rejection",
    "information-request",
    "dispute-decision",
    "settlement",
    "comments",
)


def test_another_organizations_claim_is_not_there(scene: Scene) -> None:
    owner, stranger = scene.partner(), scene.partner(FABRIKAM)
    draft, number = owner.draft_claim("intune"), owner.file_claim("teams")
    owner.comment(number, "For the reviewer only.")
    page = owner.open_claim(number)
    document = next(href for href in page.links().values() if "/documents/" in href)
    assert owner.open(document).headers["Content-Disposition"].startswith("attachment")
    before = [event.action for event in scene.audit(number)]

    # Nothing of it can be read, by any address.
    for known in (number, draft):
        same_as_unknown(stranger.open_claim(known, status=404), stranger.open_claim(UNKNOWN, status=404))
        stranger.open(f"/claims/{known}/wizard/review", status=404)
    stranger.open(document, status=404)
    stranger.open(document.replace(number, draft), status=404)

    # Nor by the address of a claim of their own.
    own = stranger.draft_claim("teams")
    stranger.open(document.replace(number, own), status=404)

    # Nothing can be done to it; the page that says so is the same as for a claim that never was.
    stranger.open("/claims/new")  # a page with a form, so that the token is right and only ownership refuses
    token = stranger.browser.csrf_token()
    for noun in NOUNS:
        for known in (number, draft):
            sent = {"csrf_token": token, "message": "Hello.", "reason": "Hello.", "justification": "Hello."}
            answer = stranger.browser.ask("POST", f"/claims/{known}/{noun}", **sent)
            unknown = stranger.browser.ask("POST", f"/claims/{UNKNOWN}/{noun}", **sent)
            assert (answer.status_code, unknown.status_code) == (404, 404), noun
    for noun in REVIEW_NOUNS:
        answer = stranger.browser.ask("POST", f"/reviews/{number}/{noun}", csrf_token=token, message="x")
        assert answer.status_code == 403, noun
    assert [event.action for event in scene.audit(number)] == before
    owner.finds(number, "Submitted", "Review team", date(2026, 12, 1))
    owner.finds(draft, "Draft", "Your organization")

    # No row, no hit, no count.
    assert set(stranger.rows()) == {own}
    assert set(owner.rows()) == {draft, number}
    page = stranger.open("/claims")
    assert number not in page.text
    assert "1 claim" in page.region("claims-results")
    searched = stranger.open(f"/claims?q={number}")
    assert searched.texts(".chip") == [f"Remove the filter Search: {number}✕"], "only what was typed"
    assert number not in searched.region("claims-results").replace(f"Search: {number}", "")
    assert number not in stranger.open("/claims?q=reviewer").text
    stranger.open("/reviews", status=403)

    # A reviewer reads what was submitted and no draft.
    reviewer = scene.reviewer()
    reviewer.open_claim(number)
    reviewer.open_claim(draft, status=404)
    assert draft not in reviewer.open("/reviews?show=every").text


def same_as_unknown(page: Page, unknown: Page) -> None:
    """Raise AssertionError where the answer tells a claim that exists from one that does not."""
    assert page.text == unknown.text
    assert {name for name, _ in page.headers} == {name for name, _ in unknown.headers}
