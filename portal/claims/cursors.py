"""Places in a sorted list of claims: opaque to the browser, exact on both databases, refused when made up."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import InstrumentedAttribute

SortValue = str | int | datetime | None

# Larger numbers fit no id and no counter; SQLite could not even compare with them.
_LARGEST = 2**31
_CHARACTERS_AT_MOST = 2000


class NoSuchPlace(ValueError):
    """The text is no cursor of this list as it is sorted now."""


@dataclass(frozen=True)
class Place:
    """The sorted value and the id of one row; the list goes on behind it or ends before it."""

    value: SortValue
    claim_id: int


def written(sort: str, place: Place) -> str:
    """Return the cursor of a row in the list that is sorted by `sort`."""
    value = place.value.isoformat() if isinstance(place.value, datetime) else place.value
    content = json.dumps([sort, value, place.claim_id], ensure_ascii=True, separators=(",", ":"))
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def read(cursor: str, sort: str, kind: type) -> Place:
    """Return the place that `cursor` names in a list sorted by `sort`, whose values are of type `kind`.

    Raises NoSuchPlace for one of another order, and for what this portal never wrote.
    """
    if len(cursor) > _CHARACTERS_AT_MOST:
        raise NoSuchPlace
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        sorted_by, value, claim_id = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, TypeError, RecursionError) as error:
        raise NoSuchPlace from error
    if sorted_by != sort or type(claim_id) is not int or not 0 <= claim_id < _LARGEST:
        raise NoSuchPlace
    return Place(_value(value, kind), claim_id)


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


def ordering(
    value: ColumnElement[Any], row_id: InstrumentedAttribute[int], *, descending: bool, backwards: bool
) -> tuple[ColumnElement[Any], ...]:
    """Return the ORDER BY: rows without a value come last in both directions, and ties go by id.

    `backwards` is the same order from its end, for the page before a place.
    """
    empty = value.is_(None)
    turned = descending != backwards
    return (
        empty.desc() if backwards else empty.asc(),
        value.desc() if turned else value.asc(),
        row_id.desc() if turned else row_id.asc(),
    )


def beyond(
    value: ColumnElement[Any],
    row_id: InstrumentedAttribute[int],
    place: Place,
    *,
    descending: bool,
    backwards: bool,
) -> ColumnElement[bool]:
    """Return the condition of the rows behind `place`, or before it when going `backwards`."""
    turned = descending != backwards
    further_id = row_id < place.claim_id if turned else row_id > place.claim_id
    empty = value.is_(None)
    if place.value is None:
        tied = and_(empty, further_id)
        return or_(~empty, tied) if backwards else tied
    further = value < place.value if turned else value > place.value
    found = or_(further, and_(value == place.value, further_id))
    return found if backwards else or_(found, empty)
