"""Random lives of two competing claims follow the reference model, and keep the invariants."""

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count, islice

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.model import Person
from portal.accounts.people import add_person
from portal.accounts.queries import actor_of
from portal.claims.desk import Desk
from portal.claims.model import ClaimClock
from portal.clock import FixedClock
from portal.db import db, transaction
from portal.policies.decisions import unpack_facts
from portal.policies.model import StoredDecision
from portal.sample.documents import Letter, pdf
from portal.sample.house import build_house
from tests.conftest import NOW
from tests.portal.claims.lives import Life, Tally
from tests.portal.claims.reference import MOVES, REVIEWERS

PASSWORD = "a password for tests"
REFUSED_TO_REVIEWERS = {"decided_before", "rival_decided_before", "reviewer_had_part"}
Live = Callable[[str, int], None]


@pytest.fixture
def tried() -> Tally:
    return Counter()


@pytest.fixture
def live(app: Flask, clock: FixedClock, tried: Tally) -> Iterator[Live]:
    """Live a life of so many steps by a seed. What was stored is decided again in the end."""
    letter = pdf(
        Letter(1, "Contoso", "Litware", "Casey", ("Microsoft Teams",), "a pilot", NOW.date()), pages=1
    )
    with app.app_context():
        desk: Desk = app.extensions["desk"]
        desk.policies.in_force()
        with transaction() as session:
            build_house(session, PASSWORD, clock.now())
            add_third_reviewer(session)

    def live_once(seed: str, steps: int) -> None:
        with app.app_context():
            life = Life(app, clock, letter, seed, tried)
            try:
                life.live(steps)
            except BaseException as error:
                error.add_note(f"PORTAL_SEED={seed} repeats this life: {'; '.join(life.steps)}")
                raise
            finally:
                db.session.remove()

    yield live_once
    with app.app_context():
        replay_everything(desk)


def add_third_reviewer(session: Session) -> None:
    first = session.scalars(select(Person).where(Person.email == REVIEWERS[0])).one()
    add_person(
        session,
        first.organization,
        email=REVIEWERS[2],
        name="Rae Viewer",
        password=PASSWORD,
        roles=actor_of(first).roles,
        at=NOW,
    )


def replay_everything(desk: Desk) -> None:
    """Deciding a stored decision again from its stored facts gives the same outcome and reasons."""
    rows = db.session.scalars(select(StoredDecision)).all()
    assert rows
    assert db.session.scalar(select(func.count()).select_from(ClaimClock))
    for row in rows:
        rulebook = desk.policies.composed(row.policy_version, row.roles_version)
        again = rulebook.replay(row.question, unpack_facts(row.facts))
        assert (again.outcome, [[r.code, r.subject] for r in again.reasons]) == (row.outcome, row.rules)


@pytest.mark.broad
def test_random_lives_follow_the_reference_model(live: Live) -> None:
    for seed in islice(seeds(), 6):
        live(seed, 40)


@pytest.mark.soak
def test_many_random_lives_follow_the_reference_model(live: Live, tried: Tally) -> None:
    """`PORTAL_SOAK_STEPS` steps, which come through every move and every refusal to a reviewer."""
    wanted, began = int(os.environ.get("PORTAL_SOAK_STEPS", "100000")), time.monotonic()
    for number, seed in enumerate(seeds()):
        if number % 100 == 0:
            spent = time.monotonic() - began
            print(f"{tried.total()} steps in {number} lives and {spent:.0f} s; next {seed}", flush=True)
        if tried.total() >= wanted:
            break
        live(seed, 60)
    for (action, status, why), times in sorted(tried.items()):
        print(f"{times:6} {action} from {status} {', '.join(why)}")
    if "PORTAL_SEED" in os.environ:
        return  # one life alone does not come through everything
    moves = {(action, status) for action, (_, moves) in MOVES.items() for status in moves}
    assert not moves - {(action, status) for action, status, why in tried if not why}
    assert not REFUSED_TO_REVIEWERS - {code for *_, why in tried for code in why}


def seeds() -> Iterator[str]:
    """Return the seed that `PORTAL_SEED` repeats, or new ones without end."""
    if repeated := os.environ.get("PORTAL_SEED"):
        yield repeated
        return
    start = random.SystemRandom().getrandbits(32)
    for number in count():
        yield f"{start}.{number}"
