"""Makes the nouns that tests begin with: organizations, locations, people and customers."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from itertools import count
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.model import Location, Organization, Person, PersonLocation, PersonRole
from portal.accounts.passwords import hash_password
from portal.accounts.queries import actor_of
from portal.customers.model import Customer

PASSWORD = "correct horse battery staple"
BEGINNING = datetime(2026, 1, 5, 17, 0, tzinfo=UTC)

_numbers = count(1)


@lru_cache(maxsize=4)
def hash_of(password: str) -> str:
    """Return the argon2id hash of `password`, counted once a process."""
    return hash_password(password)


def organization(session: Session, name: str, side: str = "partner") -> Organization:
    """Add an organization whose domain is its name under `.example`."""
    made = Organization(
        name=name, side=side, domain=f"{name.casefold().split()[-1]}.example", created_at=BEGINNING
    )
    session.add(made)
    session.flush()
    return made


def location(session: Session, owner: Organization, code: str = "", name: str = "Head office") -> Location:
    """Add a location; without a `code` it gets a number nobody else has."""
    made = Location(organization=owner, code=code or f"{1_000_000 + next(_numbers)}", name=name)
    session.add(made)
    session.flush()
    return made


def person(
    session: Session,
    owner: Organization,
    *roles: str,
    account: str = "",
    locations: tuple[Location, ...] = (),
) -> Person:
    """Add a person who signs in with `PASSWORD`; `locations` restrict them."""
    account = account or f"person{next(_numbers)}"
    made = Person(
        organization=owner,
        email=f"{account}@{owner.domain}",
        name=f"{account.capitalize()} of {owner.name}",
        password_hash=hash_of(PASSWORD),
        created_at=BEGINNING,
        roles=[PersonRole(role=role) for role in roles],
    )
    session.add(made)
    session.flush()
    if locations:
        made.locations = [PersonLocation(location_id=place.id) for place in locations]
        session.flush()
    return made


def customer(session: Session, owner: Organization, name: str = "Adatum", tenant_id: str = "") -> Customer:
    """Add a customer of `owner`; give two organizations' customers one `tenant_id` and they compete."""
    made = Customer(
        organization_id=owner.id,
        name=name,
        domain=f"{name.casefold().split()[0]}.example",
        tenant_id=tenant_id or str(UUID(int=next(_numbers))),
        created_at=BEGINNING,
    )
    session.add(made)
    session.flush()
    return made


def actor(who: Person) -> Actor:
    """Return the actor that `who` is when signed in."""
    return actor_of(who)


@dataclass
class House:
    """Two partner organizations and the operator, as most tests need them."""

    contoso: Organization
    fabrikam: Organization
    operator: Organization
    people: dict[str, Person] = field(default_factory=dict)  # by e-mail
    locations: dict[str, Location] = field(default_factory=dict)  # by the organization's name, casefolded
    customers: dict[str, Customer] = field(default_factory=dict)  # the shared tenant, the same way

    def actor(self, email: str) -> Actor:
        return actor(self.people[email])


SHARED_TENANT = "3f0e3a9c-6a53-4f3f-8c59-2d4a4f7c1b11"


def house(session: Session) -> House:
    """Add Contoso, Fabrikam and the operator, with the accounts of the sample data and one shared customer.

    Each partner has `global@`, `billing@` and `incentives@`, a location, and the customer Adatum in the
    same tenant; the operator has `reviewer@`, `reviewer2@`, `policy@`, `policy2@` and `admin@`.
    """
    made = House(
        organization(session, "Contoso"),
        organization(session, "Fabrikam"),
        organization(session, "Program operator", side="operator"),
    )
    staff = {
        made.contoso: ("global", "billing", "incentives"),
        made.fabrikam: ("global", "billing", "incentives"),
        made.operator: ("reviewer", "reviewer2", "policy", "policy2", "admin"),
    }
    roles = {
        "global": "global_admin",
        "billing": "billing_admin",
        "incentives": "incentives_admin",
        "reviewer": "reviewer",
        "reviewer2": "reviewer",
        "policy": "policy_owner",
        "policy2": "policy_owner",
        "admin": "operator_admin",
    }
    for owner, accounts in staff.items():
        for account in accounts:
            who = person(session, owner, roles[account], account=account)
            made.people[who.email] = who
    for owner in (made.contoso, made.fabrikam):
        made.locations[owner.name.casefold()] = location(session, owner)
        made.customers[owner.name.casefold()] = customer(session, owner, tenant_id=SHARED_TENANT)
    return made
