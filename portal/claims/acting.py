"""The use case behind every action on a claim: due ends first, then the action, whole or not at all."""

import hashlib
import json
import logging
import secrets
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from portal.accounts.actor import SYSTEM, Actor
from portal.audit.model import AuditEvent
from portal.claims.answers import Answers
from portal.claims.desk import Desk, Step
from portal.claims.ends import apply_due_ends
from portal.claims.facts import NEW
from portal.claims.lifecycle import perform
from portal.claims.model import Claim
from portal.claims.numbers import next_number
from portal.claims.queries import find_claim
from portal.claims.refusals import Refused, Stale
from portal.claims.staleness import changes_since
from portal.claims.uploads import take_uploads
from portal.db import db, transaction
from portal.evidence.intake import Taken
from portal.policies import decisions

log = logging.getLogger(__name__)

CREATE = "create"
# A race on a unique index or a deadlock is tried once more: the second time the facts show the
# winner, and the loser is told by a rule instead of by a database.
TRIES = 2
# A form that is sent again follows the first within moments; nobody begins more drafts in between.
CREATED_LATELY = 20


@dataclass(frozen=True)
class Done:
    """What came of an action. `to_status` is the reserved word `gone` for a deleted draft."""

    number: str
    from_status: str
    to_status: str


def act(
    desk: Desk,
    action: str,
    number: str,
    actor: Actor,
    answers: Answers | None = None,
    version: int | None = None,
) -> Done:
    """Carry out `action` on the claim `number` for `actor`; opens its own transactions.

    `version` is the row's as the form showed it. Raises NotThere, Stale, Invalid, Unreadable,
    Refused (stored) and CouldNotBeDecided; each leaves the claim as it was. A form that is sent
    twice has one effect: the second finds the first one's mark and is answered as done.
    """
    given = answers or Answers()
    desk.open()
    if apply_due_ends(desk, _known_id(desk, number, actor)):
        desk.committed()  # the ends stand, and are told, even where the action itself comes to nothing
    taken = take_uploads(db.session(), desk, given.uploads)
    mark = _mark(action, actor, given, taken, version)
    try:
        done = _retried(desk, action, number, actor, given, taken, version, mark)
    except Refused as refused:
        store_refusal(desk, refused, actor)
        raise
    desk.committed()
    return done


def create(desk: Desk, actor: Actor, answers: Answers) -> Done:
    """Begin a claim as a draft of the actor's organization (product.md T1). Raises as `act` does.

    The page gives each of its forms a name of its own (`form`), so that one sent twice begins one claim.
    """
    organization_id = actor.organization_id
    person_id = actor.person_id
    if organization_id is None or person_id is None:
        raise PermissionError("A claim is created by a person of a partner organization.")
    desk.open()
    mark = _mark(CREATE, actor, answers, (), None) if answers.one("form") else secrets.token_hex()
    now = desk.clock.now()
    try:
        with transaction() as session:
            number = next_number(session, now)  # whoever creates at the same time waits here
            if earlier := _created_before(session, actor, mark):
                return earlier
            claim = Claim(
                number=number,
                organization_id=organization_id,
                created_by_id=person_id,
                created_at=now,
                changed_at=now,
                status_since=now,
                status=NEW,
                waits_for="",
                round=0,
                disputes_used=0,
                rejection_reasons=[],
                version=0,
            )
            session.add(claim)
            session.flush()
            session.refresh(claim)
            step = perform(session, desk, CREATE, claim, actor, answers, details={"sent": mark})
            done = Done(claim.number, NEW, step.to_status)
    except Refused as refused:
        store_refusal(desk, refused, actor)
        raise
    desk.committed()
    return done


def _created_before(session: Session, actor: Actor, mark: str) -> Done | None:
    """Return the draft that the same form created when it was sent before, or None."""
    events = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.action == CREATE, AuditEvent.actor_id == actor.person_id)
        .order_by(AuditEvent.id.desc())
        .limit(CREATED_LATELY)
    )
    for event in events:
        if event.details.get("sent") == mark:
            return Done(event.subject.removeprefix("claim:"), NEW, event.to_status or "")
    return None


def _known_id(desk: Desk, number: str, actor: Actor) -> int:
    """Return the claim's id, or raise NotThere before anything of a stranger's form is kept."""
    with transaction() as session:
        return find_claim(session, desk, number, actor).id


def _retried(
    desk: Desk,
    action: str,
    number: str,
    actor: Actor,
    answers: Answers,
    taken: tuple[Taken, ...],
    version: int | None,
    mark: str,
) -> Done:
    for attempt in range(1, TRIES + 1):
        try:
            with transaction() as session:
                claim = find_claim(session, desk, number, actor, lock=True)
                if done := _done_before(session, claim, actor, mark, version):
                    return done
                if version is not None and claim.version != version:
                    raise Stale(number, changes_since(session, desk, claim, version))
                step = perform(session, desk, action, claim, actor, answers, taken, {"sent": mark})
                return _done(step)
        except (IntegrityError, OperationalError):
            log.warning("action lost a race", extra={"action": action, "number": number, "attempt": attempt})
            if attempt == TRIES:
                raise
    raise AssertionError("unreachable: the last attempt returns or raises")


def _done(step: Step) -> Done:
    return Done(step.claim.number, step.from_status, step.to_status)


def _mark(action: str, actor: Actor, answers: Answers, taken: tuple[Taken, ...], version: int | None) -> str:
    """Return what tells one sent form from every other: action, person, version and all that was typed."""
    values = sorted((name, list(given)) for name, given in answers.values.items() if name != "csrf_token")
    content = [action, actor.kind, actor.person_id, version, values, [file.sha256 for file in taken]]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _done_before(session: Session, claim: Claim, actor: Actor, mark: str, version: int | None) -> Done | None:
    """Return what the same form did when it was sent before, or None.

    A customer's answer carries no version; it is the same while nothing else happened since.
    """
    by_link = 0 if actor.link_id is None else 1
    since = by_link if version is None else claim.version - version
    events = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.subject == f"claim:{claim.number}", AuditEvent.actor_kind != SYSTEM)
        .order_by(AuditEvent.place.desc())
        .limit(max(since, 0))
    )
    for event in events:
        if event.details.get("sent") == mark:
            return Done(claim.number, event.from_status or "", event.to_status or claim.status)
    return None


def store_refusal(desk: Desk, refused: Refused, actor: Actor) -> None:
    """Keep the refused decision in a transaction of its own; the refusal itself changed nothing."""
    with transaction() as session:
        decisions.store(
            session, refused.decision, subject=refused.number, at=desk.clock.now(), actor=actor.name
        )
