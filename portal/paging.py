"""Pages of sorted lists, and the places at which they go on: opaque to the browser, exact on both databases.

Pages begin behind a row or end before one, so that nothing is shown twice or left out where rows are added
meanwhile, and a far page is as quick as the first.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVarTuple, cast

from sqlalchemy import ColumnElement, Select, and_, literal, or_, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.languages.sentences import gettext

SortValue = str | int | datetime | None
Columns = TypeVarTuple("Columns")

# Larger numbers fit no id and no counter; SQLite could not even compare with them.
_LARGEST = 2**31
_CHARACTERS_AT_MOST = 2000


class NoSuchPlace(ValueError):
    """The text is no cursor of this list as it is sorted now."""


@dataclass(frozen=True)
class Place:
    """The sorted value and the id of one row; the list goes on behind it or ends before it."""

    value: SortValue
    row_id: int


@dataclass(frozen=True)
class Order:
    """What a list is sorted by: a value of type `kind`, and the id among equals, in the same direction.

    `name` tells the order in cursors. Rows without a value come last in both directions; where every row has
    one (`always`), an index gives the order and finds a place in it.
    """

    name: str
    value: ColumnElement[Any]
    row_id: InstrumentedAttribute[int]
    kind: type
    descending: bool = False
    always: bool = False

    def clauses(self, *, backwards: bool = False) -> tuple[ColumnElement[Any], ...]:
        """Return the ORDER BY; `backwards` is the same order from its end, for the page before a place."""
        empty = self.value.is_(None)
        turned = self.descending != backwards
        by_value = self.value.desc() if turned else self.value.asc()
        by_id = self.row_id.desc() if turned else self.row_id.asc()
        if self.always:
            return by_value, by_id
        return empty.desc() if backwards else empty.asc(), by_value, by_id

    def beyond(self, place: Place, *, backwards: bool = False) -> ColumnElement[bool]:
        """Return the condition of the rows behind `place`, or before it when going `backwards`."""
        turned = self.descending != backwards
        if self.always:
            here, there = tuple_(self.value, self.row_id), _literals(self, place)
            return here < there if turned else here > there
        further_id = self.row_id < place.row_id if turned else self.row_id > place.row_id
        empty = self.value.is_(None)
        if place.value is None:
            tied = and_(empty, further_id)
            return or_(~empty, tied) if backwards else tied
        further = self.value < place.value if turned else self.value > place.value
        found = or_(further, and_(self.value == place.value, further_id))
        return found if backwards else or_(found, empty)

    def written(self, place: Place) -> str:
        """Return the cursor of a row in the list."""
        value = place.value.isoformat() if isinstance(place.value, datetime) else place.value
        content = json.dumps([self.name, value, place.row_id], ensure_ascii=True, separators=(",", ":"))
        return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")

    def read(self, cursor: str) -> Place:
        """Return the place that `cursor` names.

        Raises NoSuchPlace for one of another order, and for what this portal never wrote.
        """
        if len(cursor) > _CHARACTERS_AT_MOST:
            raise NoSuchPlace
        try:
            padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
            name, value, row_id = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        except (ValueError, binascii.Error, TypeError, RecursionError) as error:
            raise NoSuchPlace from error
        if name != self.name or type(row_id) is not int or not 0 <= row_id < _LARGEST:
            raise NoSuchPlace
        if value is None and self.always:
            raise NoSuchPlace
        return Place(_value(value, self.kind), row_id)


@dataclass(frozen=True)
class Page(Generic[*Columns]):
    """Some rows of a list in its order, and a cursor for each way on, "" where the list ends."""

    rows: list[tuple[*Columns]]
    after: str
    before: str


def page_of(
    session: Session,
    query: Select[*Columns],
    order: Order,
    size: int,
    *,
    after: str = "",
    before: str = "",
) -> Page[*Columns]:
    """Return at most `size` rows of `query`, which is in no order yet: those behind or before a cursor.

    Without a cursor they are the first. Raises NoSuchPlace for one that this list never named.
    """
    backwards, cursor = bool(before), before or after
    place = order.read(cursor) if cursor else None
    if place is not None:
        query = query.where(order.beyond(place, backwards=backwards))
    ordered = query.add_columns(order.value, order.row_id).order_by(*order.clauses(backwards=backwards))
    found = session.execute(ordered.limit(size + 1)).unique().all()
    more, rows = len(found) > size, list(found[:size])
    if backwards:
        rows.reverse()
    ends = [order.written(Place(*row[-2:])) for row in rows[:1] + rows[-1:]]
    has_after, has_before = (backwards or more), (more if backwards else place is not None)
    return Page(
        [cast("tuple[*Columns]", tuple(row[:-2])) for row in rows],
        after=ends[-1] if ends and has_after else "",
        before=ends[0] if ends and has_before else "",
    )


def place_lost() -> str:
    """Return what is told where a cursor names no place, and the list begins anew."""
    return gettext("That place in the list is not known any more, so the list begins at its start.")


def _literals(order: Order, place: Place) -> ColumnElement[Any]:
    return tuple_(literal(place.value, order.value.type), literal(place.row_id, order.row_id.type))


def _value(value: object, kind: type) -> SortValue:
    if value is None:
        return None
    if kind is datetime and isinstance(value, str):
        return _moment(value)
    if type(value) is not kind:
        raise NoSuchPlace
    if isinstance(value, int) and abs(value) < _LARGEST:
        return value
    if isinstance(value, str) and value.isprintable():
        return value
    raise NoSuchPlace


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise NoSuchPlace
        return moment.astimezone(UTC)  # fails at the edges of time, as a database would
    except (ValueError, OverflowError) as error:
        raise NoSuchPlace from error
