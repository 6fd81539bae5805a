"""Walks every declared transition from a new claim through the real use cases, and tells what is wrong where.

The walk reads the actions, what they ask and who may do them from the rulebook, so that one added to the
rule files is walked without a word here. Beside the claim stands a rival of another organization, which
comes, wins and goes; mail is handed over, and ends of clocks come, as steps of their own.
"""

import sqlite3
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import product

from sqlalchemy import func, select, update

from portal.accounts.actor import CUSTOMER, SYSTEM, SYSTEM_ACTOR, Actor, customer_actor
from portal.audit.model import AuditEvent
from portal.claims.acting import act
from portal.claims.answers import Answers
from portal.claims.chain import chain_of
from portal.claims.clock_states import RUNNING, WAITING, waiting_clocks
from portal.claims.clocks import runs_in
from portal.claims.consent_links import link_in_force
from portal.claims.desk import Desk
from portal.claims.facts import CLAIM_FACTS, PRODUCT_FACTS, gather_named
from portal.claims.gathering import Gathering
from portal.claims.mail_recipients import PARTNER
from portal.claims.model import Association, Claim
from portal.claims.queries import claim_by_number
from portal.claims.refusals import Invalid, Refused
from portal.claims.replaying import differences
from portal.clock import FixedClock
from portal.db import db, transaction
from portal.notifications.delivery import SENT
from portal.notifications.model import OutboxMessage
from portal.rulebook.axioms import Axioms
from portal.rulebook.conditions import compile_python
from portal.rulebook.decision import CouldNotBeDecided, Facts
from portal.rulebook.models import Ask
from portal.work.outbox import deliver
from portal.work.sweep import sweep
from tests.portal.reviews.filing import REVIEWER, Filing

# Facts whose values tell states apart; the others only count (comments of a day, links of a day).
TOLD_APART = frozenset(
    {
        "claim.disputes_used",
        "claim.rejection_reasons",
        "consent.agreed_since_decline",
        "consent.has_link",
        "product.other_partner",
        "removal.asked",
        "removal.left",
    }
)
ROUNDS_AT_MOST = 2  # a third round allows and refuses what the second does
# Statuses that product.md's invariants name.
REJECTED, APPROVED, DISPUTE, FINAL = "rejected", "approved", "dispute", "rejected_final"
OWN, RIVAL = "contoso", "fabrikam"
GONE = ("gone",)

State = tuple[object, ...]
Step = tuple[str, str, tuple[tuple[str, str], ...]]  # (kind, action, answers)


@dataclass
class Walked:
    """What a walk saw: its states, every action that happened, and what was wrong, with the way there."""

    states: int = 0
    steps: int = 0
    happened: set[str] = field(default_factory=set)
    statuses: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Place:
    """One state as it was first reached: the whole database, the moment, and the way."""

    database: bytes
    moment: datetime
    way: tuple[str, ...]


class Walk:
    """One walk; `app` must be on a SQLite database in memory, which goes back to any state at once."""

    def __init__(self, filing: Filing) -> None:
        self.filing = filing
        self.desk: Desk = replace(filing.desk, committed=lambda: None)  # the hand-over is a step of its own
        self.clock: FixedClock = filing.clock
        self.number = filing.draft(OWN)
        # A second product, which nobody else claims: it can be asked away, and the claim stays what it was.
        both = (("product", "intune"), ("product", "teams"))
        self.carry_out("edit", self.number, filing.actors[f"incentives@{OWN}.example"], both)
        self.rival = filing.draft(RIVAL)
        self.rulebook = self.desk.policies.in_force()
        self.axioms = Axioms(self.rulebook.vocabulary, self.rulebook.parts.vocabulary.always)
        self.walked = Walked()

    def go(self, faults_at_most: int = 3) -> Walked:
        """Walk until no step leads to a new state; stops early at so many faults."""
        deliver(self.desk)
        seen: dict[State, _Place] = {}
        queue: deque[State] = deque()
        leads_to: dict[State, set[State]] = {}

        def reached(way: tuple[str, ...]) -> State:
            state = self.state()
            if state not in seen:
                seen[state] = _Place(self.kept(), self.clock.now(), way)
                queue.append(state)
                self.check_state(way)
            return state

        reached(())
        while queue and len(self.walked.faults) < faults_at_most:
            state = queue.popleft()
            place = seen[state]
            leads_to[state] = set()
            self.back_to(place)
            for step in list(self.steps()):
                self.back_to(place)
                before = self.status()
                if not self.took(step):
                    continue
                way = (*place.way, " ".join(part for part in step[:2] if part))
                self.check_move(before, way)
                leads_to[state].add(reached(way))
        self.walked.states = len(seen)
        if not self.walked.faults:
            self.check_nothing_is_stuck(seen, leads_to)
        return self.walked

    # ── states ─────────────────────────────────────────────────────────────────────────────────

    def kept(self) -> bytes:
        """Return the database; mails that no clock waits for are as good as handed over."""
        claim = self.claim()
        waited_for = [row.created_at for row in waiting_clocks(claim)] if claim else []
        with transaction() as session:
            session.execute(
                update(OutboxMessage)
                .where(OutboxMessage.created_at.not_in(waited_for))
                .values(state=SENT, sent_at=self.clock.now())
            )
        db.session.rollback()
        return self.driver().serialize()

    def back_to(self, place: _Place) -> None:
        db.session.rollback()
        db.session.expunge_all()
        self.driver().deserialize(place.database)
        self.clock.set(place.moment)

    def driver(self) -> sqlite3.Connection:
        with db.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            return driver

    def claim(self) -> Claim | None:
        db.session.rollback()
        return db.session.scalar(select(Claim).where(Claim.number == self.number))

    def status(self) -> str | None:
        claim = self.claim()
        return claim.status if claim else None

    def all_facts(self, claim: Claim) -> Facts:
        """Return every fact of the claim, as the portal itself sees it."""
        clocks = (f"clock.{name}" for name in self.rulebook.clocks)
        return self.facts(claim, frozenset({*CLAIM_FACTS, *PRODUCT_FACTS, *clocks}))

    def facts(self, claim: Claim, names: frozenset[str] = TOLD_APART) -> Facts:
        gathering = Gathering(db.session(), self.desk, self.rulebook, claim, SYSTEM_ACTOR, self.clock.now())
        return gather_named(gathering, names)

    def state(self) -> State:
        claim = self.claim()
        if claim is None:
            return GONE
        facts = self.facts(claim)
        clocks = tuple(
            (row.clock, row.state)
            for row in {row.clock: row for row in claim.clocks}.values()
            if runs_in(self.rulebook.clocks[row.clock], claim.status)
        )
        return (
            claim.status,
            claim.closed,
            min(claim.round, ROUNDS_AT_MOST) if self.rulebook.statuses[claim.status].open else 0,
            tuple(sorted(facts.claim.items())),
            claim.agreed_at is None,
            clocks,
            # How far rivals have come, whichever products are left: the second one has none.
            ()
            if claim.closed
            else tuple({str(one["product.other_partner"]) for one in facts.products} - {"none"}),
        )

    def is_disputable(self, claim: Claim) -> bool:
        condition = self.rulebook.vocabulary.parse("claim.is_disputable")
        return compile_python(condition)(self.facts(claim, condition.facts).claim)

    # ── steps ──────────────────────────────────────────────────────────────────────────────────

    def steps(self) -> Iterator[Step]:
        """Yield all that might happen next; whether it may is for the portal to say."""
        claim = self.claim()
        status = claim.status if claim else None
        for action, transition in self.rulebook.transitions.items():
            if transition.by != SYSTEM and status in transition.moves:
                for answers in self.answers(action):
                    yield ("", action, answers)
        if claim is not None and not claim.closed:  # what rivals do to each other is walked with them open
            yield from (("the mails", "", ()), ("time", "", ()), ("a rival comes", "", ()))
            for action in self.done_by_rivals():
                yield ("a rival:", action, next(iter(self.answers(action))))

    def done_by_rivals(self) -> list[str]:
        """Return one action for each thing a rival can do: win with or without a settlement, and go."""
        status = claim_by_number(db.session(), self.rival).status
        if not (self.rulebook.statuses[status].open or status == APPROVED):
            return []
        kinds: dict[tuple[str, bool], str] = {}
        for action, transition in self.rulebook.transitions.items():
            after = transition.moves.get(status)
            if transition.by != SYSTEM and after in (APPROVED, REJECTED, FINAL) and after != status:
                kinds.setdefault((after, bool(self.rulebook.called_by(action))), action)
        return list(kinds.values())

    def answers(self, action: str) -> Iterator[tuple[tuple[str, str], ...]]:
        """Yield answers to all that the action asks for: one set for each kind of code that can be chosen."""
        asks = self.rulebook.transitions[action].asks
        plain = tuple(
            (name, self.plain_answer(ask))
            for name, ask in asks.items()
            if ask.type in ("text", "fields")
            or (ask.need == "required" and ask.type not in ("codes", "documents"))
        )
        kinds: list[tuple[tuple[tuple[str, str], ...], ...]] = [
            tuple(((name, code),) for code in self.one_of_each_kind(ask.of or ""))
            for name, ask in asks.items()
            if ask.type == "codes"
        ]
        # Products that need not be named are left out and named.
        kinds += [
            ((), ((name, self.plain_answer(ask)),))
            for name, ask in asks.items()
            if ask.type == "products" and ask.need != "required"
        ]
        for chosen in product(*kinds):
            yield (
                *(("commentary", text) if name == "fields" else (name, text) for name, text in plain),
                *(answer for one in chosen for answer in one),
            )

    def plain_answer(self, ask: Ask) -> str:
        match ask.type:
            case "date":
                return (self.clock.now() + timedelta(days=90)).date().isoformat()
            case "person":
                return str(self.person_with(ask.of or "", last=True).person_id)
            case "location":
                claim = self.claim()
                return str(claim.location_id) if claim else ""
            case "products":
                claim = self.claim()
                return claim.products[0].product if claim else ""
        return "Some words."

    def one_of_each_kind(self, catalog: str) -> list[str]:
        """Return a code of each kind: those in the same named sets are alike to every rule."""
        kinds: dict[frozenset[str], str] = {}
        for code in self.rulebook.catalog_codes(catalog):
            kind = frozenset(
                one for one in self.rulebook.parts.vocabulary.sets if code in self.rulebook.catalog_codes(one)
            )
            kinds.setdefault(kind, code)
        return list(kinds.values())

    def took(self, step: Step) -> bool:
        """Do it; False where the portal refused or there was nothing to do."""
        kind, action, answers = step
        self.walked.steps += 1
        try:
            match kind:
                case "the mails":
                    return self.mails_go_out()
                case "time":
                    return self.time_passes()
                case "a rival comes":
                    return self.rival_comes()
                case "a rival:":
                    self.carry_out(action, self.rival, self.actor(action, self.rival, RIVAL), answers)
                case _:
                    self.carry_out(action, self.number, self.actor(action, self.number, OWN), answers)
                    self.walked.happened.add(action)
        except (Refused, Invalid):
            return False
        except CouldNotBeDecided as error:
            self.walked.faults.append(f"{step}: {error}")
            return False
        return True

    def carry_out(self, action: str, number: str, actor: Actor, answers: tuple[tuple[str, str], ...]) -> None:
        self.clock.set(self.clock.now() + timedelta(minutes=1))
        given: dict[str, tuple[str, ...]] = {}
        for name, text in answers:
            given[name] = (*given.get(name, ()), text)
        act(self.desk, action, number, actor, Answers(given))

    def actor(self, action: str, number: str, organization: str) -> Actor:
        by = self.rulebook.transitions[action].by
        claim = claim_by_number(db.session(), number)
        if by != CUSTOMER:
            able = self.person_with(by, organization)
            # A dispute is decided by who has it, and nobody else is asked to.
            has_it = [one for one in self.filing.actors.values() if one.person_id == claim.reviewer_id]
            return next((one for one in has_it if by in self.rulebook.permissions_of(one.roles)), able)
        link = link_in_force(db.session(), claim.id)
        return customer_actor("Casey", "casey@adatum.example", claim.id, link.id if link else None)

    def person_with(self, permission: str, organization: str = OWN, *, last: bool = False) -> Actor:
        """Return somebody who may, of the organization or of the operator."""
        able = [
            actor
            for email, actor in self.filing.actors.items()
            if permission in self.rulebook.permissions_of(actor.roles)
            and (actor.side != PARTNER or organization in email)
        ]
        return able[-1 if last else 0]

    def mails_go_out(self) -> bool:
        self.clock.set(self.clock.now() + timedelta(minutes=1))
        return deliver(self.desk).sent > 0

    def time_passes(self) -> bool:
        """Go on to the moment at which the claim's clock that ends first has ended."""
        claim = self.claim()
        due = (
            min((row.due_at for row in claim.clocks if row.state == RUNNING and row.due_at), default=None)
            if claim
            else None
        )
        if due is None:
            return False
        self.clock.set(due)
        for number, clock in sweep(self.desk).applied:
            if number == self.number:
                self.walked.happened.add(self.rulebook.clocks[clock].at_end)
        return True

    def rival_comes(self) -> bool:
        rival = claim_by_number(db.session(), self.rival)
        if rival.first_submitted_at is not None:
            return False
        self.carry_out("submit", self.rival, self.actor("submit", self.rival, RIVAL), ())
        self.carry_out("start_review", self.rival, self.filing.actors[REVIEWER], ())
        return True

    # ── what must be so ────────────────────────────────────────────────────────────────────────

    def fault(self, way: tuple[str, ...], what: str) -> None:
        self.walked.faults.append(f"{what}, after: {', '.join(way) or 'nothing'}")

    def check_state(self, way: tuple[str, ...]) -> None:
        """Check what is true of every claim in every state."""
        claim = self.claim()
        if claim is None:
            return
        self.walked.statuses.add(claim.status)
        try:
            self.axioms.require("walk", self.all_facts(claim))
        except CouldNotBeDecided as error:
            self.fault(way, str(error))
        held = select(func.count()).where(Association.claim_id == claim.id, Association.ended_at.is_(None))
        if (db.session.scalar(held) == len(claim.products)) is not (claim.status == APPROVED):
            self.fault(way, f"the association is not as the status {claim.status} has it")
        entered = select(func.count()).where(
            AuditEvent.subject == chain_of(claim.number), AuditEvent.to_status == DISPUTE
        )
        if not db.session.scalar(entered) == claim.disputes_used <= 1:
            self.fault(way, "the claim was disputed more often than once, or than is counted")
        if claim.status == FINAL and not claim.closed:
            self.fault(way, "Rejected final is not closed")
        if claim.status == REJECTED and not claim.closed:
            self.check_window(claim, way)
        if found := differences(db.session()):
            self.fault(way, f"the audit leads elsewhere: {found[0].problem}")

    def check_window(self, claim: Claim, way: tuple[str, ...]) -> None:
        """A rejection that is not closed is disputable: its window runs, or waits for mail that is there."""
        if any(row.state == RUNNING for row in claim.clocks):
            return
        told = select(func.count()).where(
            OutboxMessage.subject == claim.number,
            OutboxMessage.state == WAITING,
            OutboxMessage.audience == PARTNER,
            OutboxMessage.created_at.in_([row.created_at for row in waiting_clocks(claim)]),
        )
        if not db.session.scalar(told):
            self.fault(way, "no dispute window runs or waits for its mail")

    def check_move(self, before: str | None, way: tuple[str, ...]) -> None:
        """Check what must have happened on entering and leaving a status."""
        claim = self.claim()
        if claim is None or claim.status == before:
            return
        if before == FINAL:
            self.fault(way, "something left Rejected final")
        if claim.status == REJECTED:
            disputable = self.is_disputable(claim)
            begun = any(
                row.created_at == claim.status_since and row.state in (RUNNING, WAITING)
                for row in claim.clocks
            )
            if disputable and not begun:
                self.fault(way, "the rejection is disputable, and no window has begun with it")
            if begun and not disputable:
                self.fault(way, "the rejection is not disputable, and a window has begun with it")
        if before == APPROVED and link_in_force(db.session(), claim.id):
            self.fault(way, "the customer's link outlived the association")
        if (lost := self.lost_by(claim)) is not None:
            self.walked.happened.add(lost)

    def lost_by(self, claim: Claim) -> str | None:
        """Return the action that another claim's action called on this one, if that was the last one."""
        event = db.session.scalar(
            select(AuditEvent)
            .where(AuditEvent.subject == chain_of(claim.number))
            .order_by(AuditEvent.place.desc())
            .limit(1)
        )
        if event is None or event.action not in self.rulebook.transitions:
            return None
        return event.action if self.rulebook.transitions[event.action].called_by else None

    def check_nothing_is_stuck(self, seen: dict[State, _Place], leads_to: dict[State, set[State]]) -> None:
        """From every state a claim can come to its end, by what people do or by time."""
        comes_from: dict[State, set[State]] = {state: set() for state in seen}
        for state, nexts in leads_to.items():
            for one in nexts:
                comes_from[one].add(state)
        ended = deque(state for state in seen if state == GONE or state[1])
        saved = set(ended)
        while ended:
            for state in comes_from[ended.popleft()] - saved:
                saved.add(state)
                ended.append(state)
        for state in seen.keys() - saved:
            self.fault(seen[state].way, f"nothing leads on from {state}")
