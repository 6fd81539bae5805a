"""From when until when somebody is away, as they say themselves."""

from datetime import date

from sqlalchemy import ColumnElement, and_

from portal.accounts.actor import Actor
from portal.accounts.model import Person
from portal.db import transaction
from portal.languages.sentences import gettext


class AbsenceNotKept(Exception):
    """Nothing was changed; `errors` has a sentence for each field of the form."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


def is_away(person: Person, today: date) -> bool:
    """Tell whether the person is away on the day `today`."""
    return bool(person.away_from) and person.away_from <= today.isoformat() <= person.away_until


def away_on(today: date) -> ColumnElement[bool]:
    """Return the condition of the people who are away on the day `today`."""
    day = today.isoformat()
    return and_(Person.away_from != "", Person.away_from <= day, Person.away_until >= day)


def back_after(person: Person | None, today: date) -> date | None:
    """Return the last day of the absence that the person is in, None for one who is here."""
    return date.fromisoformat(person.away_until) if person and is_away(person, today) else None


def keep_absence(actor: Actor, begins: str, ends: str, today: date) -> None:
    """Keep the first and the last day of the actor's absence; both blank take it back.

    Opens its own transaction. Raises AbsenceNotKept.
    """
    first, last = (_day(typed.strip()) for typed in (begins, ends))
    errors = {}
    if begins.strip() or ends.strip():
        if first is None:
            errors["away_from"] = gettext("Enter the first day of your absence.")
        if last is None or last < today or (first is not None and last < first):
            errors["away_until"] = gettext(
                "Enter the last day of your absence, not before the first or today."
            )
    if errors:
        raise AbsenceNotKept(errors)
    with transaction() as session:
        person = session.get_one(Person, actor.person_id)
        person.away_from = first.isoformat() if first else ""
        person.away_until = last.isoformat() if last else ""


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
