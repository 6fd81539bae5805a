"""How far somebody has read: a mark that loses no event, however late its transaction commits.

The ids of events are given when they are written, and not in the order of commits: when event 101 can be
read, event 100 may still be on its way. So a mark names the newest event that could be read, and the ids
below it that nobody could read yet; one that comes after all is new.
"""

import re
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from portal.accounts.model import Person
from portal.audit.model import AuditEvent
from portal.db import row_id, transaction

# No transaction is open while so many others record an event; an id that is missing for longer was rolled
# back, as happens to every event whose transaction fails.
LOOKED_BACK = 10_000
# Far more than fail among so many; the newest are kept.
RANGES_AT_MOST = 100
# A form sends no longer mark than one with so many ranges.
_CHARACTERS_AT_MOST = 2_500
_RANGE = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")


@dataclass(frozen=True)
class Mark:
    """Every event up to `upto` was there to be read, except for those with ids in the ranges `not_there`."""

    upto: int
    not_there: tuple[tuple[int, int], ...] = ()

    def is_unread(self) -> ColumnElement[bool]:
        """Return the condition of the events that were not there."""
        late = [AuditEvent.id.between(first, last) for first, last in self.not_there]
        begin = min((first - 1 for first, _ in self.not_there), default=self.upto)
        # The first part lets a database begin at the right place, whatever the second looks like.
        return and_(AuditEvent.id > begin, or_(AuditEvent.id > self.upto, *late))


def mark_of(person: Person) -> Mark:
    """Return how far `person` has read."""
    return Mark(person.notices_read_to, tuple((first, last) for first, last in person.notices_not_there))


def mark_now(session: Session) -> Mark:
    """Return the mark of whoever reads everything that can be read now."""
    upto = session.scalar(select(func.max(AuditEvent.id))) or 0
    before = func.lag(AuditEvent.id).over(order_by=AuditEvent.id).label("before")
    rows = select(AuditEvent.id, before).where(AuditEvent.id.between(upto - LOOKED_BACK, upto)).subquery()
    gaps = select(rows.c.before + 1, rows.c.id - 1).where(rows.c.id > rows.c.before + 1)
    found = session.execute(gaps.order_by(rows.c.id.desc()).limit(RANGES_AT_MOST)).all()
    return Mark(upto, tuple((row[0], row[1]) for row in reversed(found)))


def written(mark: Mark) -> str:
    """Return `mark` as a form carries it."""
    return " ".join([str(mark.upto), *(f"{first}-{last}" for first, last in mark.not_there)])


def read(text: str) -> Mark | None:
    """Return the mark that `written` made `text` of, None for anything else."""
    upto, *ranges = text[:_CHARACTERS_AT_MOST].split(" ")
    found = [_RANGE.fullmatch(one) for one in ranges]
    number = row_id(upto)
    if number is None or len(text) > _CHARACTERS_AT_MOST or not all(found):
        return None
    return Mark(number, tuple((int(one[1]), int(one[2])) for one in found if one))


def mark_as_read(person_id: int, mark: Mark) -> bool:
    """Keep that the person has read up to `mark`; return False where it is no mark of this portal.

    A page that was opened before another one was marked takes nothing back.
    """
    with transaction() as session:
        newest = session.scalar(select(func.max(AuditEvent.id))) or 0
        if mark.upto > newest or len(mark.not_there) > RANGES_AT_MOST:
            return False
        person = session.get_one(Person, person_id, with_for_update={"of": Person}, populate_existing=True)
        if mark.upto >= person.notices_read_to:
            person.notices_read_to = mark.upto
            person.notices_not_there = [list(one) for one in mark.not_there]
        return True
