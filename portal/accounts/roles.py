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
