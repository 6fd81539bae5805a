"""Stale forms and double-clicks: nothing is overwritten, nothing happens twice, nothing typed is lost."""

from datetime import date

import pytest

from tests.journeys.scene import BEN, CASEY, INES, REVIEWER2, Scene
from tests.journeys.steps import letter

pytestmark = pytest.mark.broad


def test_a_stale_form_is_refused_shows_what_changed_and_keeps_what_was_typed(
    scene: Scene,
) -> None:
    partner, colleague = scene.partner(), scene.partner(BEN)
    number = partner.draft_claim()

    # Two tabs are open on the same step. The second one saves first.
    partner.open(f"/claims/{number}/wizard/contacts")
    first_tab = partner.browser.filled("Save and go on", customer_contact_name="Casey A. Lind", name="Autumn")
    colleague.open(f"/claims/{number}/wizard/contacts")
    colleague.browser.fill_and_submit("Save and leave", name="Winter")
    page = partner.send(first_tab, status=409)
    assert page.path == f"/claims/{number}/edit"
    assert "Billing of Contoso: Save changes." in page.region("failure")
    assert page.field("customer_contact_name") == "Casey A. Lind"
    assert page.field("name") == "Autumn"
    again = partner.browser.filled("Save and go on")
    assert partner.rows()[number]["Name"] == "Winter"

    # Having seen what changed, she sends it again, and now it is taken.
    partner.send(again)
    assert partner.rows()[number]["Name"] == "Autumn"

    # The same on the claim's page, with an action.
    partner.submit(number)
    reviewer = scene.reviewer()
    reviewer.start_review(number)
    asked = reviewer.fill("Reject", number, reason=["missing_products"], message="Teams is not named.")
    partner.comment(number, "A better letter is coming.")
    page = reviewer.send(asked, status=409)
    assert "Incentives of Contoso: Comment." in page.region("action-reject")
    assert page.select("#action-reject [name=reason][checked]")[0].get("value") == "missing_products"
    assert page.select("#action-reject textarea")[0].text.strip() == "Teams is not named."
    partner.finds(number, "Under review", "Review team", date(2026, 12, 14))
    reviewer.browser.fill_and_submit("Reject")
    partner.finds(number, "Rejected", "Your organization", date(2026, 12, 23))


def test_a_form_that_is_sent_twice_has_one_effect_and_no_error(scene: Scene) -> None:
    partner, reviewer = scene.partner(), scene.reviewer()

    # Create claim, pressed twice, begins one draft.
    partner.open("/claims/new")
    create = partner.browser.filled("Save and go on", location=partner.first_location())
    begun = {partner.send(create).path.split("/")[2] for _ in range(2)}
    assert set(partner.rows()) == begun
    [number] = begun
    partner.choose_customer(number)
    partner.fill_claim(number)

    # Submit, pressed twice.
    partner.open(f"/claims/{number}/wizard/review")
    submit = partner.browser.filled("Submit")
    for _ in range(2):
        assert partner.send(submit).path == f"/claims/{number}"
    scene.mails(
        partner="Your claim was submitted",
        reviewer="A claim waits for review",
        reviewer2="A claim waits for review",
    )

    # A comment, pressed twice. Two comments that say the same are two.
    comment = partner.fill("Comment", number, message="Here we are.")
    for _ in range(2):
        partner.send(comment)
    assert partner.open_claim(number).region("claim-comments").count("Here we are.") == 1
    scene.mails(reviewer="A new comment on a claim", reviewer2="A new comment on a claim")
    partner.comment(number, "Here we are.")
    assert partner.open_claim(number).region("claim-comments").count("Here we are.") == 2
    scene.mailbox.new()

    # A rejection and a dispute with a file, each sent again after it was answered.
    reviewer.start_review(number)
    reject = reviewer.fill("Reject", number, reason=["poe_unavailable"], message="It cannot be opened.")
    for _ in range(2):
        reviewer.send(reject)
    new = letter()
    dispute = partner.fill("Dispute", number, justification="Here it is again.", document=new)
    for _ in range(2):
        partner.send(dispute)
    page = partner.finds(number, "Dispute", "Review team", date(2026, 12, 1))
    assert page.region("claim-documents").count(new.name) == 1
    subjects = sorted(mail.subject.split(" (")[0] for mail in scene.mailbox.new() if mail.to == INES)
    assert subjects == [
        "The review of your claim started",
        "Your claim was rejected",
        "Your dispute was received",
    ]

    # The customer’s answer, pressed twice.
    scene.reviewer(REVIEWER2).approve_dispute(number)
    customer = scene.customer(next(mail for mail in scene.mailbox.new() if mail.to == CASEY))
    customer.reads()
    decline = customer.browser.filled("Decline")
    for _ in range(2):
        assert "Your answer: Decline" in customer.browser.send_filled(decline).text
    scene.mails(partner="The customer declined the association")
    assert partner.story(number) == [
        "Create claim → Draft",
        "Submit → Submitted",
        "Comment",
        "Comment",
        "Start review → Under review",
        "Reject → Rejected",
        "The e-mail was sent and the time to act began",
        "Dispute → Dispute",
        "Approve the dispute → Approved",
        "Decline → Rejected",
    ]
