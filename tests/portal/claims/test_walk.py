"""Every state that a claim can come to, by every declared transition, mail and passing time."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from portal.claims.facts import NEW
from portal.clock import FixedClock
from portal.db import db
from tests import databases
from tests.conftest import ROOT
from tests.portal.claims.walking import Walk
from tests.portal.reviews.filing import Filing

pytestmark = pytest.mark.broad


@pytest.fixture
def database_url() -> str:
    """In memory, where going back to a state costs nothing."""
    return "sqlite://"


@pytest.fixture
def rules_dir(tmp_path: Path) -> Path:
    """A copy of the policy, which a test may break before it asks for the walk."""
    return Path(shutil.copytree(ROOT / "rules", tmp_path / "rules"))


@pytest.fixture
def broken(request: pytest.FixtureRequest, rules_dir: Path) -> None:
    """The policy with one text of it replaced."""
    file, beginning, old, new = request.param
    path = rules_dir / file
    before, found, after = path.read_text().partition(beginning)
    assert found, f"{beginning!r} does not stand in {file}"
    assert old in after, f"{old!r} does not stand in {file}"
    path.write_text(before + found + after.replace(old, new, 1))


@pytest.fixture
def walk(app: Flask, clock: FixedClock, tmp_path: Path) -> Iterator[Walk]:
    url = databases.copy_of_migrated_sqlite(tmp_path / "template.sqlite", tmp_path)
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as migrated:
        migrated.execute(
            "PRAGMA journal_mode=DELETE"
        )  # memory takes no database that has a journal beside it
        empty = migrated.serialize()
    with app.app_context():
        with db.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
        driver.deserialize(empty)
        yield Walk(Filing(app, clock))


def test_every_state_a_claim_can_come_to_is_sound(walk: Walk) -> None:
    walked = walk.go()
    assert walked.faults == []
    # What follows an import is no step of anybody, and moves no claim; test_following.py sees it happen.
    following = {name for name, one in walk.rulebook.transitions.items() if one.follows}
    assert all(
        start == end for name in following for start, end in walk.rulebook.transitions[name].moves.items()
    )
    assert walked.happened | following == {
        name for name, one in walk.rulebook.transitions.items() if {*one.moves} - {NEW}
    }
    assert walked.statuses == set(walk.rulebook.statuses)
    assert walked.states > 100, "where so few states are told apart, little was walked"


REJECTED_KEEPS_WHAT_APPROVED_DOES = (
    "lifecycle.yaml", "  rejected:\n", "waits_for: nobody\n", "waits_for: nobody\n    keeps: [association]\n",
)  # fmt: skip
WINDOW_ONLY_FOR_LATER_ROUNDS = (
    "deadlines.yaml", "  dispute_window:\n", "if: claim.is_disputable",
    "if: claim.is_disputable && claim.round > 1",
)  # fmt: skip
NOBODY_IS_TOLD_OF_THE_END = (
    "notifications.yaml", "  no_response:\n", "when: claim.is_disputable", "when: claim.round > 5",
)  # fmt: skip
A_REJECTION_FOR_GOOD_NEVER_CLOSES = (
    "lifecycle.yaml", "  rejected:\n", '!claim.is_disputable || clock.dispute_window == "ended"',
    'clock.dispute_window == "ended"',
)  # fmt: skip
NOTHING_IS_HELD = (
    "lifecycle.yaml", "  approved:\n", "keeps: [association, consent_link]", "keeps: [consent_link]",
)  # fmt: skip
A_DISPUTE_IS_NEVER_USED = (
    "lifecycle.yaml", "  dispute:  # T9", "effects: [take_documents, use_dispute,",
    "effects: [take_documents,",
)  # fmt: skip


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        (REJECTED_KEEPS_WHAT_APPROVED_DOES, "the association is not as the status rejected has it"),
        (WINDOW_ONLY_FOR_LATER_ROUNDS, "the rejection is disputable, and no window has begun"),
        (NOBODY_IS_TOLD_OF_THE_END, "no dispute window runs or waits for its mail"),
        (A_REJECTION_FOR_GOOD_NEVER_CLOSES, "no dispute window runs or waits for its mail"),
        (NOTHING_IS_HELD, "the association is not as the status approved has it"),
        (A_DISPUTE_IS_NEVER_USED, "disputed more often than once, or than is counted"),
    ],
    indirect=["broken"],
)
def test_the_walk_finds_what_a_policy_forgets(broken: None, walk: Walk, fault: str) -> None:
    faults = walk.go(faults_at_most=3).faults
    assert any(fault in one for one in faults), faults
