"""A reviewer's day: the queue, what is overdue, and one claim from its start to its end."""

from datetime import date

import pytest

from tests.journeys.scene import INES, REVIEWER, Scene
from tests.journeys.steps import fact, letter

pytestmark = pytest.mark.broad

OVERDUE = "A claim has waited too long for its review"


def test_a_reviewer_works_through_the_queue(scene: Scene) -> None:
    partner, reviewer = scene.partner(), scene.reviewer()
    early = partner.file_claim("teams")
    scene.at("2026-11-24 15:00")
    late = partner.file_claim("intune")
    scene.at("2026-11-25 15:00")
    started = partner.file_claim("exchange_online")
    reviewer.start_review(started)
    draft = partner.draft_claim("sharepoint_online")
    scene.mailbox.new()

    # The earliest deadline comes first. Drafts are not there.
    page = reviewer.open("/reviews")
    days = [(early, "1 December 2026"), (late, "2 December 2026"), (started, "16 December 2026")]
    assert [row["Claim"] for row in page.rows()] == [number for number, _ in days]
    for row, (_, day) in zip(page.rows(), days, strict=True):
        assert row["Due"].endswith(f"left {day}")
    assert draft not in page.text
    reviewer.open_claim(draft, status=404)
    assert [row["Claim"] for row in reviewer.open("/reviews?show=mine").rows()] == [started]

    # Nobody starts the first one in time: it is flagged, the reviewers and the administrator are told, once.
    scene.at("2026-12-02 00:10")
    assert scene.sweep() == ((early, "pickup"),)
    assert scene.sweep() == ()
    mails = scene.mails(reviewer=OVERDUE, reviewer2=OVERDUE, admin=OVERDUE)
    assert mails[REVIEWER].link == f"/reviews/{early}"
    assert early in mails[REVIEWER].subject
    partner.finds(
        early, "Submitted", "Review team", date(2026, 12, 1)
    )  # silence neither approves nor rejects
    assert partner.rows()[early]["Overdue"] == "yes"

    # In the morning Rita finds it on top.
    scene.at("2026-12-02 08:30")
    page = reviewer.open("/reviews")
    assert [row["Claim"] for row in page.rows()] == [early, late, started]
    assert page.rows()[0]["Due"] == "1 day overdue 1 December 2026"
    assert "overdue" not in page.rows()[1]["Due"]
    assert [row["Claim"] for row in reviewer.open("/reviews?show=overdue").rows()] == [early]

    # She opens it from the queue and starts: it is no longer overdue.
    reviewer.open("/reviews")
    page = reviewer.browser.click(early)
    assert page.texts("#review-standing .left-danger") == ["1 calendar day overdue"]
    page = reviewer.browser.fill_and_submit("Start review")
    assert page.texts("#review-standing .badge") == ["Under review"]
    assert "22 December 2026" in page.region("review-standing")
    assert fact(page, "Reviewer") == "Reviewer of Program operator"
    partner.finds(early, "Under review", "Review team", date(2026, 12, 22))
    assert partner.rows()[early]["Overdue"] == "no"
    scene.mails(partner="The review of your claim started")

    # A comment asks nothing formally and stops no clock; the answer comes back to her.
    reviewer.comment(early, "Is the letter of this year?")
    commented = scene.mails(partner="A new comment on a claim")[INES]
    assert "Is the letter of this year?" in commented.text
    partner.comment(early, "Yes, of November.")
    assert "Yes, of November." in scene.mails(reviewer="A new comment on a claim")[REVIEWER].text
    page = partner.finds(early, "Under review", "Review team", date(2026, 12, 22))
    assert "Review team" in page.region("claim-comments")
    assert "Reviewer of Program operator" not in page.text  # to a partner the operator is one team

    # She asks for a signature and gets a signed letter on the same day.
    reviewer.request_information(early, "missing_customer_acknowledgment", "Please have it signed.")
    scene.mails(partner="Your claim needs more information")
    signed = letter()
    partner.resubmit(early, document=signed, message="Signed today.")
    scene.mails(partner="Your claim was resubmitted", reviewer="A partner resubmitted a claim")
    assert [row["Claim"] for row in reviewer.open("/reviews?show=mine").rows()] == [early, started]
    page = reviewer.open_claim(early)
    assert signed.name in page.region("review-rounds")
    assert reviewer.browser.click(signed.name).content == signed.content

    # She approves, and the queue is shorter.
    reviewer.start_review(early)
    reviewer.approve(early)
    assert [row["Claim"] for row in reviewer.open("/reviews").rows()] == [late, started]
    assert reviewer.story(early) == [
        "Create claim → Draft",
        "Submit → Submitted",
        "Start of the review overdue",
        "Start review → Under review",
        "Comment",
        "Comment",
        "Ask for information → Partner action required",
        "Resubmit → Submitted",
        "A document was opened",
        "Start review → Under review",
        "Approve → Approved",
    ]
