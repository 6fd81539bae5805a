"""What changed in between, told to each side as its timeline tells it."""

import pytest

from portal.accounts.actor import Actor
from portal.claims.queries import claim_by_id
from portal.claims.staleness import changes_since
from portal.db import db
from tests.portal.claims.conftest import PARTNER
from tests.portal.reviews.filing import REVIEWER, REVIEWER2, Filing

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
COLLEAGUE = "billing@contoso.example"


def told(filing: Filing, reader: Actor) -> list[str]:
    """Return what `reader` is told of a review that began, with a comment of each side."""
    number = filing.submitted()
    before = filing.claim(number)
    filing.do("start_review", number, REVIEWER)
    filing.do("comment", number, REVIEWER, message="One moment.")
    filing.do("comment", number, PARTNER, message="Thank you.")
    with filing.context():
        claim = claim_by_id(db.session(), before.id)
        return changes_since(db.session(), filing.desk, claim, before.version, reader)


def test_partners_are_told_of_the_review_team(filing: Filing) -> None:
    assert told(filing, filing.actors[COLLEAGUE]) == [
        "Review team: Start review. The claim’s status is now “Under review”.",
        "Review team: Comment.",
        "Incentives of Contoso: Comment.",
    ]


def test_reviewers_are_told_who_it_was(filing: Filing) -> None:
    assert told(filing, filing.actors[REVIEWER2]) == [
        "Reviewer of Program operator: Start review. The claim’s status is now “Under review”.",
        "Reviewer of Program operator: Comment.",
        "Incentives of Contoso: Comment.",
    ]
