"""The last day to dispute, and the day after it."""

from datetime import date

import pytest

from tests.journeys.scene import INES, Scene
from tests.journeys.steps import letter, refusals

pytestmark = pytest.mark.broad


def test_a_dispute_is_taken_on_the_last_day_and_refused_the_day_after(scene: Scene) -> None:
    partner, reviewer = scene.partner(), scene.reviewer()
    in_time, kept = partner.file_claim("teams"), letter()
    too_late = partner.file_claim("intune", kept)
    for number in (in_time, too_late):
        reviewer.start_review(number)
        reviewer.reject(number)
        partner.finds(number, "Rejected", "Your organization", date(2026, 12, 23))
    scene.mailbox.new()

    # The last minute of the last day, in the program's zone.
    scene.at("2026-12-23 23:59")
    waiting = partner.fill("Dispute", too_late, justification="The letter covers it.")
    partner.dispute(in_time, justification="The letter covers it.")
    partner.finds(in_time, "Dispute", "Review team", date(2026, 12, 31))
    scene.mails(partner="Your dispute was received", reviewer2="A disputed claim was assigned to you")

    # A minute later the time is over, although no sweep has run: the button says so.
    scene.at("2026-12-24 00:00")
    page = partner.open_claim(too_late)
    assert refusals(page, "dispute") == {"dispute_window_ended"}
    assert "The time to dispute ended on 23 December 2026." in page.region("action-dispute")
    assert "Dispute (disabled)" in page.buttons()

    # A form that was opened before is told first what changed, keeps what was typed, and is refused.
    page = partner.send(waiting, status=409)
    assert "Time to dispute ended" in page.region("action-dispute")
    assert page.field("justification") == "The letter covers it."
    page = partner.browser.fill_and_submit("Dispute", status=422)
    assert "dispute_window_ended" in page.reasons()
    page = partner.open_claim(too_late)
    page = partner.browser.post(
        f"/claims/{too_late}/dispute", justification="The letter covers it.", status=422
    )
    assert "dispute_window_ended" in page.reasons()

    # The claim is closed, and Ines is told once.
    page = partner.finds(too_late, "Rejected", "Nobody")
    assert "Closed" in page.texts("#claim-standing .badge")
    assert scene.sweep() == ()
    ended = scene.mails(partner="The time to dispute your claim ended")[INES]
    assert ended.deadline == ""
    assert ended.link == f"/claims/{too_late}"
    assert partner.story(too_late)[-1] == "Time to dispute ended"

    # What remains is a new claim, with an updated proof of execution.
    partner.open_claim(too_late)
    partner.browser.click("Create a new claim")
    number = partner.draft_claim("intune")
    page = partner.open(f"/claims/{number}/wizard/evidence")
    partner.browser.fill_and_submit("Save and go on", document=kept)
    assert "poe_of_closed_claim" in partner.open(f"/claims/{number}/wizard/review").reasons()
