"""Who opened a document of a claim: the other side leaves a trace, the claim's own people do not."""

from sqlalchemy import select

from portal.audit.model import AuditEvent
from portal.db import db
from portal.work.auditing import verify_audit
from tests.portal.reviews.filing import REVIEWER, Filing

INES = "incentives@contoso.example"


def readings(filing: Filing, number: str) -> list[tuple[str, list[str]]]:
    with filing.context():
        where = (AuditEvent.subject == f"claim:{number}", AuditEvent.action == "document_read")
        events = db.session.scalars(select(AuditEvent).where(*where)).all()
        return [(event.actor_name, event.details["documents"]) for event in events]


def test_every_reading_by_the_other_side_is_recorded_and_shown(filing: Filing) -> None:
    number = filing.under_review()
    reviewer, partner = filing.browser(REVIEWER), filing.browser(INES)
    name = "letter.pdf"
    partner.visit(f"/claims/{number}")
    partner.click(name)
    assert readings(filing, number) == []

    reviewer.visit(f"/reviews/{number}")
    reviewer.click(name)
    reviewer.visit(f"/reviews/{number}")
    reviewer.click(name)
    assert readings(filing, number) == [("Reviewer of Program operator", [name])] * 2
    shown = partner.visit(f"/claims/{number}").region("claim-timeline")
    assert "A document was opened" in shown
    assert "Reviewer of" not in shown
    with filing.context():
        assert verify_audit(filing.desk).findings == ()


def test_a_form_sent_again_is_known_although_documents_were_opened_in_between(filing: Filing) -> None:
    number = filing.under_review()
    partner, reviewer = filing.browser(INES), filing.browser(REVIEWER)
    partner.visit(f"/claims/{number}")
    filled = partner.filled("#action-comment", message="Please look at page 2.")
    partner.send_filled(filled)
    for _ in range(3):
        reviewer.visit(f"/reviews/{number}")
        reviewer.click("letter.pdf")
    partner.send_filled(filled)
    with filing.context():
        where = (AuditEvent.subject == f"claim:{number}", AuditEvent.action == "comment")
        assert len(db.session.scalars(select(AuditEvent).where(*where)).all()) == 1


def test_a_reading_is_evidence_and_no_notice(filing: Filing) -> None:
    number = filing.under_review()
    reviewer, partner = filing.browser(REVIEWER), filing.browser(INES)
    partner.visit("/notices")
    partner.fill_and_submit("Mark all as read")
    reviewer.visit(f"/reviews/{number}")
    reviewer.click("letter.pdf")
    assert readings(filing, number)
    assert number not in partner.visit("/notices").text
