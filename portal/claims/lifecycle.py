"""Carries out every declared transition; the only place that writes a claim's status."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.actor import SYSTEM_ACTOR, Actor
from portal.claims.answers import Answers
from portal.claims.chain import record_event
from portal.claims.checking import check_answers
from portal.claims.clock_states import running_clock
from portal.claims.clocks import turn_clocks
from portal.claims.desk import Desk, Step
from portal.claims.drawing import draw, keep_from_judging
from portal.claims.eligibility import note_eligibility
from portal.claims.facts import NEW, gather, gather_named
from portal.claims.gathering import Gathering
from portal.claims.keeping import begin_kept, end_kept
from portal.claims.mails import post_mails
from portal.claims.model import Claim
from portal.claims.refusals import Refused
from portal.claims.searching import search_text
from portal.claims.units import note_units
from portal.evidence.intake import Taken
from portal.policies import decisions
from portal.rulebook.decision import Decision
from portal.rulebook.rulebook import Rulebook

GONE = "gone"  # the reserved word for a draft that was deleted


def perform(
    session: Session,
    desk: Desk,
    action: str,
    claim: Claim,
    actor: Actor,
    answers: Answers | None = None,
    taken: tuple[Taken, ...] = (),
    details: Mapping[str, object] | None = None,
) -> Step:
    """Decide `action` and carry it out within the caller's transaction.

    Facts, decision, effects, status, clocks, audit event and outbox messages are one: whoever calls
    commits all of them or none. `claim` is locked and its due ends have been applied. Raises Refused
    (the caller rolls back and stores the refusal), Invalid for answers that cannot be taken, and
    CouldNotBeDecided.
    """
    now = desk.clock.now()
    rulebook = desk.rulebook_of(claim)
    transition = rulebook.transitions[action]
    given = answers or Answers()
    facts = gather(Gathering(session, desk, rulebook, claim, actor, now, given, taken), action)
    decision = rulebook.decide(action, facts)
    if not decision.allowed:
        raise Refused(claim.number, decision)
    check_answers(session, rulebook, claim, action, given)
    stored = decisions.store(
        session, decision, key=desk.secret, subject=claim.number, at=now, actor=actor.name
    )
    step = Step(
        session=session,
        desk=desk,
        rulebook=rulebook,
        claim=claim,
        action=action,
        transition=transition,
        actor=actor,
        answers=given,
        taken=taken,
        now=now,
        from_status=claim.status,
        to_status=transition.moves[claim.status],
        decision_id=stored.id,
        facts=facts,
        details=dict(details or {}),
    )
    draw(step)
    if transition.reason:
        claim.rejection_reasons, claim.decision_text = [transition.reason], ""
        step.details["reasons"] = [transition.reason]
    for verb in transition.effects:
        desk.verbs[verb](step)
    _move(step, decision)
    keep_from_judging(step)
    return step


def _move(step: Step, decision: Decision) -> None:
    """Write the status, and everything that follows from having entered or left one."""
    claim = step.claim
    changed = step.from_status != step.to_status
    if step.to_status != GONE:
        if changed:
            claim.status, claim.status_since = step.to_status, step.now
            claim.overdue = False
            end_kept(step)
            turn_clocks(step)
        step.rulebook = step.desk.rulebook_of(claim)  # the first submission has pinned it
        note_units(claim, step.rulebook)
        step.session.flush()  # a unit somebody else holds fails here, before anything is told
        if changed:
            begin_kept(step)
            note_eligibility(Gathering(step.session, step.desk, step.rulebook, claim, SYSTEM_ACTOR, step.now))
        derive(step.session, step.desk, claim, step.now)
        claim.changed_at = step.now
        claim.version = claim.version + 1 if step.from_status != NEW else 1
        post_mails(step)
    record_event(
        step.session,
        step.desk,
        claim.number,
        step.actor,
        step.action,
        step.now,
        from_status=step.from_status,
        to_status=step.to_status if changed else None,
        decision_id=step.decision_id,
        policy_version=decision.policy_version,
        details={**step.details, "version": claim.version},
    )


def derive(session: Session, desk: Desk, claim: Claim, now: datetime) -> None:
    """Store again what follows from status and clocks: whose move it is, until when, and whether closed."""
    rulebook = desk.rulebook_of(claim)
    status = rulebook.statuses[claim.status]
    clock = running_clock(claim)
    gathering = Gathering(session, desk, rulebook, claim, SYSTEM_ACTOR, now)
    claim.waits_for = (_waited_for(rulebook, clock.clock, gathering) if clock else None) or status.waits_for
    claim.due_at = clock.due_at if clock else None
    names = rulebook.facts_read(f"closed:{claim.status}")
    claim.closed = rulebook.is_closed(claim.status, gather_named(gathering, names))
    claim.search_text = search_text(claim, rulebook)


def _waited_for(rulebook: Rulebook, clock: str, gathering: Gathering) -> str | None:
    """Return whom the running `clock` waits for; None leaves it to the status."""
    waits = rulebook.clock_waits(clock, gather_named(gathering, rulebook.facts_read(f"waits:{clock}")))
    return rulebook.clocks[clock].waits_for if waits else None
