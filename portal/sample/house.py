"""The sample organizations, their people and their customers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from unicodedata import normalize
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.model import Organization, Person
from portal.accounts.people import add_location, add_organization, add_person

NAMESPACE = UUID("5b1c2a52-8a3e-4e0f-9d4e-2f6a1c7f0d11")  # makes tenant IDs the same in every sample house
PARTNERS = ("Contoso", "Fabrikam")
OPERATOR = "Program operator"


@dataclass(frozen=True)
class SamplePerson:
    """One account: the part before the @, the name and the role."""

    account: str
    name: str
    role: str


PARTNER_PEOPLE = (
    SamplePerson("global", "Gloria Adams", "global_admin"),
    SamplePerson("billing", "Ben Schreiber", "billing_admin"),
    SamplePerson("incentives", "Ines Morel", "incentives_admin"),
)
OPERATOR_PEOPLE = (
    SamplePerson("reviewer", "Rita Okafor", "reviewer"),
    SamplePerson("reviewer2", "Rashid Nouri", "reviewer"),
    SamplePerson("policy", "Paula Winter", "policy_owner"),
    SamplePerson("policy2", "Pavel Horak", "policy_owner"),
    SamplePerson("admin", "Ada Lindqvist", "operator_admin"),
)
LOCATIONS = (("Seattle", "10"), ("Munich", "20"), ("Singapore", "30"))

CUSTOMER_NAMES = (
    "Adatum", "Adventure Works", "Alpine Ski House", "Bellows College", "Best For You Organics",
    "Coho Vineyard", "Consolidated Messenger", "Fourth Coffee", "Graphic Design Institute",
    "Humongous Insurance", "Lamna Healthcare", "Liberty's Delightful Bakery", "Lucerne Publishing",
    "Margie's Travel", "Munson's Pickles", "Nod Publishers", "Northwind Traders", "Proseware",
    "Relecloud", "School of Fine Art", "Southridge Video", "Tailwind Toys", "Trey Research",
    "VanArsdel", "Wide World Importers", "Wingtip Toys", "Woodgrove Bank", "Zürich Uhren",
)  # fmt: skip
# Whom a customer has to ask; every customer has one of each.
FIRST_NAMES = (
    "Casey",
    "Robin",
    "Kim",
    "Jordan",
    "Alex",
    "Morgan",
    "Sasha",
    "Noor",
    "Andrea",
    "Jamie",
    "Toni",
)
FAMILY_NAMES = (
    "Lind", "Okonkwo", "Moreau", "Tanaka", "Fischer", "Alvarez", "Novak", "Haddad", "Silva", "Berg", "Rossi",
    "Kowalska", "Murphy",
)  # fmt: skip
CONTESTED = ("Litware", "The Phone Company", "First Up Consultants")  # customers of both partners


@dataclass(frozen=True)
class SampleCustomer:
    """A customer as a partner would type it into the wizard."""

    name: str
    domain: str
    tenant_id: str
    contact: str

    @property
    def contact_email(self) -> str:
        return f"{'.'.join(self.contact.casefold().split())}@{self.domain}"


def customer(name: str, partner: str = "") -> SampleCustomer:
    """Return the sample customer called `name`; with `partner`, one that this partner alone has."""
    letters = "".join(
        char for char in normalize("NFKD", name).casefold() if char.isascii() and char.isalnum()
    )
    tenant = uuid5(NAMESPACE, f"{name}/{partner}")
    first, family = FIRST_NAMES[tenant.int % len(FIRST_NAMES)], FAMILY_NAMES[tenant.int % len(FAMILY_NAMES)]
    return SampleCustomer(
        name=name,
        domain=f"{letters}.example",
        tenant_id=str(tenant),
        contact=f"{first} {family}",
    )


def build_house(session: Session, password: str, now: datetime, partners: Sequence[str] = PARTNERS) -> None:
    """Add the organizations, locations and accounts of the sample house within a transaction."""
    operator = add_organization(session, name=OPERATOR, side="operator", domain="operator.example", at=now)
    _add_people(session, operator, OPERATOR_PEOPLE, password, now)
    for place, name in enumerate(partners, start=1):
        domain = f"{name.casefold()}.example"
        partner = add_organization(session, name=name, side="partner", domain=domain, at=now)
        for town, code in LOCATIONS:
            add_location(session, partner, code=f"{place}{code}4711", name=f"{name} {town}")
        _add_people(session, partner, PARTNER_PEOPLE, password, now)


def _add_people(
    session: Session,
    organization: Organization,
    people: tuple[SamplePerson, ...],
    password: str,
    now: datetime,
) -> None:
    for person in people:
        add_person(
            session,
            organization,
            email=f"{person.account}@{organization.domain}",
            name=person.name,
            password=password,
            roles=[person.role],
            at=now,
        )


def person_by_email(session: Session, email: str) -> Person:
    """Return the sample account with this e-mail address."""
    return session.scalars(select(Person).where(Person.email == email)).one()
