"""Sent back for more information, resubmitted, approved, and disassociated by the partner."""

from datetime import date

from tests.journeys.scene import INES, REVIEWER, Scene
from tests.journeys.steps import fact, letter


def test_a_claim_is_sent_back_resubmitted_with_changes_approved_and_disassociated(scene: Scene) -> None:
    partner, reviewer = scene.partner(), scene.reviewer()
    number = partner.file_claim("teams")
    reviewer.start_review(number)
    scene.mailbox.new()  # those of submitting and starting have a journey of their own

    # Rita asks for a product that the letter does not name, and for a signature date.
    scene.at("2026-11-24 10:00")
    page = reviewer.request_information(number, "missing_or_old_dates", "Which day was the letter signed?")
    assert "Partner action required" in page.region("review-standing")
    asked = scene.mails(partner="Your claim needs more information")[INES]
    assert "day 14 is Tue 15 Dec 2026" in asked.deadline
    assert "Which day was the letter signed?" in asked.text
    assert "Missing or old dates" in asked.text

    # Ines sees what is missing. Only location, products, contacts, documents and commentary can be changed.
    page = partner.finds(number, "Partner action required", "Your organization", date(2026, 12, 15))
    assert "Which day was the letter signed?" in page.region("claim-requests")
    assert "Which day was the letter signed?" in page.region("claim-comments")
    editable = {field.get("name") for field in page.select("#claim-edit [name]")}
    assert {"location", "product", "customer_contact_email", "commentary"} <= editable
    assert not {"customer", "activity", "name"} & editable

    # Resubmitting without having provided anything is refused, and so is taking the last product away.
    page = partner.do("Resubmit", number, status=422)
    assert "nothing_provided" in page.reasons()
    page = partner.do("Save changes", number, status=422, product=[])
    assert "last_product_removed" in page.reasons()
    assert partner.rows()[number]["Products"] == "Microsoft Teams"

    # She adds a product and the new letter, and resubmits with an answer.
    scene.later(days=1)
    partner.do("Save changes", number, product=["teams", "intune"], commentary="Signed on 2 November.")
    partner.do("Upload", number, document=letter())
    partner.resubmit(number, message="It was signed on 2 November.")
    partner.finds(number, "Submitted", "Review team", date(2026, 12, 3))
    assert partner.rows()[number]["Products"] == "Microsoft Intune; Microsoft Teams"
    mails = scene.mails(partner="Your claim was resubmitted", reviewer="A partner resubmitted a claim")
    assert "day 5 is Thu 3 Dec 2026" in mails[REVIEWER].deadline

    # The same reviewer finds what changed, and approves.
    page = reviewer.open_claim(number)
    assert fact(page, "Round") == "2"
    assert fact(page, "Reviewer") == "Reviewer of Program operator"
    assert "Products" in page.region("review-rounds")
    assert "It was signed on 2 November." in page.region("review-comments")
    reviewer.start_review(number)
    reviewer.approve(number)
    partner.finds(number, "Approved", "Customer", date(2026, 12, 2))
    approved = scene.mailbox.new()
    assert {mail.to for mail in approved} == {INES, "casey@adatum.example"}

    # While it is approved the same product cannot be claimed again.
    another = partner.draft_claim("teams")
    assert "own_approved_claim" in partner.open(f"/claims/{another}/wizard/review").reasons()

    # Ines ends the association. A blank reason does not do.
    page = partner.do("Disassociate customer", number, status=422, reason="  ")
    assert "missing_reason" in page.reasons()
    page = partner.disassociate(number, "Adatum now works with somebody else.")
    partner.finds(number, "Rejected final", "Nobody")
    assert "Disassociated by the partner" in page.region("claim-standing")
    assert "Adatum now works with somebody else." in page.region("claim-standing")
    ended = scene.mails(partner="You are no longer associated with the customer")[INES]
    assert ended.deadline == ""
    scene.customer(next(mail for mail in approved if mail.to != INES)).finds_the_link_void()

    # The product is free again. A new claim needs a new letter.
    partner.submit(another)
    partner.finds(another, "Submitted", "Review team", date(2026, 12, 3))
    assert partner.story(number) == [
        "Create claim → Draft",
        "Submit → Submitted",
        "Start review → Under review",
        "Ask for information → Partner action required",
        "Resubmit → Submitted",
        "Start review → Under review",
        "Approve → Approved",
        "Disassociate customer → Rejected final",
    ]
