"""The demo's data: whole or refused, and every status with every clock."""

from collections import Counter
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.claims.desk import Desk
from portal.claims.model import Claim, ClaimClock
from portal.db import db
from portal.notifications.model import OutboxMessage
from portal.sample.demo import SampleRefused, fill_with_sample
from portal.sample.house import PARTNERS
from portal.second_reviews.model import SecondReview
from tests import databases, factories

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CLAIMS_AT_LEAST = 40  # of each partner, as outside scripts expect


@pytest.fixture
def rules_dir() -> Path:
    """The rule files as they are: some decisions of the sample are judged twice."""
    return databases.ROOT / "rules"


def told(_line: str) -> None:
    """What a terminal would show."""


def test_an_interrupted_sample_is_refused(app: Flask, house: factories.House) -> None:
    desk: Desk = app.extensions["desk"]
    object.__setattr__(desk.settings, "database_url", "")
    with app.app_context(), pytest.raises(SampleRefused, match="--reset"):
        fill_with_sample(desk, 1, told)


@pytest.mark.broad
def test_the_sample_lives_through_everything(app: Flask) -> None:
    desk: Desk = app.extensions["desk"]
    with app.app_context():
        fill_with_sample(desk, 1, told)
        assert desk.settings.sample_mark.exists()
        claims = db.session.scalars(select(Claim)).all()
        rulebook = desk.policies.in_force()
        of_each = Counter(claim.organization.name for claim in claims)
        assert all(of_each[name] >= CLAIMS_AT_LEAST for name in PARTNERS)
        for name in PARTNERS:
            statuses = {claim.status for claim in claims if claim.organization.name == name}
            assert statuses == set(rulebook.statuses)
        clocks = db.session.scalars(select(ClaimClock.clock).where(ClaimClock.state == "running").distinct())
        assert set(clocks) == set(rulebook.clocks)
        opinions = set(db.session.scalars(select(SecondReview.agreed).where(SecondReview.drawn.is_(True))))
        assert opinions == {None, True, False}  # waiting, the same as the first, and another
        unsent = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.state != "sent")
        assert db.session.scalar(unsent) == 0
        fill_with_sample(desk, 1, told)
        assert db.session.scalar(select(func.count()).select_from(Claim)) == len(claims)
