"""Whom a mail about a claim goes to: people who may see the claim, when it is left and when it is sent."""

import logging
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.model import Person
from portal.accounts.queries import actor_of
from portal.accounts.roles import people_with_roles
from portal.claims.blindness import kept_from
from portal.claims.desk import Desk
from portal.claims.model import Claim
from portal.claims.participants import reviewers
from portal.claims.queries import visible_to
from portal.notifications.delivery import OVERTAKEN
from portal.notifications.model import OutboxMessage
from portal.notifications.outbox import post
from portal.notifications.writing import NoAddress, OutOfDate
from portal.rulebook.rulebook import Rulebook

log = logging.getLogger(__name__)

# Whom notifications.yaml names; `reviewer` is the one assigned, or all of them.
PARTNER, REVIEWER, REVIEWERS = "partner", "reviewer", "reviewers"
CUSTOMER, ADMINS = "customer", "operator_admins"
ADMINISTER = "organizations.manage"
PEOPLE = "people.manage"
ALSO = "also"  # in a message's context: the permissions whose holders are told too


def recipients(
    session: Session,
    desk: Desk,
    rulebook: Rulebook,
    claim: Claim,
    audience: str,
    also: Iterable[str] = (),
) -> list[str]:
    """Return the addresses of `audience`, each once. A claim without a reviewer is told to all reviewers.

    Of the partner, whoever holds a permission of `also` and may see the claim is told too. Left out is
    whoever is to judge a decision about it without knowing it. An address without an account is told where
    the partner named it as its contact. Whoever has one is told as long as they are active and may see the
    claim; where nobody is left, those who look after the partner's people and may see it are told in
    their place.
    """
    if audience == CUSTOMER:
        return [claim.customer_contact_email] if claim.customer_contact_email else []
    if audience == PARTNER:
        named = _of_partner(session, desk, claim) or _holders(session, desk, rulebook, claim, PEOPLE)
        besides = [one for name in also for one in _holders(session, desk, rulebook, claim, name)]
        return list(dict.fromkeys((*named, *besides)))
    deciding = [one for one in reviewers(session, rulebook) if not _is_kept_from(session, desk, claim, one)]
    if audience == REVIEWER and (assigned := [one for one in deciding if one.id == claim.reviewer_id]):
        return [assigned[0].email]
    people = people_with_roles(session, rulebook.roles_with(ADMINISTER)) if audience == ADMINS else deciding
    return [person.email for person in people]


def _of_partner(session: Session, desk: Desk, claim: Claim) -> list[str]:
    creator = session.get_one(Person, claim.created_by_id)
    named = dict.fromkeys(one.casefold() for one in (claim.own_contact_email, creator.email) if one)
    accounts = session.scalars(select(Person).where(Person.email.in_(named)))
    kept_from = {one.email for one in accounts if not _may_see(session, desk, claim, one)}
    return [one for one in named if one not in kept_from]


def _holders(session: Session, desk: Desk, rulebook: Rulebook, claim: Claim, permission: str) -> list[str]:
    """Return who of the claim's organization holds `permission` and may see the claim."""
    holding = people_with_roles(session, rulebook.roles_with(permission))
    own = [person for person in holding if person.organization_id == claim.organization_id]
    return [person.email for person in own if _may_see(session, desk, claim, person)]


def _is_kept_from(session: Session, desk: Desk, claim: Claim, person: Person) -> bool:
    """Tell whether the person is to judge a decision about the claim, and must not be told how it went on."""
    query = select(Claim.id).where(Claim.id == claim.id, kept_from(desk, actor_of(person)))
    return session.scalar(query) is not None


def _may_see(session: Session, desk: Desk, claim: Claim, person: Person) -> bool:
    if not person.active or person.organization_id != claim.organization_id:
        return False
    query = select(Claim.id).where(Claim.id == claim.id, visible_to(desk, actor_of(person)))
    return session.scalar(query) is not None


def recipients_today(session: Session, desk: Desk, message: OutboxMessage, claim: Claim) -> list[str]:
    """Return the addresses that `message`, left for its audience, would be left for now."""
    also = message.context.get(ALSO, ())
    return recipients(session, desk, desk.rulebook_of(claim), claim, message.audience, also)


def readdress(session: Session, desk: Desk, message: OutboxMessage) -> None:
    """Give a message of a claim to those who are told today, where its recipient is not among them any more.

    Between the event and the hand-over people are let go, and roles and locations change. The message
    keeps its moment, so that the clocks that wait for it start with it. Raises OutOfDate where everybody
    who is told has a message of their own, and NoAddress where nobody is left who may be told.
    """
    if message.audience == CUSTOMER:
        return  # asked by a link that one address got; another link goes to another address
    claim = session.scalars(select(Claim).where(Claim.number == message.subject)).one()
    today = recipients_today(session, desk, message, claim)
    if message.recipient in today:
        return
    if not today:
        # stays English: kept with the message
        raise NoAddress("Nobody is left who may read this. Give somebody the role for it, and send it again.")
    same = select(OutboxMessage).where(
        OutboxMessage.subject == message.subject,
        OutboxMessage.event == message.event,
        OutboxMessage.audience == message.audience,
        OutboxMessage.created_at == message.created_at,
        OutboxMessage.state != OVERTAKEN,  # such a message tells nobody any more
    )
    told = {
        one.recipient for one in session.scalars(same) if one.context["place"] == message.context["place"]
    }
    left = [address for address in today if address not in told]
    if not left:
        # stays English: kept with the message
        raise OutOfDate("Somebody else is told instead, so this mail was not sent.")
    log.info("a mail goes to somebody else", extra={"outbox_id": message.id, "others": len(left)})
    message.recipient, *others = left
    for address in others:
        post(
            session,
            subject=message.subject,
            event=message.event,
            recipient=address,
            audience=message.audience,
            context=message.context,
            at=message.created_at,
        )
