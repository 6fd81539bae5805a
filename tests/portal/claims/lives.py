"""A random life of two competing claims, held against the reference model and the invariants."""

import random
from collections import Counter
from copy import deepcopy
from datetime import datetime, timedelta
from uuid import uuid4

from flask import Flask
from sqlalchemy import func, select

from portal.accounts.actor import SYSTEM, Actor, customer_actor
from portal.accounts.model import Person
from portal.accounts.queries import actor_of
from portal.audit.model import AuditEvent
from portal.claims.acting import act, create
from portal.claims.answers import Answers, Upload
from portal.claims.desk import Desk
from portal.claims.model import Association, Claim
from portal.claims.refusals import NotThere, Refused
from portal.claims.units import unit_of
from portal.clock import FixedClock
from portal.db import db
from portal.work.sweep import sweep
from tests.conftest import NOW
from tests.portal.claims.reference import CUSTOMER, MOVES, PARTNER, REVIEWERS, Model, end_of_day, last_day

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
Tally = Counter[tuple[str, str, tuple[str, ...]]]


# Most lives would be over before anything was reviewed if what ends a claim were chosen often.
SELDOM = {
    "request_rejection": 0.1,
    "disassociate": 0.3,
    "comment": 0.3,
    "edit": 0.2,
    "send_consent_link": 0.3,
}
# How often each thing is tried.
TRIED = {"go_on": 60, "try_anything": 14, "wait": 12, "sweep": 5, "hand_over": 5, "extend": 4}


class Life:
    """Two partners claim one unit; anything may be tried at any time.

    `seed` says what is tried, but for the reviewer of a dispute, who is chosen by how busy the lives before
    made them; `tried` counts it: (action, status before, codes of why it was refused).
    """

    def __init__(self, app: Flask, clock: FixedClock, letter: Upload, seed: str, tried: Tally) -> None:
        self.desk: Desk = app.extensions["desk"]
        self.clock, self.letter, self.tried = clock, letter, tried
        self.chance = random.Random(seed)
        self.models = {name: Model() for name in PARTNERS}
        self.numbers: dict[str, str] = {}
        self.dues: dict[int, tuple[datetime, str]] = {}
        self.steps: list[str] = []
        # A life begins on a day of its own, whatever the clock showed after the life before.
        self.clock.set(NOW + timedelta(days=self.chance.randrange(365), hours=self.chance.randrange(24)))

    def live(self, steps: int) -> None:
        """Try so many things one after the other, or fewer where both claims are over for long enough."""
        self.two_drafts()
        for _ in range(steps):
            (what,) = self.chance.choices(tuple(TRIED), tuple(TRIED.values()))
            getattr(self, what)()
            self.as_the_models_say()
            self.always_true()
            if all(model.closed for model in self.models.values()) and self.chance.random() < 0.2:
                return

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

    def go_on(self) -> None:
        """Do something that is possible: chance alone would seldom get beyond the draft."""
        name, reviewer = self.chance.choice(PARTNERS), self.chance.choice(REVIEWERS)
        # Looking at what is possible applies no end to the claims, so it applies none to their models.
        both, now = deepcopy(self.models), self.clock.now()
        model, rival = both[name], both[rival_of(name)]
        model.pass_time(now)
        rival.pass_time(now)
        possible = [
            action
            for action in sorted(MOVES)
            if not model.why_not(action, now, rival, actor_email(name, action, reviewer))
        ]
        if possible:
            (action,) = self.chance.choices(possible, [SELDOM.get(one, 1) for one in possible])
            self.attempted(name, action, reviewer)

    def try_anything(self) -> None:
        """Try an action whether it is possible or not."""
        name, action = self.chance.choice(PARTNERS), self.chance.choice(sorted(MOVES))
        self.attempted(name, action, self.chance.choice(REVIEWERS))

    def attempted(self, name: str, action: str, reviewer: str) -> None:
        model, rival = self.models[name], self.models[rival_of(name)]
        who, now = actor_email(name, action, reviewer), self.clock.now()
        model.pass_time(now)
        rival.pass_time(now)
        expected = model.why_not(action, now, rival, who)
        before = self.done_by_people(name)
        why = self.attempt(name, action, Answers(ANSWERS.get(action, {})), self.actor(name, action, who))
        assert set(why) == expected, f"{action} from {model.status}: {why or 'was let through'}"
        if expected:
            assert self.done_by_people(name) == before
        else:
            model.do(action, now, rival, who)
            if action == "dispute":
                self.is_with_another(name)

    def is_with_another(self, name: str) -> None:
        """A dispute is given to a reviewer without a part, by how busy they are, or to nobody."""
        model, reviewer = self.models[name], self.claim(name).reviewer
        model.reviewer = reviewer.email if reviewer else None
        assert model.reviewer in (model.without_part or (None,))

    def done_by_people(self, name: str) -> int:
        """How often somebody did something to the claim; ends of clocks are applied before a refusal too."""
        done = select(func.count()).where(
            AuditEvent.subject == f"claim:{self.numbers[name]}", AuditEvent.actor_kind != SYSTEM
        )
        return db.session.scalar(done) or 0

    def attempt(self, name: str, action: str, answers: Answers, actor: Actor) -> list[str]:
        """Act, and return the codes of the reasons if it was refused."""
        status, why = self.models[name].status, []
        self.steps.append(f"{action} {name} by {actor.email}")
        try:
            act(self.desk, action, self.numbers[name], actor, answers)
        except Refused as refusal:
            why = [reason.code for reason in refusal.decision.reasons]
        except NotThere:
            why = ["not_there"]  # reviewers know no claim that was never submitted
        self.tried[action, status, tuple(why)] += 1
        return why

    def hand_over(self) -> None:
        """A reviewer gives the claim to another, or to themselves."""
        name, by, chosen = (self.chance.choice(every) for every in (PARTNERS, REVIEWERS, REVIEWERS))
        model = self.models[name]
        model.pass_time(self.clock.now())
        expected = model.why_not_handed_to(chosen)
        answers = Answers({"reviewer": (str(self.person(chosen).id),), "message": ("I am away.",)})
        why = self.attempt(name, "reassign", answers, actor_of(self.person(by)))
        assert set(why) == expected, f"{model} to {chosen}: {why or 'was let through'}"
        if not expected:
            model.reviewer = chosen

    def extend(self) -> None:
        """A reviewer moves the deadline that the model knows; it is never shortened, and stands elsewhere."""
        name, days = self.chance.choice(PARTNERS), self.chance.randint(-2, 4)
        model, now = self.models[name], self.clock.now()
        foreseen = deepcopy(model)
        foreseen.pass_time(now)
        if foreseen.ends is None:
            return
        model.pass_time(now)
        day = last_day(foreseen.ends) + timedelta(days=days)
        answers = Answers({"until": (f"{day}",), "message": ("More time.",)})
        why = self.attempt(name, "extend", answers, actor_of(self.person(REVIEWERS[0])))
        assert why == (["deadline_not_later"] if days <= 0 else [])
        if not why:
            model.ends = end_of_day(day)

    def wait(self) -> None:
        hours = self.chance.randint(1, 12 * 24)
        self.steps.append(f"wait {hours} h")
        self.tried["wait", "", ()] += 1
        self.clock.set(self.clock.now() + timedelta(hours=hours))

    def sweep(self) -> None:
        self.steps.append("sweep")
        self.tried["sweep", "", ()] += 1
        sweep(self.desk)
        for model in self.models.values():
            model.pass_time(self.clock.now())
        assert sweep(self.desk).applied == ()

    def as_the_models_say(self) -> None:
        for name, model in self.models.items():
            claim = self.claim(name)
            if model.ends is not None and self.clock.now() >= model.ends:
                continue  # an end is due and not applied yet
            assert claim.status == model.status
            assert claim.disputes_used == model.disputes
            assert claim.closed == model.closed
            assert (claim.reviewer.email if claim.reviewer else None) == model.reviewer

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

    def actor(self, name: str, action: str, who: str) -> Actor:
        if MOVES[action][0] == CUSTOMER:
            return customer_actor("Casey", who, self.claim(name).id)
        return actor_of(self.person(who))


def rival_of(name: str) -> str:
    return PARTNERS[1 - PARTNERS.index(name)]


def actor_email(name: str, action: str, reviewer: str) -> str:
    """Return who does `action` to the claim of `name`, where a reviewer does it `reviewer`."""
    return {PARTNER: f"incentives@{name}.example", CUSTOMER: "casey@litware.example"}.get(
        MOVES[action][0], reviewer
    )
