"""Two partners claim the same product of one customer; one wins, and the other does not learn who."""

from datetime import date

from tests.browser import Page
from tests.journeys.scene import CASEY, FABRIKAM, INES, REVIEWER2, Scene
from tests.journeys.steps import letter, refusals


def test_of_two_competing_claims_one_is_approved_and_the_other_can_dispute(scene: Scene) -> None:
    contoso, fabrikam, reviewer = scene.partner(), scene.partner(FABRIKAM), scene.reviewer()
    winner = contoso.file_claim("teams")

    # Fabrikam is told that somebody else claims the product, and not who.
    loser = fabrikam.draft_claim("teams")
    page = fabrikam.open(f"/claims/{loser}/wizard/review")
    assert "There is another claim for Microsoft Teams at this customer." in page.region("information")
    names_nobody(page)
    fabrikam.submit(loser)
    scene.mailbox.new()

    # Rita starts both. Neither can be approved alone.
    for number in (winner, loser):
        reviewer.start_review(number)
        page = reviewer.open_claim(number)
        assert refusals(page, "approve") == {"held_by_another"}
        assert "Approve (disabled)" in page.buttons()
        page = reviewer.browser.post(f"/reviews/{number}/approval", status=422)
        assert "held_by_another" in page.reasons()
    scene.mails(partner="The review of your claim started", fabrikam="The review of your claim started")

    # She settles in favor of Contoso; the page says beforehand who loses.
    page = reviewer.open_claim(winner)
    assert loser in page.region("review-neighbors")
    assert f"{loser} of Fabrikam" in page.region("action-settle")
    reviewer.settle(winner)
    contoso.finds(winner, "Approved", "Customer", date(2026, 11, 30))
    page = fabrikam.finds(loser, "Rejected", "Your organization", date(2026, 12, 23))
    assert "Another association was approved for the same customer and product." in page.region(
        "claim-standing"
    )
    names_nobody(page)
    mails = scene.mails(
        partner="Your claim was approved",
        customer="Contoso: Association with your organization",
        fabrikam="Your claim was rejected in favor of another one",
    )
    lost = mails[FABRIKAM]
    assert "day 30 is Wed 23 Dec 2026" in lost.deadline
    assert lost.link == f"/claims/{loser}"
    for words in ("Contoso", winner, "contoso.example"):
        assert words not in lost.text + lost.html + lost.subject
    assert "Contoso" in mails[CASEY].text
    assert "Fabrikam" not in mails[CASEY].text + mails[INES].text + mails[INES].html
    assert fabrikam.story(loser)[-3:] == [
        "Start review → Under review",
        "Rejected by a settlement → Rejected",
        "The e-mail was sent and the time to act began",
    ]

    # Fabrikam disputes. The dispute cannot simply be approved while Contoso holds the product.
    fabrikam.dispute(loser, justification="The customer works with us.", document=letter())
    names_nobody(fabrikam.finds(loser, "Dispute", "Review team", date(2026, 12, 1)))
    mails = scene.mails(
        fabrikam="Your dispute was received", reviewer2="A disputed claim was assigned to you"
    )
    other = scene.reviewer(REVIEWER2)
    assert other.reasons_against("approve_dispute", loser) == {"held_by_another"}

    # A new settlement decides it the other way round, in one step.
    other.settle(loser)
    fabrikam.finds(loser, "Approved", "Customer", date(2026, 11, 30))
    page = contoso.finds(winner, "Rejected", "Your organization", date(2026, 12, 23))
    assert "Fabrikam" not in page.text
    assert loser not in page.text
    mails = scene.mails(
        partner="Your claim was rejected in favor of another one",
        fabrikam="Your claim was approved",
        customer="Fabrikam: Association with your organization",
    )
    assert "Fabrikam" not in mails[INES].text + mails[INES].html
    assert refusals(contoso.open_claim(winner), "dispute") == set()
    assert not {"Fabrikam", loser} & set(contoso.rows()[winner].values())


def names_nobody(page: Page) -> None:
    """Raise AssertionError where the loser's page holds a word about the other partner, seen or unseen."""
    for words in (b"Contoso", b"contoso", b"CL-2026-000001"):
        assert words not in page.content, words
