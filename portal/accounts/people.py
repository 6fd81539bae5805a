"""Adds organizations, their locations and their people."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.model import Location, Organization, Person, PersonLocation, PersonRole
from portal.accounts.passwords import hash_password, password_mistake

# Enough to catch slips; whether an address works shows when mail is sent to it.
ADDRESS = re.compile(r"[^@\s\"<>(),;:\\]{1,64}@[^@\s\"<>(),;:\\]+\.[^@\s\"<>(),;:\\.]{2,}")


class NotAdded(Exception):
    """Nobody and nothing was added; `problems` says in sentences what to mend, all at once."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = tuple(problems)


def add_organization(session: Session, *, name: str, side: str, domain: str, at: datetime) -> Organization:
    """Add a partner organization or the operator's own; `side` as in roles.yaml. Raises NotAdded."""
    name, domain = name.strip(), domain.strip().casefold()
    problems = []
    if not name:
        problems.append("Give the organization a name.")
    if session.scalar(select(Organization.id).where(Organization.name == name)) is not None:
        problems.append(f"There is an organization called {name}; choose another name.")
    if "." not in domain or "@" in domain:
        problems.append(f"Give the organization's mail domain, such as contoso.example, not {domain!r}.")
    if problems:
        raise NotAdded(problems)
    organization = Organization(name=name, side=side, domain=domain, created_at=at)
    session.add(organization)
    session.flush()
    return organization


def find_organization(session: Session, name: str) -> Organization | None:
    """Return the organization called `name`, None where there is none."""
    return session.scalar(select(Organization).where(Organization.name == name.strip()))


def add_location(session: Session, organization: Organization, *, code: str, name: str) -> Location:
    """Add a location; `code` is its partner location ID (MPN), unique in the portal. Raises NotAdded."""
    code, name = code.strip(), name.strip()
    if not code or not name:
        raise NotAdded(["Give the location an ID and a name."])
    if session.scalar(select(Location.id).where(Location.code == code)) is not None:
        raise NotAdded([f"There is a location with the ID {code}; check the ID."])
    location = Location(organization_id=organization.id, code=code, name=name)
    session.add(location)
    session.flush()
    session.refresh(organization, ["locations"])
    return location


def add_person(
    session: Session,
    organization: Organization,
    *,
    email: str,
    name: str,
    password: str,
    roles: Iterable[str],
    at: datetime,
    locations: Iterable[Location] = (),
    known_roles: Mapping[str, str] | None = None,
) -> Person:
    """Add somebody who signs in with `email` and `password`. Raises NotAdded with every problem.

    `known_roles` maps each role of roles.yaml to its side; a role of the other side is refused.
    Without it the caller vouches for the roles. No `locations` means all of the organization's.
    """
    email, name, roles, places = email.strip().casefold(), name.strip(), sorted(set(roles)), list(locations)
    problems = _problems_of_person(session, email, name, password)
    problems += _problems_of_roles(organization, roles, known_roles)
    if any(place.organization_id != organization.id for place in places):
        problems.append(f"Restrict people of {organization.name} to its own locations.")
    if problems:
        raise NotAdded(problems)
    person = Person(
        organization_id=organization.id,
        email=email,
        name=name,
        password_hash=hash_password(password),
        active=True,
        created_at=at,
        roles=[PersonRole(role=role) for role in roles],
        locations=[PersonLocation(location_id=place.id) for place in places],
    )
    session.add(person)
    session.flush()
    return person


def _problems_of_person(session: Session, email: str, name: str, password: str) -> list[str]:
    problems = []
    if not name:
        problems.append("Give the person's name.")
    if not ADDRESS.fullmatch(email):
        problems.append(f"Give a full e-mail address, such as kim@contoso.example, not {email!r}.")
    elif session.scalar(select(Person.id).where(Person.email == email)) is not None:
        problems.append(f"There is an account for {email}; a person has one.")
    if mistake := password_mistake(password):
        problems.append(mistake)
    return problems


def _problems_of_roles(
    organization: Organization, roles: Sequence[str], known_roles: Mapping[str, str] | None
) -> list[str]:
    if known_roles is None:
        return []
    fitting = sorted(role for role, side in known_roles.items() if side == organization.side)
    return [
        f"{organization.name} is on the {organization.side} side, where there is no role {role!r}; "
        f"choose from {', '.join(fitting)}."
        for role in roles
        if role not in fitting
    ]
