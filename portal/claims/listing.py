"""The dashboard's list: the claims a person may see, filtered, sorted, and a page at a time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, get_args

from sqlalchemy import ColumnElement, Select, case, exists, func, select
from sqlalchemy.orm import Session, selectinload

from portal.accounts.actor import Actor
from portal.accounts.model import Location
from portal.claims import cursors
from portal.claims.clock_states import ENDED, running_clock
from portal.claims.desk import Desk
from portal.claims.filters import MOVES, Choices, Wanted, choices, conditions, wanted
from portal.claims.model import Claim, ClaimClock
from portal.claims.queries import visible_claims
from portal.customers.model import Customer
from portal.rulebook.models import Mover
from portal.rulebook.rulebook import Rulebook

DEFAULT_SORT = "-changed"


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
    "number": Column("Claim", str, lambda _: Claim.number.expression),
    "name": Column("Name", str, lambda _: func.lower(func.nullif(Claim.name, ""))),
    "customer": Column("Customer", str, lambda _: func.lower(Customer.name)),
    "activity": Column(
        "Activity and products", int, lambda r: _by_label(Claim.activity.expression, r.programs.activities)
    ),
    "engagement": Column(
        "Engagement", int, lambda r: _by_label(Claim.engagement.expression, r.programs.engagements)
    ),
    "location": Column("Location", str, lambda _: Location.code.expression),
    "status": Column("Status", int, lambda r: _in_order(Claim.status.expression, list(r.statuses))),
    "move": Column("Whose move", int, lambda _: _in_order(Claim.waits_for.expression, get_args(Mover))),
    "due": Column("Until", datetime, lambda _: Claim.due_at.expression),
    "changed": Column("Changed", datetime, lambda _: Claim.changed_at.expression),
}


@dataclass(frozen=True)
class Row:
    """One claim as the list shows it, in the words of its own policy version."""

    claim: Claim
    status_label: str
    tone: str
    engagement: str
    solution_area: str
    activity: str
    products: tuple[str, ...]
    move: str
    due_on: date | None


@dataclass(frozen=True)
class Listing:
    """One page of the list. `after` and `before` are cursors, "" where the list ends.

    `total` counts what the filters leave, and `any_at_all` tells whether there is a claim without them.
    `restricted` tells whether the reader sees only the claims of some locations.
    """

    wanted: Wanted
    choices: Choices
    notices: tuple[str, ...]
    rows: tuple[Row, ...]
    total: int
    any_at_all: bool
    restricted: bool
    after: str
    before: str

    @property
    def headings(self) -> list[tuple[str, str, str, str]]:
        """The columns: code, label, how it sorts now, and the `sort` that a click asks for."""
        now = self.wanted.sort
        directions = {code: _direction(code, now) for code in COLUMNS}
        return [
            (code, column.label, directions[code], f"-{code}" if now == code else code)
            for code, column in COLUMNS.items()
        ]


def _direction(code: str, sort: str) -> str:
    """Return how the column sorts the list, in the words of aria-sort; "" where it does not."""
    return {code: "ascending", f"-{code}": "descending"}.get(sort, "")


def read_wanted(
    session: Session, desk: Desk, actor: Actor, given: Mapping[str, str]
) -> tuple[Wanted, Choices, list[str]]:
    """Return what an address asks for, what could be chosen, and a sentence for each part left out."""
    places = [(place.id, f"{place.code} – {place.name}") for place in own_locations(session, actor)]
    offered = choices(desk.policies.in_force(), places)
    chosen, notices = wanted(given, offered, COLUMNS, DEFAULT_SORT)
    return chosen, offered, notices


def own_locations(session: Session, actor: Actor) -> list[Location]:
    """Return the locations of the actor's organization that the actor may use, by code."""
    query = select(Location).where(Location.organization_id == actor.organization_id)
    if actor.location_ids is not None:
        query = query.where(Location.id.in_(actor.location_ids))
    return list(session.scalars(query.order_by(Location.code)))


def listing(session: Session, desk: Desk, actor: Actor, given: Mapping[str, str]) -> Listing:
    """Return the page of claims that the address parameters `given` ask for.

    What they ask for and does not exist is left out and told; nothing in them raises.
    """
    chosen, offered, notices = read_wanted(session, desk, actor, given)
    column = COLUMNS[chosen.sort.removeprefix("-")]
    place, backwards, mistake = _place(chosen, column)
    if mistake:
        notices.append(mistake)
        chosen = replace(chosen, after="", before="")
    shown = filtered(desk, actor, chosen)
    found, after, before = _page(session, desk, shown, chosen, place, backwards)
    total = session.scalar(select(func.count()).select_from(shown.subquery())) or 0
    return Listing(
        wanted=chosen,
        choices=offered,
        notices=tuple(notices),
        rows=tuple(row_of(desk, claim) for claim in found),
        total=total,
        any_at_all=total > 0 or bool(session.scalar(select(exists(visible_claims(desk, actor).subquery())))),
        restricted=actor.location_ids is not None,
        after=after,
        before=before,
    )


def filtered(desk: Desk, actor: Actor, chosen: Wanted) -> Select[Claim]:
    """Return the select of the claims that `actor` may see and the filters leave, in no order yet."""
    rulebook = desk.policies.in_force()
    return visible_claims(desk, actor).where(*conditions(chosen, rulebook, desk.clock.now()))


def sort_value(desk: Desk, chosen: Wanted) -> ColumnElement[Any]:
    """Return the expression that the list is sorted by; `sorted_by` orders a select by it."""
    return COLUMNS[chosen.sort.removeprefix("-")].value(desk.policies.in_force())


def sorted_by(
    shown: Select[Claim], value: ColumnElement[Any], *, descending: bool, backwards: bool = False
) -> Select[Claim]:
    """Return `shown` in order, with what a row of the list reads loaded in a fixed number of queries."""
    return (
        shown.outerjoin(Claim.customer.of_type(Customer))
        .outerjoin(Location, Location.id == Claim.location_id)
        .options(selectinload(Claim.products), selectinload(Claim.clocks))
        .order_by(*cursors.ordering(value, Claim.id, descending=descending, backwards=backwards))
    )


def _place(chosen: Wanted, column: Column) -> tuple[cursors.Place | None, bool, str]:
    cursor = chosen.before or chosen.after
    if not cursor:
        return None, False, ""
    try:
        return cursors.read(cursor, chosen.sort, column.kind), bool(chosen.before), ""
    except cursors.NoSuchPlace:
        return None, False, "That place in the list is not known any more, so the list begins at its start."


def _page(
    session: Session,
    desk: Desk,
    shown: Select[Claim],
    chosen: Wanted,
    place: cursors.Place | None,
    backwards: bool,
) -> tuple[list[Claim], str, str]:
    size = desk.settings.claims_per_page
    value, descending = sort_value(desk, chosen), chosen.sort.startswith("-")
    query = sorted_by(shown, value, descending=descending, backwards=backwards)
    if place is not None:
        condition = cursors.beyond(value, Claim.id, place, descending=descending, backwards=backwards)
        query = query.where(condition)
    found = session.execute(query.add_columns(value).limit(size + 1)).unique().all()
    more, found = len(found) > size, list(found[:size])
    if backwards:
        found.reverse()
    ends = [cursors.written(chosen.sort, cursors.Place(at, claim.id)) for claim, at in found]
    has_after, has_before = (backwards or more), (more if backwards else place is not None)
    return (
        [claim for claim, _ in found],
        ends[-1] if ends and has_after else "",
        ends[0] if ends and has_before else "",
    )


def row_of(desk: Desk, claim: Claim) -> Row:
    """Return `claim` in the words of its own policy version."""
    rulebook = desk.rulebook_of(claim)
    programs = rulebook.programs
    status = rulebook.statuses[claim.status]
    activity = programs.activities.get(claim.activity or "")
    clock = running_clock(claim) or late_clock(claim)
    return Row(
        claim=claim,
        status_label=status.label,
        tone=status.tone,
        engagement=programs.engagements[activity.engagement].label if activity else "",
        solution_area=programs.solution_areas[activity.solution_area].label if activity else "",
        activity=activity.label if activity else "",
        products=tuple(programs.product_label(row.product) for row in claim.products),
        move=MOVES[claim.waits_for],
        due_on=date.fromisoformat(clock.due_on) if clock and clock.due_on else None,
    )


def late_clock(claim: Claim) -> ClaimClock | None:
    """Return the clock that ran out last on an overdue claim: its end changed nothing but a flag."""
    ended = [row for row in claim.clocks if row.state == ENDED and row.due_on]
    return ended[-1] if claim.overdue and ended else None
