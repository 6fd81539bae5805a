"""Disputed and denied: Rejected final, which nothing leaves."""

import pytest

from tests.journeys.scene import INES, REVIEWER2, Scene
from tests.journeys.steps import refusals

pytestmark = pytest.mark.broad

NOUNS = ("submission", "resubmission", "dispute", "disassociation", "comments", "start", "approval",
         "rejection", "information-request", "dispute-decision", "settlement", "edit", "deletion",
         "consent-link")  # fmt: skip


def test_a_dispute_is_denied_and_nothing_leaves_rejected_final(scene: Scene) -> None:
    partner, reviewer, other = scene.partner(), scene.reviewer(), scene.reviewer(REVIEWER2)
    number = partner.file_claim()
    reviewer.start_review(number)
    scene.mailbox.new()

    # Rita rejects. Without a reason and an explanation she cannot.
    page = reviewer.do("Reject", number, status=422)
    assert {"missing_reason", "missing_message"} <= page.reasons()
    reviewer.reject(number, "Page 2 is missing.")
    rejected = scene.mails(partner="Your claim was rejected")[INES]
    assert "Page 2 is missing." in rejected.text
    assert "Insufficient proof of execution" in rejected.text
    assert "day 30 is Wed 23 Dec 2026" in rejected.deadline
    page = partner.open_claim(number)
    assert "Page 2 is missing." in page.region("claim-standing")

    # Ines disputes; the other reviewer denies.
    partner.dispute(number, justification="Page 2 is the back of page 1.")
    scene.mails(partner="Your dispute was received", reviewer2="A disputed claim was assigned to you")
    other.deny_dispute(number, "The back of page 1 is empty.")
    denied = scene.mails(partner="Your dispute was denied")[INES]
    assert denied.deadline == ""
    assert "The back of page 1 is empty." in denied.text

    # For good: nobody's page offers anything, every button says why.
    page = partner.finds(number, "Rejected final", "Nobody")
    assert "Closed" in page.texts("#claim-standing .badge")
    assert partner.rows()[number]["Closed"] == "yes"
    actions = {item.get("id").removeprefix("action-") for item in page.select("li.action")}
    assert {"submit", "resubmit", "dispute", "disassociate", "request_rejection", "delete_draft"} <= actions
    # All that is left is to begin another claim, which is no move of this one.
    assert [action for action in sorted(actions) if "wrong_status" not in refusals(page, action)] == ["copy"]
    assert "dispute_already_used" in refusals(page, "dispute")
    for person in (partner, reviewer, other):
        page = person.open_claim(number)
        assert not page.select("li.action:not(#action-copy) form")
        # What the pages do not offer is refused as well when it is sent by hand.
        for noun in NOUNS:
            address = f"/{person.place}/{number}/{noun}"
            answer = person.browser.ask(
                "POST", address, decision="approve", message="Please.", reason="Please."
            )
            assert answer.status_code in (404, 422), noun
    partner.finds(number, "Rejected final", "Nobody")
    assert scene.mails() == {}

    # Not even time does.
    scene.at("2027-06-01 09:00")
    assert scene.sweep() == ()
    partner.finds(number, "Rejected final", "Nobody")
    assert partner.story(number)[-2:] == ["Dispute → Dispute", "Deny the dispute → Rejected final"]
