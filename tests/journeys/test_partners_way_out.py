"""What a partner takes back: a claim by a request for rejection, a draft by deleting it."""

from datetime import date

import pytest

from tests.journeys.scene import INES, REVIEWER, Scene
from tests.journeys.steps import fact, refusals


def test_a_partner_asks_for_a_rejection(scene: Scene) -> None:
    partner, reviewer = scene.partner(), scene.reviewer()
    number = partner.file_claim()
    reviewer.start_review(number)
    scene.mailbox.new()

    # Without saying why it is not taken.
    page = partner.do("Request rejection", number, status=422)
    assert "missing_reason" in page.reasons()
    partner.finds(number, "Under review", "Review team", date(2026, 12, 14))

    # With a reason the claim is rejected at once, and cannot be disputed.
    partner.request_rejection(number, "wrong_activity")
    page = partner.finds(number, "Rejected", "Nobody")
    assert "Partner request" in page.region("claim-standing")
    assert "A rejection for this reason cannot be disputed." in page.region("claim-standing")
    assert "Closed" in page.texts("#claim-standing .badge")
    assert "reason_not_disputable" in refusals(page, "dispute")
    mails = scene.mails(partner="Your claim was rejected as you asked", reviewer="A partner withdrew a claim")
    assert mails[INES].deadline == ""
    assert "Wrong activity" in mails[INES].text
    assert mails[REVIEWER].link == f"/reviews/{number}"
    assert "Reason: Wrong activity." in page.region("claim-timeline")
    page = partner.browser.post(f"/claims/{number}/dispute", justification="We changed our mind.", status=422)
    assert "reason_not_disputable" in page.reasons()
    assert partner.story(number)[-1] == "Request rejection → Rejected"
    assert "Partner request" in fact(reviewer.open_claim(number), "Rejected because")

    # The product is free for another claim at once.
    another = partner.file_claim()
    partner.finds(another, "Submitted", "Review team", date(2026, 12, 1))


def test_a_draft_is_deleted_after_confirmation_and_its_number_never_comes_back(scene: Scene) -> None:
    partner = scene.partner()
    kept, deleted = partner.draft_claim("teams"), partner.draft_claim("intune")

    # The page asks before it deletes.
    page = partner.open_claim(deleted)
    assert "cannot be brought back" in page.texts("#action-delete_draft .confirm")[0]
    document = next(href for href in page.links().values() if f"/claims/{deleted}/documents/" in href)
    page = partner.browser.fill_and_submit("Delete draft")
    assert page.path == "/claims"
    assert f"{deleted} was deleted." in page.text

    # Nothing of it is left for anybody, and the audit keeps the fact.
    assert set(partner.rows()) == {kept}
    partner.open_claim(deleted, status=404)
    partner.open(document, status=404)
    assert scene.mails() == {}
    last = scene.audit(deleted)[-1]
    assert (last.action, last.actor_name, last.to_status) == ("delete_draft", "Incentives of Contoso", "gone")

    # The next claim has the next number, although the last one is gone.
    assert partner.begin_claim() == "CL-2026-000003"

    # A claim that was submitted is no draft any more.
    partner.submit(kept)
    assert refusals(partner.open_claim(kept), "delete_draft") == {"wrong_status"}
    with pytest.raises(AssertionError, match="Delete draft"):
        partner.browser.fill_and_submit("Delete draft")
    partner.browser.post(f"/claims/{kept}/deletion", status=422)
    partner.finds(kept, "Submitted", "Review team", date(2026, 12, 1))
