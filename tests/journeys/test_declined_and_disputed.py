"""Approved, declined by the customer, and disputed by the partner."""

from datetime import date

from tests.journeys.scene import Scene


def test_the_customer_declines_an_approved_claim_and_the_partner_disputes(scene: Scene) -> None:
    partner, reviewer = scene.partner(), scene.reviewer()

    # Ines adds a customer, files a claim with a PDF and a DOCX, and submits it.
    partner.open("/claims")
    partner.browser.click("Add customer")
    page = partner.browser.fill_and_submit(
        "Save and go on",
        location=partner.first_location(),
        customer_name="Adatum Services",
        customer_domain="adatum.example",
        customer_tenant_id="7d7b1f9e-0a7c-4f4b-9d55-6d1f7f1f3a10",
    )
    number = page.path.split("/")[2]
    partner.fill_claim(number)
    assert scene.mails() == {}  # a draft is nobody's business
    partner.submit(number)
    page = partner.finds(number, "Submitted", "Review team", date(2026, 12, 1))
    assert "day 1 is Tue 24 Nov; Thu 26 Nov is a holiday" in page.region("claim-standing")
    mails = scene.mails(
        partner="Your claim was submitted",
        reviewer="A claim waits for review",
        reviewer2="A claim waits for review",
    )
    assert mails["incentives@contoso.example"].link == f"/claims/{number}"
    assert mails["reviewer@operator.example"].link == f"/reviews/{number}"
    assert "day 5 is Tue 1 Dec 2026" in mails["reviewer@operator.example"].deadline

    # Rita reviews it and approves it.
    reviewer.start_review(number)
    partner.finds(number, "Under review", "Review team", date(2026, 12, 14))
    scene.mails(partner="The review of your claim started")
    reviewer.approve(number)
    partner.finds(number, "Approved", "Customer", date(2026, 11, 30))
    mails = scene.mails(
        partner="Your claim was approved",
        customer="Contoso: Association with your organization",
    )
    assert "not mean that the claim is approved for incentive earnings" in " ".join(
        mails["incentives@contoso.example"].text.split()
    )

    # Casey at the customer opens the link, which changes nothing, and declines.
    asked = mails["casey@adatum.example"]
    assert "7 calendar days" in asked.deadline
    assert "Contoso" in asked.text
    customer = scene.customer(asked)
    assert "Contoso" in customer.reads().heading
    partner.finds(number, "Approved", "Customer", date(2026, 11, 30))
    scene.later(days=1)
    assert "Your answer: Decline" in customer.declines().region("consent-answer-given")
    page = partner.finds(number, "Rejected", "Your organization", date(2026, 12, 24))
    assert "The customer does not agree to the association" in page.region("claim-standing")
    declined = scene.mails(partner="The customer declined the association")["incentives@contoso.example"]
    assert "30 calendar days: day 1 is Wed 25 Nov; day 30 is Thu 24 Dec 2026" in declined.deadline
    assert "select Dispute" in declined.text
    assert declined.link == f"/claims/{number}"

    # Ines disputes. Another reviewer decides, and not before the customer agrees.
    partner.dispute(number, justification="Casey mixed us up with somebody else.")
    partner.finds(number, "Dispute", "Review team", date(2026, 12, 2))
    mails = scene.mails(partner="Your dispute was received", reviewer2="A disputed claim was assigned to you")
    received = " ".join(mails["incentives@contoso.example"].text.split())
    assert "The customer declined, so the dispute cannot be approved before they agree." in received
    assert "send them a new link" in received
    assert "day 5 is Wed 2 Dec 2026" in mails["reviewer2@operator.example"].deadline
    other = scene.reviewer("reviewer2@operator.example")
    assert other.reasons_against("approve_dispute", number) == {"customer_still_declines"}
    assert "Casey mixed us up with somebody else." in other.standing(number)
    assert partner.story(number) == [
        "Create claim → Draft",
        "Submit → Submitted",
        "Start review → Under review",
        "Approve → Approved",
        "Decline → Rejected",
        "The e-mail was sent and the time to act began",
        "Dispute → Dispute",
    ]

    # She does what page and mail say: the customer is asked again, without a word of our own deadlines.
    assert "send them a new link" in partner.standing(number)
    partner.do("Send the customer a new link", number)
    subject = "Contoso: Please agree to an association with your organization"
    asked = scene.mails(customer=subject)["casey@adatum.example"]
    assert asked.deadline == ""
    assert "Wed 2 Dec" not in asked.text
    assert "has not agreed yet" in partner.standing(number)
    scene.later(hours=1)
    scene.customer(asked).agrees()
    assert "has not agreed yet" not in partner.standing(number)
    assert other.reasons_against("approve_dispute", number) == set()
    other.approve_dispute(number)
    partner.finds(number, "Approved", "Nobody", date(2026, 12, 1))
