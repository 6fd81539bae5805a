"""Organizations and their locations as those who keep them see them."""

from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from portal.accounts.managing import NotYours
from portal.accounts.model import Location, Organization, Person
from portal.accounts.organizing import PARTNER, seen_of_location, seen_of_organization


@dataclass(frozen=True)
class OrganizationRow:
    """One organization in the list, with how many locations and active people it has."""

    organization_id: int
    name: str
    domain: str
    side: str
    locations: int
    people: int


@dataclass(frozen=True)
class LocationShown:
    """One location; `calendar` is empty where it has the program's."""

    location_id: int
    code: str
    name: str
    calendar: str
    seen: str


@dataclass(frozen=True)
class OrganizationShown:
    """One organization with its locations; `seen` goes back with its form."""

    organization_id: int
    name: str
    domain: str
    people: int
    seen: str
    locations: tuple[LocationShown, ...]
    has_locations: bool  # whether its people begin claims, which belong to locations


def organizations_page(session: Session) -> list[OrganizationRow]:
    """Return every organization by its name."""
    locations = _counts(select(Location.organization_id, func.count()), session)
    people = _counts(select(Person.organization_id, func.count()).where(Person.active), session)
    rows = session.scalars(select(Organization).order_by(Organization.name))
    return [
        OrganizationRow(
            one.id, one.name, one.domain, one.side, locations.get(one.id, 0), people.get(one.id, 0)
        )
        for one in rows
    ]


def organization_page(session: Session, organization_id: int) -> OrganizationShown:
    """Return one organization. Raises NotYours where there is none."""
    found = session.get(Organization, organization_id)
    if found is None:
        raise NotYours
    query = select(func.count()).where(Person.organization_id == found.id, Person.active)
    return OrganizationShown(
        found.id,
        found.name,
        found.domain,
        session.scalar(query) or 0,
        seen_of_organization(found),
        tuple(
            LocationShown(one.id, one.code, one.name, one.calendar or "", seen_of_location(one))
            for one in found.locations
        ),
        found.side == PARTNER,
    )


def _counts(query: Select[int, int], session: Session) -> dict[int, int]:
    return {row[0]: row[1] for row in session.execute(query.group_by(query.selected_columns[0]))}
