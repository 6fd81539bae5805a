"""Not answered in time, disputed with a new proof of execution, and approved by another reviewer."""

from datetime import date

from tests.journeys.scene import CASEY, INES, Scene
from tests.journeys.steps import fact, letter


def test_a_request_is_not_answered_in_time_and_the_dispute_brings_a_new_letter(scene: Scene) -> None:
    partner, reviewer, other = scene.partner(), scene.reviewer(), scene.reviewer("reviewer2@operator.example")
    first = letter()
    number = partner.file_claim("teams", first)
    reviewer.start_review(number)
    scene.mailbox.new()

    # Asked on Monday 23 November. Thanksgiving does not count: the answer is due on Monday 14 December.
    reviewer.request_information(number, "missing_all_poe", "The letter is of another customer.")
    page = partner.finds(number, "Partner action required", "Your organization", date(2026, 12, 14))
    arithmetic = (
        "14 business days: day 1 is Tue 24 Nov; Thu 26 Nov is a holiday (Thanksgiving Day); "
        "day 14 is Mon 14 Dec 2026; due at the end of that day (Los Angeles)"
    )
    assert arithmetic in page.region("claim-standing")
    assert arithmetic in scene.mails(partner="Your claim needs more information")[INES].deadline

    # On the last evening nothing ends yet, however often the sweep runs; it reminds once.
    scene.at("2026-12-14 23:59")
    assert scene.sweep() == ()
    assert scene.sweep() == ()
    reminder = scene.mails(partner="Reminder: Answer by Monday 14 December 2026")[INES]
    assert "ends today" in reminder.text
    partner.finds(number, "Partner action required", "Your organization", date(2026, 12, 14))

    # A minute later the time is over, once.
    scene.at("2026-12-15 00:00")
    assert scene.sweep() == ((number, "partner_response"),)
    assert scene.sweep() == ()
    page = partner.finds(number, "Rejected", "Your organization", date(2027, 1, 14))
    assert "No partner response" in page.region("claim-standing")
    told = scene.mails(partner="Your claim was rejected because no answer came")[INES]
    assert "30 calendar days" in told.deadline
    assert "day 30 is Thu 14 Jan 2027" in told.deadline
    assert told.link == f"/claims/{number}"

    # The old letter is no reason to look again; a new one is.
    page = partner.dispute(number, status=422, document=first)
    assert "document_not_new" in page.reasons()
    page = partner.dispute(number, status=422)
    assert "nothing_given" in page.reasons()
    new = letter("docx")
    page = partner.dispute(number, document=new)
    assert new.name in page.region("claim-documents")
    partner.finds(number, "Dispute", "Review team", date(2026, 12, 22))
    scene.mails(partner="Your dispute was received", reviewer2="A disputed claim was assigned to you")

    # The dispute is with the other reviewer, who approves it.
    page = other.open_claim(number)
    assert fact(page, "Reviewer") == "Reviewer2 of Program operator"
    assert other.browser.click(new.name).content == new.content
    other.approve_dispute(number)
    partner.finds(number, "Approved", "Customer", date(2026, 12, 22))
    mails = scene.mails(
        partner="Your dispute was approved",
        customer="Contoso: Association with your organization",
    )

    # The customer agrees. When their time has ended, eligibility is assessed.
    scene.customer(mails[CASEY]).agrees()
    scene.mails(partner="The customer agreed to the association")
    scene.at("2026-12-23 03:00")
    assert scene.sweep() == ((number, "consent_window"),)
    assert scene.sweep() == ()
    page = partner.finds(number, "Approved", "Nobody")
    assert fact(page, "Incentive eligibility") == "Eligible"
    assert partner.rows()[number]["Incentive eligibility"] == "Eligible"
    scene.mails(partner="The incentive eligibility of your claim was assessed")
    assert partner.story(number) == [
        "Create claim → Draft",
        "Submit → Submitted",
        "Start review → Under review",
        "Ask for information → Partner action required",
        "A reminder of the deadline was sent",
        "Time to answer ended → Rejected",
        "The e-mail was sent and the time to act began",
        "Dispute → Dispute",
        "A document was opened",  # the new letter, beside the checklist
        "A document was opened",  # and to keep it
        "Approve the dispute → Approved",
        "Agree",
        "The customer’s time to decline ended",
    ]
