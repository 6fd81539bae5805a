"""Where people of the operator worked before: kept by operator admins, so that nobody judges old colleagues.

An account never changes its organization; who moves gets another one, and where they come from is kept here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.accounts.managing import ORGANIZATIONS, Keeper, NotYours
from portal.accounts.model import FormerAffiliation, Organization, Person
from portal.accounts.organization_chain import record_for_organization
from portal.accounts.people import NotAdded
from portal.db import transaction
from portal.languages.sentences import gettext

KEPT, TAKEN_OUT = "affiliation_kept", "affiliation_taken_out"


@dataclass(frozen=True)
class Former:
    """An organization that somebody belonged to, and the last day there."""

    organization_id: int
    organization: str
    until: date


@dataclass(frozen=True)
class Affiliations:
    """What the page of one person tells and offers; None of it where the keeper keeps no organizations."""

    former: tuple[Former, ...]
    choices: tuple[tuple[int, str], ...]


def affiliations_of(session: Session, keeper: Keeper, person_id: int) -> Affiliations | None:
    """Return where the person worked before; None for whom it is not kept, or who may not know."""
    person = session.get(Person, person_id)
    if person is None or not _kept_for(session, keeper, person):
        return None
    rows = session.execute(
        select(FormerAffiliation, Organization.name)
        .join(Organization, Organization.id == FormerAffiliation.organization_id)
        .where(FormerAffiliation.person_id == person_id)
        .order_by(FormerAffiliation.until.desc(), Organization.name)
    )
    elsewhere = select(Organization.id, Organization.name)
    elsewhere = elsewhere.where(Organization.side != person.organization.side)
    return Affiliations(
        tuple(Former(row.organization_id, name, date.fromisoformat(row.until)) for row, name in rows),
        tuple((one, name) for one, name in session.execute(elsewhere.order_by(Organization.name))),
    )


def keep_affiliation(keeper: Keeper, person_id: int, organization_id: int | None, until: str) -> None:
    """Keep until when the person belonged to an organization; the last entry for one is what counts.

    Opens its own transaction. Raises NotAdded with a sentence for each field, and NotYours.
    """
    errors: dict[str, str] = {}
    day = _day(until)
    # A day that has begun anywhere: the program's zone may be ahead of the clock's.
    if day is None or day > (keeper.entrance.clock.now() + timedelta(days=1)).date():
        errors["until"] = gettext("Enter the last day there, today or earlier.")
    with transaction() as session:
        person = _person(session, keeper, person_id)
        owner = session.get(Organization, organization_id) if organization_id else None
        if owner is None or owner.side == person.organization.side:
            errors["affiliation"] = gettext("Choose the organization from the list.")
        if errors or owner is None or day is None:
            raise NotAdded(errors)
        kept = session.get(FormerAffiliation, (person_id, owner.id))
        if kept is None:
            kept = FormerAffiliation(person_id=person_id, organization_id=owner.id)
            session.add(kept)
        kept.until = day.isoformat()
        _record(session, keeper, person, KEPT, {"organization": owner.id, "until": kept.until})


def take_out_affiliation(keeper: Keeper, person_id: int, organization_id: int) -> None:
    """Take out what was kept by mistake; the audit keeps the fact. Raises NotYours."""
    with transaction() as session:
        person = _person(session, keeper, person_id)
        kept = session.get(FormerAffiliation, (person_id, organization_id))
        if kept is None:
            return
        told = {"organization": organization_id, "until": kept.until}
        session.execute(
            delete(FormerAffiliation).where(
                FormerAffiliation.person_id == person_id,
                FormerAffiliation.organization_id == organization_id,
            )
        )
        _record(session, keeper, person, TAKEN_OUT, told)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None


def _person(session: Session, keeper: Keeper, person_id: int) -> Person:
    found = session.get(Person, person_id)
    if found is None or found.withdrawn_at is not None:
        raise NotYours
    keeper.locked(session, found.organization_id)
    if not _kept_for(session, keeper, found):
        raise NotYours
    return found


def _kept_for(session: Session, keeper: Keeper, person: Person) -> bool:
    """Tell whether it is kept of the person, and by the keeper: of the operator's people, by their admins."""
    own = person.organization_id == keeper.actor.organization_id
    return own and ORGANIZATIONS in keeper.permissions_now(session)


def _record(
    session: Session, keeper: Keeper, person: Person, action: str, told: Mapping[str, object]
) -> None:
    secret, now = keeper.entrance.secret, keeper.entrance.clock.now()
    details = {"person": person.id, "email": person.email, **told}
    record_for_organization(session, secret, person.organization_id, keeper.actor, action, now, details)
