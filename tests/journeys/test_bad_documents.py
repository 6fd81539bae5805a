"""Documents that cannot be read are refused with the reason, and nothing that was typed is lost."""

import pytest

from tests.form_filling import File
from tests.journeys.scene import Scene
from tests.journeys.steps import letter

pytestmark = pytest.mark.broad


def broken() -> File:
    """Return a PDF of which the second half never arrived."""
    whole = letter()
    return File("half.pdf", whole.content[: len(whole.content) // 2])


PAGE = File("letter.pdf", b"<!DOCTYPE html><html><script>alert(1)</script></html>")


def test_a_broken_pdf_and_a_web_page_named_pdf_are_refused(scene: Scene) -> None:
    partner, reviewer = scene.partner(), scene.reviewer()
    number = partner.draft_claim()

    # In the wizard: the commentary stays, the good file beside the bad one is not kept by half.
    for bad, why in ((broken(), "half.pdf cannot be used: its end is missing."),
                     (PAGE, "letter.pdf cannot be used: it is a web page (HTML).")):  # fmt: skip
        partner.open(f"/claims/{number}/wizard/evidence")
        page = partner.browser.fill_and_submit(
            "Save and go on", status=422, document=[letter(), bad], commentary="Three letters, one per month."
        )
        assert why in page.region("failure")
        assert bad.name in page.region("failure")
        assert page.field("commentary") == "Three letters, one per month."
        assert len(page.select("#documents .document-name")) == 2
    assert "The letter covers this quarter." in partner.open_claim(number).region("claim-details")

    # In an answer to a request: the message stays.
    partner.submit(number)
    reviewer.start_review(number)
    reviewer.request_information(number, "missing_all_poe", "The letter is of another customer.")
    page = partner.do("Resubmit", number, status=422, document=broken(), message="Here is the right one.")
    assert "its end is missing" in page.region("action-resubmit")
    assert page.select("#action-resubmit textarea")[0].text.strip() == "Here is the right one."
    partner.resubmit(number, document=letter(), message="Here is the right one.")

    # In a dispute: the justification stays, and the one dispute is not used up.
    reviewer.start_review(number)
    reviewer.reject(number)
    page = partner.dispute(number, status=422, document=PAGE, justification="It is all in there.")
    assert "it is a web page (HTML)" in page.region("action-dispute")
    assert page.field("justification") == "It is all in there."
    page = partner.dispute(number, document=letter(), justification="It is all in there.")
    assert page.texts("#claim-standing .badge")[0] == "Dispute"

    # What was refused is nowhere: not on the claim, and not in the store.
    assert "half.pdf" not in page.text
    stored = [path for path in scene.desk.settings.documents_dir.rglob("*") if path.is_file()]
    assert all(b"<!DOCTYPE html>" not in path.read_bytes() for path in stored)
