"""What somebody may do and where: the roles and the locations of a person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.model import Location, Person
from portal.accounts.people import NotAdded
from portal.languages.sentences import gettext
from portal.rulebook.models import Role


@dataclass(frozen=True)
class Access:
    """What somebody may do and where: roles of roles.yaml, and locations (none: all of them)."""

    roles: tuple[str, ...]
    location_ids: tuple[int, ...]

    @property
    def seen(self) -> str:
        """The same as one text, which a form sends back to tell whether it was changed meanwhile."""
        return f"{','.join(self.roles)}|{','.join(map(str, self.location_ids))}"


def access_of(person: Person) -> Access:
    """Return what the person may do and where."""
    return Access(
        tuple(sorted(row.role for row in person.roles)),
        tuple(sorted(row.location_id for row in person.locations)),
    )


def existing_locations(session: Session, location_ids: Iterable[int]) -> list[Location]:
    """Return the locations, which exist; the caller checks whose they are. Raises NotAdded."""
    wanted = set(location_ids)
    found = list(session.scalars(select(Location).where(Location.id.in_(wanted)).order_by(Location.id)))
    if len(found) != len(wanted):
        raise NotAdded({"locations": gettext("Choose from the locations that are listed.")})
    return found


def access_in_words(person: Person, known_roles: Mapping[str, Role]) -> str:
    """Say what the person may do now, for somebody whose form shows something else."""
    held = access_of(person)
    labels = [known_roles[code].label for code in held.roles if code in known_roles]
    places = {place.id: place.code for place in person.organization.locations}
    where = ", ".join(places[one] for one in held.location_ids if one in places)
    said = {"name": person.name, "roles": ", ".join(labels) or gettext("nobody")}
    if not where:
        return gettext("%(name)s is %(roles)s now, for all locations. Compare, then save again.", **said)
    return gettext(
        "%(name)s is %(roles)s now, for %(locations)s. Compare, then save again.", locations=where, **said
    )
