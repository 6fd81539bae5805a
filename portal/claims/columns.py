"""The columns of the list of claims: what each is called, and what the list is sorted by under it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from sqlalchemy import ColumnElement, case, func

from portal.accounts.model import Location
from portal.claims.model import Claim
from portal.customers.model import Customer
from portal.languages.sentences import lazy_gettext
from portal.rulebook.models import Mover
from portal.rulebook.rulebook import Rulebook

DEFAULT_SORT = "-changed"
# By the number people speak of a claim, and it is what leads to it.
ALWAYS_SHOWN = "number"
SHOWN_FIRST = ("number", "name", "customer", "activity", "status", "move", "due", "changed")


@dataclass(frozen=True)
class Column:
    """A column that the list can be sorted by; `kind` is the Python type of the value sorted by."""

    label: str
    kind: type
    value: Callable[[Rulebook], ColumnElement[Any]]


def _in_order(column: ColumnElement[Any], codes: Sequence[str]) -> ColumnElement[Any]:
    """Return the place of a code in `codes`; NULL for none, and for one that is no longer known."""
    return case({code: place for place, code in enumerate(codes)}, value=column, else_=None)


def _by_label(column: ColumnElement[Any], labels: Mapping[str, Any]) -> ColumnElement[Any]:
    return _in_order(column, sorted(labels, key=lambda code: str(labels[code].label).casefold()))


# In the order in which the table shows them.
COLUMNS: Mapping[str, Column] = {
    "number": Column(lazy_gettext("Claim"), str, lambda _: Claim.number.expression),
    "name": Column(lazy_gettext("Name"), str, lambda _: func.lower(func.nullif(Claim.name, ""))),
    "customer": Column(lazy_gettext("Customer"), str, lambda _: func.lower(Customer.name)),
    "activity": Column(
        lazy_gettext("Activity and products"),
        int,
        lambda r: _by_label(Claim.activity.expression, r.programs.activities),
    ),
    "engagement": Column(
        lazy_gettext("Engagement"),
        int,
        lambda r: _by_label(Claim.engagement.expression, r.programs.engagements),
    ),
    "location": Column(lazy_gettext("Location"), str, lambda _: Location.code.expression),
    "status": Column(
        lazy_gettext("Status"), int, lambda r: _in_order(Claim.status.expression, list(r.statuses))
    ),
    "move": Column(
        lazy_gettext("Whose move"), int, lambda _: _in_order(Claim.waits_for.expression, get_args(Mover))
    ),
    "due": Column(lazy_gettext("Until"), datetime, lambda _: Claim.due_at.expression),
    "changed": Column(lazy_gettext("Changed"), datetime, lambda _: Claim.changed_at.expression),
}

# How an order is told: upwards and downwards, by the kind of what is sorted.
_DIRECTIONS: Mapping[type, tuple[str, str]] = {
    str: (lazy_gettext("A to Z"), lazy_gettext("Z to A")),
    int: (lazy_gettext("in order"), lazy_gettext("in reverse order")),
    datetime: (lazy_gettext("earliest first"), lazy_gettext("latest first")),
}


def orders() -> tuple[tuple[str, str], ...]:
    """Return every order of the list: its `sort` in the address, and its words."""
    return tuple(
        (f"{sign}{code}", f"{column.label}, {words}")
        for code, column in COLUMNS.items()
        for sign, words in zip(("", "-"), _DIRECTIONS[column.kind], strict=True)
    )


def shown_columns(chosen: str) -> tuple[str, ...]:
    """Return the columns that `chosen` names, such as "customer,due"; for "" those shown first."""
    if not chosen:
        return SHOWN_FIRST
    codes = {ALWAYS_SHOWN, *chosen.split(",")}
    return tuple(code for code in COLUMNS if code in codes)
