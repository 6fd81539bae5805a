"""The portal follows its rule files: rewritten numbers, labels and roles, and states that no code knows."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from portal.accounts.model import PersonRole
from portal.clock import FixedClock
from portal.db import db
from tests import factories
from tests.journeys.scene import CASEY, REVIEWER2, Scene
from tests.journeys.steps import Customer, Partner, Reviewer
from tests.whole_app import rewriting
from tests.whole_app.rewriting import MARK

RULES = Path(__file__).resolve().parents[2] / "rules"
EVERYTHING = {
    "lifecycle.yaml": rewriting.other_lifecycle,
    "deadlines.yaml": rewriting.longer_clocks,
    "programs.yaml": rewriting.marked_labels,
    "reasons.yaml": rewriting.marked_labels,
    "roles.yaml": rewriting.renamed_roles,
    "vocabulary.yaml": rewriting.two_disputes,
}
A_PAUSE = {"lifecycle.yaml": rewriting.a_pause}


pytestmark = pytest.mark.broad


@pytest.fixture
def rules_dir(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return rewriting.rewritten(RULES, tmp_path / "rules", request.param)


@pytest.fixture
def scene(app: Flask, clock: FixedClock, house: factories.House) -> Scene:
    with app.app_context():
        roles = set(app.extensions["desk"].policies.in_force().roles.roles)
        if not roles & {"reviewer"}:
            db.session.execute(update(PersonRole).values(role="the_" + PersonRole.role))
            db.session.commit()
        db.session.remove()
    return Scene(app, clock)


def filed(partner: Partner) -> str:
    number = partner.draft_claim()
    partner.open(f"/claims/{number}/wizard/review")
    partner.browser.fill_and_submit("/submission")
    return number


def badge(who: Partner | Reviewer, number: str) -> str:
    return who.open_claim(number).texts(f"#{who.region}-standing .badge")[0]


@pytest.mark.parametrize("rules_dir", [EVERYTHING], indirect=True, ids=["everything rewritten"])
def test_every_number_label_and_role_is_followed(scene: Scene) -> None:
    partner, reviewer = scene.partner(), scene.reviewer()
    number = filed(partner)
    assert badge(partner, number) == "Submitted" + MARK
    # Six business days from Mon 23 Nov, where the policy says five: Thu 26 Nov is a holiday.
    assert "2 December 2026, end of day" in partner.standing(number)

    reviewer.do("/start", number)
    reviewer.do("/rejection", number, reason=["insufficient_poe"], message="Page 2 is missing.")
    assert badge(partner, number) == "Rejected" + MARK
    assert "Insufficient proof of execution" + MARK in partner.standing(number)
    # Thirty-one days, where the policy says thirty.
    assert "24 December 2026, end of day" in partner.standing(number)

    partner.do("/dispute", number, justification="Look again.")
    other = scene.reviewer(REVIEWER2)
    other.open_claim(number)
    other.browser.fill_and_submit("Approve the dispute" + MARK)
    scene.mailbox.new()
    partner.do("/consent-link", number)
    mail = next(mail for mail in scene.mailbox.new() if mail.to == CASEY)
    customer = Customer(scene.app, mail.link)
    customer.reads()
    customer.browser.fill_and_submit("Decline" + MARK)
    assert badge(partner, number) == "Rejected" + MARK
    # The second dispute, where the policy allows one.
    partner.do("/dispute", number, justification="The customer will agree.")
    assert badge(partner, number) == "Dispute" + MARK

    policy = partner.open("/policy").text
    assert "Reviewer" + MARK in policy
    assert "6 business days" in policy


@pytest.mark.parametrize("rules_dir", [A_PAUSE], indirect=True, ids=["a status added"])
def test_a_status_and_two_transitions_added_in_files_live(scene: Scene) -> None:
    partner, reviewer = scene.partner(), scene.reviewer()
    number = partner.file_claim()
    reviewer.start_review(number)

    page = reviewer.do("Put on hold", number, status=422, message="")
    assert "missing_message" in page.reasons()
    reviewer.do("Put on hold", number, message="We ask the program's lawyers.")
    assert badge(partner, number) == "On hold"
    assert "The review rests" in partner.standing(number)
    assert "We ask the program's lawyers." in partner.open_claim(number).region("claim-comments")
    assert reviewer.reasons_against("approve", number) == {"wrong_status"}
    assert partner.rows()[number]["Status"] == "On hold"
    assert partner.open("/claims?status=paused").rows()[0]["Claim"] == number

    reviewer.do("Go on with the review", number)
    reviewer.approve(number)
    assert badge(partner, number) == "Approved"
    moves = [(event.action, event.to_status) for event in scene.audit(number) if event.to_status]
    assert moves[-3:] == [("pause", "paused"), ("resume", "under_review"), ("approve", "approved")]
