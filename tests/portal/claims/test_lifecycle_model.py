"""Random lives of two competing claims follow the reference model, and keep the invariants."""

import os
import random
import time
from collections.abc import Iterator

import hypothesis
import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import func, select

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
from tests.portal.claims.lives import Lives
from tests.portal.claims.reference import REVIEWERS


@pytest.fixture
def lives(app: Flask, clock: FixedClock) -> Iterator[type[Lives]]:
    letter = Letter(1, "Contoso", "Litware", "Casey", ("Microsoft Teams",), "a pilot", clock.now().date())
    with app.app_context():
        desk: Desk = app.extensions["desk"]
        desk.policies.in_force()
        with transaction() as session:
            build_house(session, "a password for tests", clock.now())
            first = session.scalars(select(Person).where(Person.email == "reviewer@operator.example")).one()
            roles = actor_of(first).roles
            add_person(
                session,
                first.organization,
                email=REVIEWERS[-1],
                name="Rae Viewer",
                password="a password for tests",
                roles=roles,
                at=clock.now(),
            )
    Lives.app, Lives.clock, Lives.letter = app, clock, pdf(letter, pages=1)
    yield Lives
    with app.app_context():
        replay_everything(desk)


def replay_everything(desk: Desk) -> None:
    """Deciding a stored decision again from its stored facts gives the same outcome and reasons."""
    rows = db.session.scalars(select(StoredDecision)).all()
    assert len(rows) == db.session.scalar(select(func.count()).select_from(StoredDecision))
    assert db.session.scalar(select(func.count()).select_from(ClaimClock))
    for row in rows:
        rulebook = desk.policies.composed(row.policy_version, row.roles_version)
        again = rulebook.replay(row.question, unpack_facts(row.facts))
        assert (again.outcome, [[r.code, r.subject] for r in again.reasons]) == (row.outcome, row.rules)


def run(lives: type[Lives], examples: int, steps: int, seed: str) -> None:
    hypothesis.seed(seed)(lives)
    run_state_machine_as_test(
        lives,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,  # the seed alone says what is tried
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_random_lives_follow_the_reference_model(lives: type[Lives]) -> None:
    run(lives, examples=8, steps=25, seed=seed_of_this_run())


@pytest.mark.soak
def test_many_random_lives_follow_the_reference_model(lives: type[Lives]) -> None:
    """`PORTAL_SOAK_STEPS` steps in rounds, each with a seed of its own that repeats it alone."""
    wanted, began = int(os.environ.get("PORTAL_SOAK_STEPS", "100000")), time.monotonic()
    lives.steps = Lives.steps = 0
    start, number = seed_of_this_run(), 0
    while Lives.steps < wanted:
        seed = start if number == 0 else f"{start}-{number}"
        print(f"PORTAL_SEED={seed} from step {Lives.steps}")
        run(lives, examples=100, steps=60, seed=seed)
        number += 1
        if "PORTAL_SEED" in os.environ:
            break  # a repeated round
    spent = time.monotonic() - began
    print(f"{Lives.steps} steps in {spent:.0f} s, {Lives.steps / spent:.0f} a second")


def seed_of_this_run() -> str:
    """Return the seed that `PORTAL_SEED` repeats, or a new one; a failure prints it."""
    seed = os.environ.get("PORTAL_SEED") or f"{random.SystemRandom().getrandbits(32)}"
    print(f"PORTAL_SEED={seed}")
    return seed
