"""Whom payments to an organization are arranged with: kept by its Billing admins, one at a time."""

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.organization_chain import record_for_organization
from portal.accounts.people import NotAdded, mistakes_of_person
from portal.claims.desk import Desk
from portal.claims.refusals import NotThere
from portal.db import transaction
from portal.incentives.model import PayoutContact
from portal.languages.sentences import gettext

CHANGED = "payout_contact_changed"


class SeenOtherwise(Exception):
    """Somebody else changed the contact since the form was shown; the message says what it is now."""


@dataclass(frozen=True)
class Contact:
    """Name and e-mail address, both "" where nobody is named; `seen` goes with the form."""

    name: str = ""
    email: str = ""

    @property
    def seen(self) -> str:
        return f"{self.name}\n{self.email}"


def payout_contact(session: Session, actor: Actor) -> Contact:
    """Return the contact of the actor's organization."""
    row = session.get(PayoutContact, actor.organization_id)
    return Contact(row.name, row.email) if row else Contact()


def keep_contact(desk: Desk, actor: Actor, *, name: str, email: str, seen: str) -> None:
    """Name somebody else; `seen` is the contact that the form showed.

    Raises NotAdded with what is wrong by field, and SeenOtherwise.
    """
    if actor.organization_id is None:
        raise NotThere
    wanted = Contact(name.strip(), email.strip())
    if errors := mistakes_of_person(wanted.email, wanted.name):
        raise NotAdded(errors)
    try:
        with transaction() as session:
            row = session.get(PayoutContact, actor.organization_id, with_for_update=True)
            before = Contact(row.name, row.email) if row else Contact()
            if before == wanted:
                return
            if before.seen != seen.replace("\r\n", "\n"):
                raise SeenOtherwise(_now(before))
            _write(session, desk, actor, row, wanted)
            details = {"before": [before.name, before.email], "after": [wanted.name, wanted.email]}
            now = desk.clock.now()
            record_for_organization(session, desk.secret, actor.organization_id, actor, CHANGED, now, details)
    except IntegrityError:  # two named the first one at the same moment
        raise SeenOtherwise(gettext("Somebody else named a contact at the same moment.")) from None


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
