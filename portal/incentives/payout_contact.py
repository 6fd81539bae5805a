"""Whom payments to an organization are arranged with: one for all of it, whoever works for some locations.

Who takes over an account could lead payments elsewhere with it, so a change is told to all who may make it,
to those who manage the organization's people, and to whom it replaces.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.model import Person
from portal.accounts.organization_chain import organization_chain, record_for_organization
from portal.accounts.people import NotAdded, mistakes_of_person
from portal.accounts.roles import people_with_roles
from portal.audit.model import AuditEvent
from portal.claims.desk import Desk
from portal.claims.refusals import NotThere
from portal.db import transaction
from portal.incentives.model import PayoutContact
from portal.incentives.payout_mails import KEEP, PEOPLE, Contact, post_change
from portal.languages.sentences import gettext, ngettext

log = logging.getLogger(__name__)

CHANGED = "payout_contact_changed"
# The second finds whom another request named while the first was under way; nothing else asks for a third.
TRIES = 2


class NotKept(Exception):
    """The contact stays what it is; the message says why, and `status` is the one of HTTP.

    `seen` is what the message shows of the contact as a form says it, None where it shows nothing of it.
    """

    status = HTTPStatus.CONFLICT
    seen: str | None = None


class SeenOtherwise(NotKept):
    """Somebody else changed the contact since the form was shown; the message says what it is now."""

    def __init__(self, contact: Contact) -> None:
        super().__init__(_now(contact))
        self.seen = contact.seen


class TooOften(NotKept):
    """The actor changed the contact as often as one person may within a day."""

    status = HTTPStatus.TOO_MANY_REQUESTS


class NotNow(NotKept):
    """The database did not take the change, and nobody else changed the contact either."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


@dataclass(frozen=True)
class LastChange:
    """When the contact was changed, and by whom; `left` where that account was deactivated since."""

    at: datetime
    by: str
    left: bool


@dataclass(frozen=True)
class ToAsk:
    """Whom a reader asks who may not change the contact.

    `gives_roles` where nobody may, and `people` are those who can let somebody; `restricted` where the
    reader could but for being restricted to some locations.
    """

    people: Sequence[Person]
    gives_roles: bool
    restricted: bool


def payout_contact(session: Session, actor: Actor) -> Contact:
    """Return the contact of the actor's organization."""
    row = session.get(PayoutContact, actor.organization_id)
    return Contact(row.name, row.email) if row else Contact()


def last_change(session: Session, actor: Actor) -> LastChange | None:
    """Return the last change of the contact of the actor's organization, None where nobody was ever named."""
    query = (
        select(PayoutContact.changed_at, Person.name, Person.active)
        .join(Person, Person.id == PayoutContact.changed_by_id)
        .where(PayoutContact.organization_id == actor.organization_id)
    )
    row = session.execute(query).one_or_none()
    return LastChange(row.changed_at, row.name, not row.active) if row else None


def to_ask(session: Session, desk: Desk, actor: Actor) -> ToAsk:
    """Return whom to ask for a change: who may make it, or else who can let somebody make it."""
    keeping = _who_may(session, desk, actor, KEEP)
    by_role = KEEP in desk.policies.in_force().permissions_of(actor.roles)
    people = keeping or _who_may(session, desk, actor, PEOPLE)
    return ToAsk(people, not keeping, by_role and actor.location_ids is not None)


def _who_may(session: Session, desk: Desk, actor: Actor, permission: str) -> Sequence[Person]:
    """Return the people of the actor's organization who hold a permission."""
    rulebook = desk.policies.in_force()
    return [
        one
        for one in people_with_roles(session, rulebook.roles_with(permission))
        if one.organization_id == actor.organization_id
        and permission
        in rulebook.permissions_of((row.role for row in one.roles), restricted=bool(one.locations))
    ]


def keep_contact(desk: Desk, actor: Actor, *, name: str, email: str, seen: str) -> bool:
    """Name somebody else, and tell who may do so and who is replaced; `seen` is what the form showed.

    False where that is the contact already, of which nobody is told again. Raises NotAdded with what is
    wrong by field, and NotKept.
    """
    if actor.organization_id is None:
        raise NotThere
    wanted = Contact(name.strip(), email.strip())
    if errors := mistakes_of_person(wanted.email, wanted.name):
        raise NotAdded(errors)
    for attempt in range(1, TRIES + 1):
        try:
            changed = _change(desk, actor, actor.organization_id, wanted, seen.replace("\r\n", "\n"))
            break
        except (
            IntegrityError
        ):  # most likely two named the first one at once, which there is no row to lock for
            log.warning("a payout contact lost a race", extra={"attempt": attempt}, exc_info=True)
    else:
        raise NotNow(
            gettext("The contact could not be kept at the moment, and is what it was. Send the form again.")
        )
    if changed:
        desk.committed()
    return changed


def _change(desk: Desk, actor: Actor, organization_id: int, wanted: Contact, seen: str) -> bool:
    with transaction() as session:
        row = session.get(PayoutContact, organization_id, with_for_update=True)
        before = Contact(row.name, row.email) if row else Contact()
        if before == wanted:
            return False
        if before.seen != seen:
            raise SeenOtherwise(before)
        _check_times(session, desk, actor, organization_id)
        _write(session, desk, actor, row, wanted)
        details = {"before": [before.name, before.email], "after": [wanted.name, wanted.email]}
        now = desk.clock.now()
        record_for_organization(session, desk.secret, organization_id, actor, CHANGED, now, details)
        post_change(session, desk, actor, before, wanted, now)
    return True


def _check_times(session: Session, desk: Desk, actor: Actor, organization_id: int) -> None:
    """Refuse one change too many of one person: each is mailed to whomever they name, in our name."""
    most = desk.settings.payout_contact_changes_per_day
    lately = select(func.count()).where(
        AuditEvent.subject == organization_chain(organization_id),
        AuditEvent.action == CHANGED,
        AuditEvent.actor_id == actor.person_id,
        AuditEvent.at > desk.clock.now() - timedelta(days=1),
    )
    if (session.scalar(lately) or 0) >= most:
        raise TooOften(
            ngettext(
                "You changed the contact %(num)s time within 24 hours, which is the most. Change it "
                "tomorrow, or ask somebody else who keeps it.",
                "You changed the contact %(num)s times within 24 hours, which is the most. Change it "
                "tomorrow, or ask somebody else who keeps it.",
                most,
            )
        )


def _write(session: Session, desk: Desk, actor: Actor, row: PayoutContact | None, wanted: Contact) -> None:
    if row is None:
        row = PayoutContact(organization_id=actor.organization_id)
        session.add(row)
    row.name, row.email = wanted.name, wanted.email
    row.changed_at, row.changed_by_id = desk.clock.now(), actor.person_id
    session.flush()


def _now(contact: Contact) -> str:
    return gettext(
        "Somebody else changed the contact meanwhile: it is %(name)s, %(email)s. Send the form again if "
        "yours is right.",
        name=contact.name,
        email=contact.email,
    )
