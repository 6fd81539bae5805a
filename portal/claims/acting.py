"""The use case behind every action on a claim: due ends first, then the action, whole or not at all."""

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.audit.model import AuditEvent
from portal.claims.answers import Answers
from portal.claims.beginning import CREATE, begin_draft
from portal.claims.chain import PREFIX
from portal.claims.desk import Desk
from portal.claims.effects.copying import BEGUN, LEFT_OUT
from portal.claims.ends import apply_due_ends
from portal.claims.facts import NEW
from portal.claims.held_contents import contents_of, let_go
from portal.claims.lifecycle import GONE, perform
from portal.claims.model import Claim
from portal.claims.numbers import next_number
from portal.claims.queries import find_claim, lock_for_action
from portal.claims.refusals import Refused
from portal.claims.sent_forms import MARK, SentForm, event_of
from portal.claims.staleness import check_version
from portal.claims.uploads import check_number, check_unread, keep_discarded, take_uploads, unread
from portal.db import transaction
from portal.evidence.intake import Taken
from portal.policies import decisions

log = logging.getLogger(__name__)
Result = TypeVar("Result")

# A race on a unique index or a deadlock is tried once more: the second time the facts show the
# winner, and the loser is told by a rule instead of by a database.
TRIES = 2
# A form that is sent again follows the first within moments; nobody begins more drafts in between.
CREATED_LATELY = 20


@dataclass(frozen=True)
class Done:
    """What came of an action. `to_status` is the reserved word `gone` for a deleted draft.

    `begun` is the number of a draft that was begun from the claim, `left_out` what it could not take over.
    """

    number: str
    from_status: str
    to_status: str
    begun: str = ""
    left_out: tuple[str, ...] = ()

    def with_details(self, details: Mapping[str, Any]) -> "Done":
        """Return the same with what the audit kept of a draft that was begun."""
        return replace(self, begun=details.get(BEGUN, ""), left_out=tuple(details.get(LEFT_OUT, ())))


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
    sent = SentForm(action, number, actor, answers or Answers(), version)
    let_time_act_first(desk, number, actor)
    try:
        done = _foreseen(desk, sent) or _taken_and_carried_out(desk, sent)
    except Refused as refused:
        store_refusal(desk, refused, actor)
        raise
    desk.committed()
    return done


def create(desk: Desk, actor: Actor, answers: Answers) -> Done:
    """Begin a claim as a draft of the actor's organization (product.md T1). Raises as `act` does.

    The page gives each of its forms a name of its own (`form`), so that one sent twice begins one claim.
    """
    desk.open()
    sent = SentForm(CREATE, "", actor, answers)
    details = {MARK: sent.mark if answers.one("form") else secrets.token_hex()}
    try:
        done = retried(CREATE, "", lambda: _begun(desk, sent, details))
    except Refused as refused:
        # Not under the number, which was not given and will be another claim's.
        store_refusal(desk, Refused(NEW, refused.decision), actor)
        raise
    desk.committed()
    return done


def _begun(desk: Desk, sent: SentForm, details: Mapping[str, object]) -> Done:
    with transaction() as session:
        number = next_number(session, desk.today())  # whoever creates at the same time waits here
        if earlier := _created_before(session, sent):
            return earlier
        step = begin_draft(session, desk, number, sent.actor, sent.answers, details)
        return Done(number, NEW, step.to_status)


def _created_before(session: Session, sent: SentForm) -> Done | None:
    """Return the draft that the same form created when it was sent before, or None."""
    events = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.action == CREATE, AuditEvent.actor_id == sent.actor.person_id)
        .order_by(AuditEvent.id.desc())
        .limit(CREATED_LATELY)
    )
    for event in events:
        if sent.left_by(event):
            return Done(event.subject.removeprefix(PREFIX), NEW, event.to_status or "")
    return None


def let_time_act_first(desk: Desk, number: str, actor: Actor) -> None:
    """Apply the ends that are due; they stand, and are told, even where what follows comes to nothing.

    Raises NotThere before anything of a stranger's form is kept.
    """
    desk.open()
    with transaction() as session:
        claim_id = find_claim(session, desk, number, actor).id
    if apply_due_ends(desk, claim_id):
        desk.committed()


def _foreseen(desk: Desk, sent: SentForm) -> Done | None:
    """Return what the same form did before; else None, where nothing stands against opening its files."""
    if not sent.answers.uploads:
        return None
    check_number(desk, sent)
    files = unread(sent)  # counting hashes takes a while, in which no other form should wait
    with transaction() as session:
        claim, done = _found(session, desk, sent, lock=False)
        if done is None:
            check_unread(session, desk, claim, sent, files)
        return done


def _taken_and_carried_out(desk: Desk, sent: SentForm) -> Done:
    taken = take_uploads(desk, sent)
    return retried(sent.action, sent.number, lambda: _carried_out(desk, sent, taken))


def retried(action: str, number: str, work: Callable[[], Result]) -> Result:
    """Return what `work` returns, tried once more where its transaction lost a race."""
    for attempt in range(1, TRIES + 1):
        try:
            return work()
        except (IntegrityError, OperationalError):
            known = {"action": action, "number": number, "attempt": attempt}
            log.warning("action lost a race", extra=known)
            if attempt == TRIES:
                raise
    raise AssertionError("unreachable: the last attempt returns or raises")


def _carried_out(desk: Desk, sent: SentForm, taken: tuple[Taken, ...]) -> Done:
    with transaction() as session:
        claim, done = _found(session, desk, sent, lock=True)
        if done is not None:
            return done
        contents = contents_of(claim)
        details = {MARK: sent.mark}
        step = perform(session, desk, sent.action, claim, sent.actor, sent.answers, taken, details)
        keep_discarded(desk, sent)
    if step.to_status == GONE:
        let_go(desk, contents)
    return Done(sent.number, step.from_status, step.to_status).with_details(step.details)


def _found(session: Session, desk: Desk, sent: SentForm, *, lock: bool) -> tuple[Claim, Done | None]:
    """Return the claim, and what the same form did when it was sent before. Raises NotThere and Stale."""
    if lock:
        claim = lock_for_action(session, desk, sent.action, sent.number, sent.actor)
    else:
        claim = find_claim(session, desk, sent.number, sent.actor)
    if event := event_of(session, claim, sent):
        done = Done(claim.number, event.from_status or "", event.to_status or claim.status)
        return claim, done.with_details(event.details)
    check_version(session, desk, claim, sent.version, sent.actor)
    return claim, None


def store_refusal(desk: Desk, refused: Refused, actor: Actor) -> None:
    """Keep the refused decision in a transaction of its own; the refusal itself changed nothing."""
    with transaction() as session:
        decisions.store(
            session,
            refused.decision,
            key=desk.secret,
            subject=refused.number,
            at=desk.clock.now(),
            actor=actor.name,
        )
