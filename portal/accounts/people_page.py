"""People as those who look after them see them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.access import access_of
from portal.accounts.account_links import INVITATION
from portal.accounts.managing import Keeper, NotYours
from portal.accounts.model import AccountLink, Organization, Person
from portal.languages.sentences import lazy_gettext

ACTIVE, INVITED, LAPSED, DEACTIVATED = "active", "invited", "lapsed", "deactivated"
# What an account's state is called, and the tone of its badge.
STATES = {
    ACTIVE: (lazy_gettext("Active"), "success"),
    INVITED: (lazy_gettext("Invited"), "info"),
    LAPSED: (lazy_gettext("Invitation out of date"), "attention"),
    DEACTIVATED: (lazy_gettext("Deactivated"), "neutral"),
}


@dataclass(frozen=True)
class PersonShown:
    """One person: what they are called, may do and where, and in which state their account is."""

    person_id: int
    name: str
    email: str
    state: str
    invited_until: datetime | None
    roles: tuple[str, ...]
    role_labels: tuple[str, ...]
    location_ids: tuple[int, ...]
    location_labels: tuple[str, ...]  # none: all of the organization's
    seen: str
    own: bool  # the account of the one who looks

    @property
    def state_label(self) -> str:
        return str(STATES[self.state][0])

    @property
    def tone(self) -> str:
        return STATES[self.state][1]


@dataclass(frozen=True)
class PeopleShown:
    """The people of one organization, and what can be chosen for them: (code, label, meaning)."""

    organization_id: int
    organization: str
    own: bool
    people: tuple[PersonShown, ...]
    role_choices: tuple[tuple[str, str, str], ...]
    location_choices: tuple[tuple[int, str], ...]
    invitation_days: int
    others: tuple[tuple[int, str], ...]  # further organizations whose people the keeper looks after

    def person(self, person_id: int) -> PersonShown:
        """Return one of the people. Raises NotYours."""
        found = next((one for one in self.people if one.person_id == person_id), None)
        if found is None:
            raise NotYours
        return found


def people_of(session: Session, keeper: Keeper, organization_id: int) -> PeopleShown:
    """Return the people of an organization that `keeper` looks after. Raises NotYours."""
    organization = session.get(Organization, organization_id)
    if organization is None or not keeper.may_look_after(session, organization_id):
        raise NotYours
    query = select(Person).where(Person.organization_id == organization_id, Person.withdrawn_at.is_(None))
    people = session.scalars(query.order_by(Person.active.desc(), Person.name, Person.id)).all()
    until = _invitations(session, organization_id)
    places = {place.id: f"{place.code} – {place.name}" for place in organization.locations}
    return PeopleShown(
        organization_id,
        organization.name,
        organization_id == keeper.actor.organization_id,
        tuple(_shown(keeper, person, until.get(person.id), places) for person in people),
        tuple(
            (code, role.label, role.means)
            for code, role in keeper.roles.items()
            if role.side == organization.side
        ),
        tuple(places.items()),
        keeper.entrance.settings.invitation_days,
        _others(session, keeper, organization_id),
    )


def organization_of(session: Session, keeper: Keeper, person_id: int) -> int:
    """Return the organization of a person, if the keeper looks after it. Raises NotYours."""
    found = session.scalar(select(Person.organization_id).where(Person.id == person_id))
    if found is None or not keeper.may_look_after(session, found):
        raise NotYours
    return found


def _shown(keeper: Keeper, person: Person, until: datetime | None, places: dict[int, str]) -> PersonShown:
    access, roles = access_of(person), keeper.roles
    return PersonShown(
        person.id,
        person.name,
        person.email,
        _state(person, until, keeper.entrance.clock.now()),
        until,
        access.roles,
        tuple(roles[role].label if role in roles else role for role in access.roles),
        access.location_ids,
        tuple(places[one] for one in access.location_ids if one in places),
        access.seen,
        person.id == keeper.actor.person_id,
    )


def _state(person: Person, until: datetime | None, now: datetime) -> str:
    if person.password_hash:
        return ACTIVE if person.active else DEACTIVATED
    return INVITED if until is not None and now < until else LAPSED


def _invitations(session: Session, organization_id: int) -> dict[int, datetime]:
    """Return until when each invitation that nobody voided is good, by person."""
    query = (
        select(AccountLink.person_id, AccountLink.expires_at)
        .join(Person)
        .where(
            Person.organization_id == organization_id,
            AccountLink.purpose == INVITATION,
            AccountLink.void_at.is_(None),
        )
    )
    return {row.person_id: row.expires_at for row in session.execute(query)}


def _others(session: Session, keeper: Keeper, organization_id: int) -> tuple[tuple[int, str], ...]:
    rows = session.execute(select(Organization.id, Organization.name).order_by(Organization.name)).all()
    return tuple(
        (one, name) for one, name in rows if one != organization_id and keeper.may_look_after(session, one)
    )
