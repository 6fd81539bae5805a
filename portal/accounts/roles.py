"""People by their roles; which roles may do something is asked of the rulebook first."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.model import Person, PersonRole


def people_with_roles(session: Session, roles: Iterable[str]) -> list[Person]:
    """Return the active people who have at least one of `roles`, in the order they were added."""
    holding = select(PersonRole.person_id).where(PersonRole.role.in_(list(roles)))
    query = select(Person).where(Person.active, Person.id.in_(holding)).order_by(Person.id)
    return list(session.scalars(query))


def somebody_else_everywhere(session: Session, person: Person, roles: Iterable[str]) -> bool:
    """Tell whether somebody else who is active has one of `roles` for all the organization's locations."""
    query = (
        select(Person.id)
        .join(PersonRole)
        .where(
            Person.organization_id == person.organization_id,
            Person.id != person.id,
            Person.active,
            PersonRole.role.in_(list(roles)),
            ~Person.locations.any(),
        )
    )
    return session.scalar(query.limit(1)) is not None
