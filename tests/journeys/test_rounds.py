"""Documents over several rounds: each belongs to the submission that brought it, and none answers twice."""

import pytest

from tests.browser import Page
from tests.form_filling import File
from tests.journeys.scene import Scene
from tests.journeys.steps import letter
from tests.page_checks import text_of

pytestmark = pytest.mark.broad


def rounds_of(page: Page, region: str) -> dict[str, str]:
    """Return what stands beside each document's name, from its round on."""
    found = {}
    for item in page.select(f"#{region} ul.documents > li"):
        facts = text_of(item.cssselect(".document-facts")[0])
        found[text_of(item.cssselect("a")[0])] = facts.partition(", ")[2].rpartition("B, ")[2]
    return found


def test_each_document_is_labeled_with_the_round_that_brought_it(scene: Scene) -> None:
    partner, reviewer = scene.partner(), scene.reviewer()
    first, dropped, uploaded, answered, disputed = (letter() for _ in range(5))
    number = partner.draft_claim("teams", dropped, first)
    partner.open_claim(number)
    partner.browser.fill_and_submit(f"Withdraw {dropped.name}")
    partner.submit(number)
    reviewer.start_review(number)
    reviewer.request_information(number, "missing_or_old_dates", "Which day was it signed?")

    # A document that was uploaded meanwhile waits for the next submission.
    partner.do("Upload", number, document=uploaded)
    beside = rounds_of(reviewer.open_claim(number), "review-documents")
    assert beside[uploaded.name] == "after round 1"

    # Both what was uploaded before and what came with the answer belong to round 2.
    scene.later(hours=1)
    partner.resubmit(number, document=answered, message="On 2 November.")
    page = reviewer.open_claim(number)
    second = {uploaded.name: "round 2", answered.name: "round 2"}
    assert rounds_of(page, "review-documents") == {
        first.name: "round 1",
        **second,
        dropped.name: "never submitted, withdrawn",
    }
    assert rounds_of(page, "review-rounds") == {first.name: "round 1", **second}
    newest = page.select("#review-rounds article")[0]
    assert {text_of(link) for link in newest.cssselect("a")} == {uploaded.name, answered.name}

    # What a dispute brings belongs to no submission.
    reviewer.start_review(number)
    reviewer.reject(number)
    scene.later(hours=1)
    partner.dispute(number, document=disputed)
    assert rounds_of(reviewer.open_claim(number), "review-documents")[disputed.name] == "after round 2"


def test_a_file_that_the_claim_had_before_is_no_answer(scene: Scene) -> None:
    partner, reviewer = scene.partner(), scene.reviewer()
    kept, old = letter(), letter()
    number = partner.file_claim("teams", kept, old)
    reviewer.start_review(number)
    reviewer.request_information(number, "missing_or_old_dates", "The letter is old.")

    # The very file that was withdrawn comes back under another name, with and without a message.
    partner.open_claim(number)
    partner.browser.fill_and_submit(f"Withdraw {old.name}")
    again = File("new-letter.pdf", old.content)
    for message in ("", "Here is a new one."):
        page = partner.resubmit(number, status=422, document=again, message=message)
        assert "document_not_new" in page.reasons()
    page = partner.resubmit(number, status=422, document=kept, message="Here it is.")
    assert "document_not_new" in page.reasons()
    assert "Choose an updated one, or leave it out and write an answer." in page.region("action-resubmit")
    partner.resubmit(number, document=letter())
