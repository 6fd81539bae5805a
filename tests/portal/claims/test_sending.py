"""Before a draft is sent, its last step says what that changes, in the words and lengths of the policy."""

from copy import copy

import pytest

from portal.claims.model import Claim
from portal.claims.offering import offers
from portal.claims.sending import sending
from portal.claims.wizard import ways_on
from portal.db import db
from tests.browser import Browser
from tests.portal.claims.conftest import PARTNER
from tests.portal.reviews.filing import Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@SQLITE
def test_the_last_step_says_what_sending_changes(filing: Filing, partner: Browser) -> None:
    page = partner.visit(f"/claims/{filing.draft()}/wizard/review")
    told = page.region("sending-1")
    assert "While the claim is “Submitted” or “Under review”, nothing in it can be changed." in told
    # Thanksgiving lies within these five business days.
    assert "Start of the review: due by 1 December 2026 if you send the claim today." in told


@SQLITE
def test_it_says_what_another_policy_says(filing: Filing) -> None:
    number = filing.draft()
    with filing.context():
        desk, session = filing.desk, db.session()
        claim = session.query(Claim).filter_by(number=number).one()
        rulebook = desk.rulebook_of(claim)
        ways = ways_on(claim, offers(desk, session, claim, filing.actors[PARTNER]))
        submitted = rulebook.statuses["submitted"]
        clock = rulebook.clocks["pickup"]
        open_there = rulebook.lifecycle.model_copy(
            update={
                "statuses": {
                    **rulebook.statuses,
                    "submitted": submitted.model_copy(update={"editable": ["name"]}),
                }
            }
        )
        shorter = rulebook.deadlines.model_copy(
            update={"clocks": {"pickup": clock.model_copy(update={"length": "1 business day"})}}
        )
        rulebook = copy(rulebook)  # the tests share the one in force
        object.__setattr__(rulebook, "lifecycle", open_there)
        object.__setattr__(rulebook, "deadlines", shorter)
        (one,) = sending(rulebook, claim, ways, filing.clock.now())
    assert one.closed == "“Under review”"
    assert [f"{due.label} {due.due_on}" for due in one.due] == ["Start of the review 2026-11-24"]
