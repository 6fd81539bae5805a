"""Reads all rows of a table, also where one of them holds what its columns cannot hold."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.db import Base

AT_ONCE = 500  # rows that are read together; where one of them cannot be read, each is read alone

Row = TypeVar("Row", bound=Base)
Column = InstrumentedAttribute[int] | InstrumentedAttribute[str]


def readable(
    session: Session,
    table: type[Row],
    number: InstrumentedAttribute[int],
    *where: ColumnElement[bool],
    order_by: Sequence[Column] = (),
) -> Iterator[tuple[int, Row | None]]:
    """Yield `number` and row of each row of `table`, in that order; None for one that cannot be read.

    `number` is the table's primary key, and the order where no other is given. SQLite keeps any text in any
    column, so that one row that somebody changed by hand would end the check of all others.
    """
    numbers = session.scalars(select(number).where(*where).order_by(*order_by or (number,))).all()
    for start in range(0, len(numbers), AT_ONCE):
        some = numbers[start : start + AT_ONCE]
        found = _read(session, table, number, some)
        if found is None:
            found = {}
            for one in some:
                found |= _read(session, table, number, [one]) or {}
        yield from ((one, found.get(one)) for one in some)


def _read(
    session: Session, table: type[Row], number: InstrumentedAttribute[int], some: Sequence[int]
) -> dict[int, Row] | None:
    try:
        rows = session.execute(select(number, table).where(number.in_(some))).all()
    except (ValueError, TypeError):  # what the columns' types make of a text that they did not write
        return None
    return {row[0]: row[1] for row in rows}
