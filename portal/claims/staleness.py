"""What happened to a claim since a form was opened, in sentences."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.audit.model import AuditEvent
from portal.claims.chain import chain_of
from portal.claims.desk import Desk
from portal.claims.model import Claim
from portal.claims.refusals import Stale
from portal.claims.timeline import OTHER_EVENTS, name_for
from portal.languages.sentences import gettext


def changes_since(session: Session, desk: Desk, claim: Claim, version: int, reader: Actor) -> list[str]:
    """Return one sentence per change of the claim after `version`, oldest first.

    They name whom the timeline names to `reader`.
    """
    rulebook = desk.rulebook_of(claim)
    events = session.scalars(
        select(AuditEvent).where(AuditEvent.subject == chain_of(claim.number)).order_by(AuditEvent.place)
    )
    sentences = []
    for event in events:
        if event.details.get("version", 0) <= version:
            continue
        transition = rulebook.transitions.get(event.action)
        what = transition.label if transition else str(OTHER_EVENTS.get(event.action, event.action))
        who, entered = name_for(reader, event), rulebook.statuses.get(event.to_status or "")
        if entered:
            sentence = gettext(
                "%(who)s: %(what)s. The claim’s status is now “%(status)s”.",
                who=who,
                what=what,
                status=entered.label,
            )
        else:
            sentence = gettext("%(who)s: %(what)s.", who=who, what=what)
        sentences.append(sentence)
    return sentences


def check_version(session: Session, desk: Desk, claim: Claim, version: int | None, reader: Actor) -> None:
    """Raise Stale, with what happened since, where a form showed another `version` of the claim."""
    if version is not None and claim.version != version:
        raise Stale(claim.number, changes_since(session, desk, claim, version, reader))
