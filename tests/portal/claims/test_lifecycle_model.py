"""Random lives of two competing claims, held against the reference model and the invariants."""

import os
import random
import time
from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import uuid4

import hypothesis
import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from portal.accounts.actor import SYSTEM, Actor, customer_actor
from portal.accounts.model import Person
from portal.accounts.people import add_person
from portal.accounts.queries import actor_of
from portal.audit.model import AuditEvent
from portal.claims.acting import act, create
from portal.claims.answers import Answers, Upload
from portal.claims.desk import Desk
from portal.claims.model import Association, Claim, ClaimClock
from portal.claims.refusals import NotThere, Refused
from portal.claims.units import unit_of
from portal.clock import FixedClock
from portal.db import db
from portal.policies.decisions import unpack_facts
from portal.policies.model import StoredDecision
from portal.sample.documents import Letter, pdf
from portal.sample.house import build_house
from portal.work.sweep import sweep
from tests.portal.claims.reference import CUSTOMER, MOVES, PARTNER, Model, end_of_day, last_day

ANSWERS = {
    "reject": {"reason": ("insufficient_poe",), "message": ("Not shown.",)},
    "deny_dispute": {"reason": ("insufficient_poe",), "message": ("Still not shown.",)},
    "request_information": {"reason": ("missing_all_poe",), "message": ("Please send it.",)},
    "resubmit": {"message": ("Here it is.",)},
    "dispute": {"justification": ("Look again.",)},
    "disassociate": {"reason": ("We are done.",)},
    "request_rejection": {"reason": ("wrong_activity",)},
    "comment": {"message": ("A word.",)},
    "edit": {"commentary": ("Changed.",)},
}
PARTNERS = ("contoso", "fabrikam")
# More reviewers than one life of two claims, with a dispute each, can need of those who had no part in it.
MORE_REVIEWERS = tuple(f"reviewer{number}@operator.example" for number in range(3, 9))


class Lives(RuleBasedStateMachine):
    """Two partners claim one unit; anything may be tried at any time."""

    app: ClassVar[Flask]
    clock: ClassVar[FixedClock]
    letter: ClassVar[Upload]
    steps: ClassVar[int] = 0  # of all lives

    def __init__(self) -> None:
        super().__init__()
        self.context = self.app.app_context()
        self.context.push()
        self.desk: Desk = self.app.extensions["desk"]
        self.models = {name: Model() for name in PARTNERS}
        self.numbers: dict[str, str] = {}
        self.dues: dict[int, tuple[datetime, str]] = {}
        self.had_part: dict[str, set[str]] = {name: set() for name in PARTNERS}

    def teardown(self) -> None:
        db.session.remove()
        self.context.pop()

    @initialize()
    def two_drafts(self) -> None:
        tenant = str(uuid4())
        # Documents must differ from those of closed claims, and reading is what takes long: a note
        # after the end of a PDF makes another file of the same readable content.
        letter = Upload(self.letter.name, self.letter.content + f"\n% {tenant}".encode())
        for name in PARTNERS:
            actor = self.partner(name)
            location = self.person(f"global@{name}.example").organization.locations[0].id
            self.numbers[name] = create(self.desk, actor, Answers({"location": (str(location),)})).number
            fields = {
                "customer_name": "Litware",
                "customer_domain": "litware.example",
                "customer_tenant_id": tenant,
                "activity": "use_or_consume",
                "product": "teams",
                "customer_contact_name": "Casey",
                "customer_contact_title": "Head of IT",
                "customer_contact_email": "casey@litware.example",
                "own_contact_name": "Ines",
                "own_contact_email": f"incentives@{name}.example",
            }
            answers = Answers({key: (value,) for key, value in fields.items()}, (letter,))
            act(self.desk, "edit", self.numbers[name], actor, answers)

    @rule(name=st.sampled_from(PARTNERS), choice=st.integers(0, 100))
    def go_on(self, name: str, choice: int) -> None:
        """Do something that is possible: chance alone would seldom get beyond the draft."""
        # Looking at what is possible applies no end to the claims, so it applies none to their models.
        both, now = deepcopy(self.models), self.clock.now()
        model, rival = both[name], both[PARTNERS[1 - PARTNERS.index(name)]]
        model.pass_time(now)
        rival.pass_time(now)
        possible = [action for action in sorted(MOVES) if not model.refuses(action, now, rival)]
        if possible:
            self.attempted(name, possible[choice % len(possible)])

    @rule(name=st.sampled_from(PARTNERS), action=st.sampled_from(sorted(MOVES)))
    def act(self, name: str, action: str) -> None:
        """Try anything, possible or not."""
        self.attempted(name, action)

    def attempted(self, name: str, action: str) -> None:
        Lives.steps += 1
        model, rival = self.models[name], self.models[PARTNERS[1 - PARTNERS.index(name)]]
        now = self.clock.now()
        model.pass_time(now)
        rival.pass_time(now)
        refused = model.refuses(action, now, rival)
        before = self.done_by_people(name)
        why = self.attempt(name, action)
        assert bool(why) == refused, f"{action} from {model.status}: {why or 'was let through'}"
        if refused:
            assert self.done_by_people(name) == before
        else:
            model.do(action, now, rival)

    def done_by_people(self, name: str) -> int:
        """How often somebody did something to the claim; ends of clocks are applied before a refusal too."""
        done = select(func.count()).where(
            AuditEvent.subject == f"claim:{self.numbers[name]}", AuditEvent.actor_kind != SYSTEM
        )
        return db.session.scalar(done) or 0

    def attempt(self, name: str, action: str) -> list[str]:
        """Act, and return the codes of the reasons if it was refused."""
        answers = Answers(ANSWERS.get(action, {}))
        actor = self.actor(name, action)
        try:
            act(self.desk, action, self.numbers[name], actor, answers)
        except Refused as refusal:
            return [reason.code for reason in refusal.decision.reasons]
        except NotThere:
            return ["not_there"]  # reviewers know no claim that was never submitted
        for moved in PARTNERS if action == "settle" else (name,):
            self.had_part[moved].add(actor.email)
        return []

    @rule(name=st.sampled_from(PARTNERS), days=st.integers(-2, 4))
    def extend(self, name: str, days: int) -> None:
        """A reviewer moves the deadline that the model knows; it is never shortened, and stands elsewhere."""
        model, now = self.models[name], self.clock.now()
        foreseen = deepcopy(model)
        foreseen.pass_time(now)
        if foreseen.ends is None:
            return
        model.pass_time(now)
        day = last_day(foreseen.ends) + timedelta(days=days)
        number, actor = self.numbers[name], actor_of(self.person("reviewer@operator.example"))
        try:
            act(
                self.desk,
                "extend",
                number,
                actor,
                Answers({"until": (f"{day}",), "message": ("More time.",)}),
            )
        except Refused:
            assert days <= 0
        else:
            assert days > 0
            model.ends = end_of_day(day)

    @rule(hours=st.integers(1, 12 * 24))
    def wait(self, hours: int) -> None:
        Lives.steps += 1
        self.clock.set(self.clock.now() + timedelta(hours=hours))

    @rule()
    def sweep(self) -> None:
        Lives.steps += 1
        sweep(self.desk)
        for model in self.models.values():
            model.pass_time(self.clock.now())
        assert sweep(self.desk).applied == ()

    @invariant()
    def as_the_model_says(self) -> None:
        for name, model in self.models.items():
            if name not in self.numbers:
                return
            claim = self.claim(name)
            if model.ends is not None and self.clock.now() >= model.ends:
                continue  # an end is due and not applied yet
            assert claim.status == model.status
            assert claim.disputes_used == model.disputes
            assert claim.closed == model.closed

    @invariant()
    def always_true(self) -> None:
        session = db.session()
        session.rollback()
        for number in self.numbers.values():
            claim = session.scalars(select(Claim).where(Claim.number == number)).one()
            self.one_event_a_change(claim)
            self.due_moments_stand(claim)
            held = session.scalars(
                select(Association.unit).where(
                    Association.claim_id == claim.id, Association.ended_at.is_(None)
                )
            ).all()
            programs = self.desk.rulebook_of(claim).programs
            units = [unit_of(claim, product, programs) for product in claim.products]
            assert sorted(held) == (sorted(filter(None, units)) if claim.status == "approved" else [])

    def one_event_a_change(self, claim: Claim) -> None:
        """Every status change has one event, decision and version, and replaying them gives the status."""
        session = db.session()
        events = session.scalars(
            select(AuditEvent).where(AuditEvent.subject == f"claim:{claim.number}").order_by(AuditEvent.place)
        ).all()
        status = "new"
        for event in events:
            if event.to_status is not None:
                assert event.from_status == status
                assert event.from_status != "rejected_final"
                assert event.decision_id is not None
                assert event.policy_version
                status = event.to_status
        assert status == claim.status
        assert sum(event.to_status == "dispute" for event in events) == claim.disputes_used <= 1

    def due_moments_stand(self, claim: Claim) -> None:
        """A due moment moves by a recorded extension alone, which its arithmetic tells too."""
        query = select(AuditEvent).where(
            AuditEvent.subject == f"claim:{claim.number}", AuditEvent.action == "extend"
        )
        extensions = db.session().scalars(query.order_by(AuditEvent.place)).all()
        for row in claim.clocks:
            if row.due_at is not None:
                days = [event.details["extended"]["to"] for event in extensions]
                seen = self.dues.setdefault(row.id, (row.due_at, row.arithmetic))
                if seen != (row.due_at, row.arithmetic):
                    assert row.due_on in days
                    assert row.due_at > seen[0]
                    assert row.arithmetic.startswith(f"{seen[1].removesuffix('.')}. Extended on ")
                    self.dues[row.id] = (row.due_at, row.arithmetic)

    def claim(self, name: str) -> Claim:
        db.session.rollback()
        return db.session.scalars(select(Claim).where(Claim.number == self.numbers[name])).one()

    def person(self, email: str) -> Person:
        return db.session.scalars(select(Person).where(Person.email == email)).one()

    def partner(self, name: str) -> Actor:
        return actor_of(self.person(f"incentives@{name}.example"))

    def actor(self, name: str, action: str) -> Actor:
        who = MOVES[action][0]
        if who == PARTNER:
            return self.partner(name)
        if who == CUSTOMER:
            return customer_actor("Casey", "casey@litware.example", self.claim(name).id)
        disputed = [one for one in PARTNERS if self.claim(one).status == "dispute"]
        if name not in disputed and not (disputed and action == "settle"):
            return actor_of(self.person("reviewer@operator.example"))
        # A dispute is decided by somebody who had no part in either claim, and so is what ends it.
        parts = self.had_part[PARTNERS[0]] | self.had_part[PARTNERS[1]]
        without = next(email for email in MORE_REVIEWERS if email not in parts)
        return actor_of(self.person(without))


@pytest.fixture
def lives(app: Flask, clock: FixedClock) -> Iterator[type[Lives]]:
    letter = Letter(1, "Contoso", "Litware", "Casey", ("Microsoft Teams",), "a pilot", clock.now().date())
    with app.app_context():
        desk: Desk = app.extensions["desk"]
        desk.policies.in_force()
        from portal.db import transaction

        with transaction() as session:
            build_house(session, "a password for tests", clock.now())
            first = session.scalars(select(Person).where(Person.email == "reviewer@operator.example")).one()
            roles = actor_of(first).roles
            for email in MORE_REVIEWERS:
                add_person(
                    session,
                    first.organization,
                    email=email,
                    name="Rae Viewer",
                    password=None,
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
