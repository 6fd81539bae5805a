"""Reads people for pages."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actor import PERSON, Actor
from portal.accounts.model import AccountLink, Organization, Person

DEMO_ACCOUNTS_AT_MOST = 30


@dataclass(frozen=True)
class DemoAccount:
    """One account as the demo's sign-in page lists it."""

    email: str
    organization: str
    roles: str


def demo_accounts(session: Session, labels: Mapping[str, str]) -> list[DemoAccount]:
    """Return the accounts of the demo with the `labels` of their roles, in the order they were made.

    Left out is whoever was sent a link to choose a password: the demo's does not let them in.
    """
    chose = select(AccountLink.id).where(AccountLink.person_id == Person.id).exists()
    people = session.scalars(
        select(Person)
        .join(Organization)
        .where(Person.active, ~chose)
        .order_by(Person.id)
        .limit(DEMO_ACCOUNTS_AT_MOST)
    )
    return [
        DemoAccount(
            person.email,
            person.organization.name,
            ", ".join(labels.get(role.role, role.role) for role in person.roles),
        )
        for person in people
    ]


def person_by_email(session: Session, email: str) -> Person | None:
    """Return the active person who signs in with `email`, in any case of its letters, or None."""
    return session.scalar(select(Person).where(Person.email == email.strip().casefold(), Person.active))


def actor_of(person: Person) -> Actor:
    """Return the actor that `person` is when signed in."""
    places = frozenset(place.location_id for place in person.locations)
    return Actor(
        kind=PERSON,
        side=person.organization.side,
        name=person.name,
        person_id=person.id,
        organization_id=person.organization_id,
        roles=frozenset(role.role for role in person.roles),
        location_ids=places or None,
        email=person.email,
        time_zone=person.time_zone,
        color_scheme=person.color_scheme,
    )
