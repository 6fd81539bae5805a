"""Documents looked at inside the portal: by whom they may be, with strict headers, and recorded once."""

from io import BytesIO

from PIL import Image
from sqlalchemy import select

from portal.accounts.queries import actor_of
from portal.audit.model import AuditEvent
from portal.claims.documents import find_document, note_reading
from portal.claims.held_contents import let_go
from portal.claims.model import ClaimDocument
from portal.db import db, transaction
from portal.sample.house import person_by_email
from tests.bare_app import at_once
from tests.browser import Browser
from tests.portal.reviews.filing import REVIEWER, REVIEWER2, Filing

INES, IRA = "incentives@contoso.example", "incentives@fabrikam.example"


def document_of(filing: Filing, number: str) -> ClaimDocument:
    claim = filing.claim(number)
    with filing.context():
        found = db.session.scalars(select(ClaimDocument).where(ClaimDocument.claim_id == claim.id)).one()
        db.session.expunge_all()
        return found


def readings(filing: Filing, number: str) -> list[str]:
    with filing.context():
        where = (AuditEvent.subject == f"claim:{number}", AuditEvent.action == "document_read")
        return list(db.session.scalars(select(AuditEvent.actor_name).where(*where)))


def status(browser: Browser, path: str) -> int:
    return browser.client.get(path).status_code


def test_a_page_is_a_picture_that_can_do_nothing_and_stays_nowhere(filing: Filing) -> None:
    number = filing.submitted()
    answer = filing.browser(INES).client.get(
        f"/claims/{number}/documents/{document_of(filing, number).id}/pages/1"
    )
    assert answer.mimetype == "image/png"
    assert Image.open(BytesIO(answer.data)).width > 1000
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_pages_and_viewer_are_there_for_nobody_else(filing: Filing) -> None:
    number, other = filing.submitted(), filing.submitted("fabrikam", "exchange_online")
    mine, theirs = document_of(filing, number).id, document_of(filing, other).id
    ines, ira = filing.browser(INES), filing.browser(IRA)
    for path in (f"{mine}/pages/1", f"{mine}/view"):
        assert status(ines, f"/claims/{number}/documents/{path}") == 200
        assert status(ira, f"/claims/{number}/documents/{path}") == 404
    assert status(ines, f"/claims/{number}/documents/{theirs}/pages/1") == 404
    assert status(ines, f"/claims/{number}/documents/{mine}/pages/2") == 404
    assert status(ines, f"/claims/{number}/documents/{mine}/pages/0") == 404


def test_a_draft_shows_its_pages_to_its_own_people_alone(filing: Filing) -> None:
    number = filing.draft()
    path = f"/claims/{number}/documents/{document_of(filing, number).id}/pages/1"
    assert status(filing.browser(INES), path) == 200
    assert status(filing.browser(REVIEWER), path) == 404


def test_looking_at_pages_is_one_reading_a_person_and_document(filing: Filing) -> None:
    number = filing.under_review()
    path = f"/claims/{number}/documents/{document_of(filing, number).id}"
    rita = filing.browser(REVIEWER)
    rita.visit(f"/reviews/{number}")
    assert readings(filing, number) == [], "the page alone holds nothing of the document"
    for _ in range(3):
        assert status(rita, f"{path}/pages/1") == 200
    rita.visit(f"{path}/view?as=text")
    assert len(readings(filing, number)) == 1
    filing.browser(REVIEWER2).visit(f"{path}/view?as=text")
    assert len(readings(filing, number)) == 2
    filing.browser(INES).visit(f"{path}/view?as=text")
    assert len(readings(filing, number)) == 2


def test_the_viewer_shows_the_text_and_leads_back_to_the_picture(filing: Filing) -> None:
    number = filing.submitted()
    partner = filing.browser(INES)
    partner.visit(f"/claims/{number}/documents/{document_of(filing, number).id}/view")
    assert partner.page.select("#document-viewer img[width][height][alt]")
    partner.click("Read as text")
    assert "Proof of execution" in partner.page.region("document-viewer")
    partner.click("Show the page")
    assert partner.page.select("#document-viewer img")


def test_a_page_that_cannot_be_drawn_is_a_sentence(filing: Filing) -> None:
    number = filing.submitted()
    document = document_of(filing, number)
    filing.desk.files.path(document.sha256).write_bytes(b"%PDF-1.7 overwritten")
    partner = filing.browser(INES)
    answer = partner.client.get(f"/claims/{number}/documents/{document.id}/pages/1")
    assert (answer.status_code, answer.mimetype) == (422, "text/plain")
    assert answer.text == "This page cannot be shown here. Open the document itself to read it."
    partner.visit(f"/claims/{number}/documents/{document.id}/view")
    assert answer.text in partner.page.region("document-viewer")
    filing.desk.files.path(document.sha256).unlink()
    filing.desk.previews.kept.forget(document.sha256)
    partner.visit(f"/claims/{number}/documents/{document.id}/view")
    assert "not on the disk" in partner.page.region("document-viewer")


def test_drawn_pages_go_with_their_document(filing: Filing) -> None:
    number = filing.draft()
    document = document_of(filing, number)
    partner = filing.browser(INES)
    partner.visit(f"/claims/{number}/documents/{document.id}/view")
    assert filing.desk.previews.kept.get(document.sha256, "1.png")
    with filing.context():
        let_go(filing.desk, [document.sha256])
    assert filing.desk.previews.kept.get(document.sha256, "1.png"), "a claim holds the document"
    with filing.context(), transaction() as session:
        session.delete(session.get_one(ClaimDocument, document.id))
    with filing.context():
        let_go(filing.desk, [document.sha256])
    assert filing.desk.previews.kept.get(document.sha256, "1.png") is None


def test_pages_asked_for_at_the_same_moment_are_one_reading(filing: Filing) -> None:
    number = filing.under_review()
    document_id = document_of(filing, number).id
    with filing.context():
        reviewer = actor_of(person_by_email(db.session(), REVIEWER))

    def look() -> None:
        with filing.context():
            row = find_document(db.session(), filing.desk, number, document_id, reviewer)
            note_reading(filing.desk, row, reviewer, page=True)

    at_once([look] * 8)
    assert len(readings(filing, number)) == 1
