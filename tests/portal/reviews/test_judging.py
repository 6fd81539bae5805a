"""Judging at once: one opinion is recorded, whoever else was as fast is told."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.audit.recording import verify
from portal.claims.answers import Answers
from portal.db import db, transaction
from portal.reviews.judging import JudgedMeanwhile, judge, step_aside
from portal.second_reviews.model import SecondReview
from tests import drawn, factories
from tests.portal.reviews.filing import REVIEWER2, Filing

RACERS = 4


@pytest.fixture
def rules_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return drawn.rules(tmp_path_factory.getbasetemp() / "all-drawn", 100)


def racers(filing: Filing) -> list[str]:
    """Return the accounts of the reviewers who had no part."""
    names = [f"racer{place}" for place in range(1, RACERS)]
    with filing.context(), transaction() as session:
        owner = session.merge(filing.house.operator)
        for name in names:
            made = factories.person(session, owner, "reviewer", account=name)
            filing.actors[made.email] = factories.actor(made)
    return [REVIEWER2, *(f"{name}@operator.example" for name in names)]


def test_of_many_at_once_exactly_one_is_recorded(filing: Filing) -> None:
    emails, number = racers(filing), filing.approved()
    together, outcomes = threading.Barrier(RACERS), dict[str, str]()

    def race(email: str) -> None:
        with filing.context():
            together.wait(60)
            try:
                judge(filing.desk, number, 1, filing.actors[email], "approve", Answers())
                outcomes[email] = "judged"
            except JudgedMeanwhile:
                outcomes[email] = "told"

    threads = [threading.Thread(target=race, args=(email,)) for email in emails]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes.values()) == ["judged", *["told"] * (RACERS - 1)]
    with filing.context():
        row = db.session.scalars(select(SecondReview)).one()
        [winner] = [email for email in emails if outcomes[email] == "judged"]
        assert row.second_id == filing.actors[winner].person_id
        assert verify(db.session(), filing.desk.secret) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_was_judged_is_never_changed(filing: Filing) -> None:
    _, other, *_ = racers(filing)
    number = filing.approved()
    reason = {"reason": ("missing_products",), "message": ("It is not there.",)}
    with filing.context():
        mine = filing.actors[REVIEWER2]
        first = judge(filing.desk, number, 1, mine, "approve", Answers())
        again = judge(filing.desk, number, 1, mine, "reject", Answers(reason))
        step_aside(filing.desk, number, 1, mine)
        assert first == again
        with pytest.raises(JudgedMeanwhile):
            judge(filing.desk, number, 1, filing.actors[other], "reject", Answers(reason))
        row = db.session.scalars(select(SecondReview)).one()
        assert (row.opinion, row.agreed, row.second_id) == ("approve", True, mine.person_id)
