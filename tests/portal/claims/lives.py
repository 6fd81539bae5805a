"""The machine of random lives: two competing claims, held against the reference model and the invariants."""

from copy import deepcopy
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import uuid4

from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
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

    @rule(name=st.sampled_from(PARTNERS), choice=st.integers(0, 100), reviewer=st.sampled_from(REVIEWERS))
    def go_on(self, name: str, choice: int, reviewer: str) -> None:
        """Do something that is possible: chance alone would seldom get beyond the draft."""
        # Looking at what is possible applies no end to the claims, so it applies none to their models.
        both, now = deepcopy(self.models), self.clock.now()
        model, rival = both[name], both[rival_of(name)]
        model.pass_time(now)
        rival.pass_time(now)
        possible = [
            action
            for action in sorted(MOVES)
            if not model.refuses(action, now, rival, actor_email(name, action, reviewer))
        ]
        if possible:
            self.attempted(name, possible[choice % len(possible)], reviewer)

    @rule(
        name=st.sampled_from(PARTNERS),
        action=st.sampled_from(sorted(MOVES)),
        reviewer=st.sampled_from(REVIEWERS),
    )
    def act(self, name: str, action: str, reviewer: str) -> None:
        """Try anything, possible or not."""
        self.attempted(name, action, reviewer)

    def attempted(self, name: str, action: str, reviewer: str) -> None:
        Lives.steps += 1
        model, rival = self.models[name], self.models[rival_of(name)]
        who, now = actor_email(name, action, reviewer), self.clock.now()
        model.pass_time(now)
        rival.pass_time(now)
        refused = model.refuses(action, now, rival, who)
        before = self.done_by_people(name)
        why = self.attempt(name, action, who)
        assert bool(why) == refused, f"{action} from {model.status}: {why or 'was let through'}"
        if refused:
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

    def attempt(self, name: str, action: str, who: str) -> list[str]:
        """Act as `who`, and return the codes of the reasons if it was refused."""
        actor = self.actor(name, action, who)
        try:
            act(self.desk, action, self.numbers[name], actor, Answers(ANSWERS.get(action, {})))
        except Refused as refusal:
            return [reason.code for reason in refusal.decision.reasons]
        except NotThere:
            return ["not_there"]  # reviewers know no claim that was never submitted
        return []

    @rule(name=st.sampled_from(PARTNERS), by=st.sampled_from(REVIEWERS), chosen=st.sampled_from(REVIEWERS))
    def hand_over(self, name: str, by: str, chosen: str) -> None:
        """A reviewer gives the claim to another, or to themselves."""
        Lives.steps += 1
        model = self.models[name]
        model.pass_time(self.clock.now())
        refused = model.refuses_to_hand_over(chosen)
        answers = Answers({"reviewer": (str(self.person(chosen).id),), "message": ("I am away.",)})
        try:
            act(self.desk, "reassign", self.numbers[name], actor_of(self.person(by)), answers)
            done = True
        except (Refused, NotThere):
            done = False
        assert done != refused, f"{model}, to hand over to {chosen}"
        if done:
            model.reviewer = chosen

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
            assert (claim.reviewer.email if claim.reviewer else None) == model.reviewer

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
