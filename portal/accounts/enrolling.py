"""Adds somebody from outside the portal's pages, together with their organization where that is new."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.model import Organization
from portal.accounts.people import NotAdded, add_organization, add_person, find_organization
from portal.db import transaction
from portal.rulebook.models import Role


@dataclass(frozen=True)
class Newcomer:
    """Who is added. `side` is needed for a new organization; its `domain` is the e-mail's by default."""

    email: str
    name: str
    password: str = field(repr=False)
    roles: tuple[str, ...]
    organization: str
    side: str | None = None
    domain: str | None = None


def enroll(newcomer: Newcomer, known_roles: Mapping[str, Role], at: datetime) -> None:
    """Add the person, and the organization where it is new; `known_roles` are those of roles.yaml.

    Opens its own transaction. Raises NotAdded with what to mend.
    """
    with transaction() as session:
        add_person(
            session,
            _organization(session, newcomer, at),
            email=newcomer.email,
            name=newcomer.name,
            password=newcomer.password,
            roles=newcomer.roles,
            at=at,
            known_roles=known_roles,
        )


def _organization(session: Session, newcomer: Newcomer, at: datetime) -> Organization:
    name, side = newcomer.organization, newcomer.side
    found = find_organization(session, name)
    if found is None:
        if side is None:
            # stays English: told on the command line alone
            raise NotAdded({"side": f"There is no organization called {name}; name its side to add it."})
        domain = newcomer.domain or newcomer.email.rpartition("@")[2]
        return add_organization(session, name=name, side=side, domain=domain, at=at)
    if side is not None and found.side != side:
        # stays English: told on the command line alone
        raise NotAdded({"side": f"{name} is on the {found.side} side, not on the {side} side."})
    return found
