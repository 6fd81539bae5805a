"""The dashboard's list: the claims a person may see, filtered, sorted, and a page at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, selectinload

from portal.accounts.actor import Actor
from portal.accounts.model import Location
from portal.claims.clock_states import ENDED, running_clock
from portal.claims.columns import COLUMNS, DEFAULT_SORT, orders, shown_columns
from portal.claims.days_left import DaysLeft, days_left
from portal.claims.desk import Desk
from portal.claims.eligibility import called
from portal.claims.filters import MOVES, Chip, Choices, Wanted, choices, conditions, wanted
from portal.claims.model import Claim, ClaimClock
from portal.claims.queries import visible_claims
from portal.claims.tabs import Tab, Tabs, counted_tabs, is_waiting
from portal.customers.model import Customer
from portal.paging import NoSuchPlace, Order, Page, page_of, place_lost
from portal.rulebook.closed_names import GONE
from portal.rulebook.rulebook import Rulebook

# What waits for somebody is seen at a glance; who has more to do opens the whole list of it.
WAITING_AT_MOST = 5


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
    eligibility: str
    move: str
    due_on: date | None
    left: DaysLeft | None  # until the end of `due_on`
    deletable: bool  # whether the policy has an action that deletes a claim in its status


@dataclass(frozen=True)
class Listing:
    """One page of the list. `after` and `before` are cursors, "" where the list ends.

    `waiting` holds the most urgent claims that wait for the reader, and is None where the address asks
    for anything; `any_at_all` tells whether there is a claim without the filters, and `restricted`
    whether the reader sees only the claims of some locations.
    """

    wanted: Wanted
    choices: Choices
    notices: tuple[str, ...]
    rows: tuple[Row, ...]
    counted: Tabs
    waiting: tuple[Row, ...] | None
    any_at_all: bool
    restricted: bool
    after: str
    before: str
    side: str

    @property
    def total(self) -> int:
        """How many claims the filters leave."""
        return self.counted.total

    @property
    def tab(self) -> Tab | None:
        """The tab one is on; None where the address asks for what no tab shows."""
        return next((tab for tab in self.counted.tabs if tab.current), None)

    @property
    def sort(self) -> str:
        """The column that sorts the list, with "-" before it where it does so downwards."""
        return self.wanted.sort or DEFAULT_SORT

    @property
    def orders(self) -> tuple[tuple[str, str], ...]:
        """Every order that can be chosen: its `sort` and its words."""
        return orders()

    @property
    def columns(self) -> tuple[str, ...]:
        """The codes of the columns shown, in their order; the one that sorts shows its direction."""
        shown = {*shown_columns(self.wanted.columns), self.sort.removeprefix("-")}
        return tuple(code for code in COLUMNS if code in shown)

    @property
    def all_columns(self) -> list[tuple[str, str]]:
        """The code and the label of every column that can be shown."""
        return [(code, str(column.label)) for code, column in COLUMNS.items()]

    @property
    def chips(self) -> list[Chip]:
        """The filters in force that no tab shows."""
        shown_by_tab = ("status", "move") if is_waiting(self.wanted, self.side) else ("status",)
        return self.wanted.chips(self.choices, *shown_by_tab)

    @property
    def headings(self) -> list[tuple[str, str, str, str]]:
        """The columns shown: code, label, how it sorts now, and the `sort` that a click asks for."""
        now = self.sort
        return [
            (code, str(COLUMNS[code].label), _direction(code, now), f"-{code}" if now == code else code)
            for code in self.columns
        ]

    @property
    def query(self) -> str:
        """What follows the question mark of the address of this view, at its first page."""
        return urlencode(self.wanted.params())

    @property
    def address(self) -> dict[str, Any]:
        """The parameters of this page of the list; what `after` and `before` are in it, they stay."""
        return self.wanted.address


def _direction(code: str, sort: str) -> str:
    """Return how the column sorts the list, in the words of aria-sort; "" where it does not."""
    return {code: "ascending", f"-{code}": "descending"}.get(sort, "")


def read_wanted(
    session: Session, desk: Desk, actor: Actor, given: Mapping[str, str]
) -> tuple[Wanted, Choices, list[str]]:
    """Return what an address asks for, what could be chosen, and a sentence for each part left out."""
    places = [(place.id, f"{place.code} – {place.name}") for place in own_locations(session, actor)]
    offered = choices(desk.policies.in_force(), places)
    chosen, notices = wanted(given, offered)
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
    try:
        page = _page(session, desk, actor, chosen)
    except NoSuchPlace:
        notices.append(place_lost())
        chosen = replace(chosen, after="", before="")
        page = _page(session, desk, actor, chosen)
    counted = _tabs(session, desk, actor, chosen, offered)
    return Listing(
        wanted=chosen,
        choices=offered,
        notices=tuple(notices),
        rows=tuple(row_of(desk, claim) for (claim,) in page.rows),
        counted=counted,
        waiting=_waiting(session, desk, actor) if chosen.plain else None,
        any_at_all=counted.total > 0
        or bool(session.scalar(select(exists(visible_claims(desk, actor).subquery())))),
        restricted=actor.location_ids is not None,
        after=page.after,
        before=page.before,
        side=actor.side,
    )


def _tabs(session: Session, desk: Desk, actor: Actor, chosen: Wanted, offered: Choices) -> Tabs:
    shown = filtered(desk, actor, chosen.with_filters(status="", move=""))
    return counted_tabs(session, shown, chosen, offered.status, actor.side)


def _waiting(session: Session, desk: Desk, actor: Actor) -> tuple[Row, ...]:
    """Return the claims whose move is the reader's, the earliest deadline first, those without one last."""
    shown = filtered(desk, actor, Wanted(move=actor.side))
    order = _order(desk, Wanted(sort="due"))
    query = whole(shown).order_by(*order.clauses()).limit(WAITING_AT_MOST)
    return tuple(row_of(desk, claim) for claim in session.scalars(query).unique())


def filtered(desk: Desk, actor: Actor, chosen: Wanted) -> Select[Claim]:
    """Return the select of the claims that `actor` may see and the filters leave, in no order yet."""
    rulebook = desk.policies.in_force()
    return visible_claims(desk, actor).where(*conditions(chosen, rulebook, desk.clock.now()))


def _order(desk: Desk, chosen: Wanted) -> Order:
    sort = chosen.sort or DEFAULT_SORT
    column = COLUMNS[sort.removeprefix("-")]
    value = column.value(desk.policies.in_force())
    return Order(sort, value, Claim.id, column.kind, descending=sort.startswith("-"))


def whole(shown: Select[Claim]) -> Select[Claim]:
    """Return `shown` with what a row of the list reads, loaded in a fixed number of queries."""
    return (
        shown.outerjoin(Claim.customer.of_type(Customer))
        .outerjoin(Location, Location.id == Claim.location_id)
        .options(selectinload(Claim.products), selectinload(Claim.clocks))
    )


def in_order(desk: Desk, actor: Actor, chosen: Wanted) -> Select[Claim]:
    """Return the select of the claims that `filtered` leaves, in the order asked for."""
    return whole(filtered(desk, actor, chosen)).order_by(*_order(desk, chosen).clauses())


def _page(session: Session, desk: Desk, actor: Actor, chosen: Wanted) -> Page[Claim]:
    shown, order = whole(filtered(desk, actor, chosen)), _order(desk, chosen)
    size = desk.settings.claims_per_page
    return page_of(session, shown, order, size, after=chosen.after, before=chosen.before)


def row_of(desk: Desk, claim: Claim) -> Row:
    """Return `claim` in the words of its own policy version."""
    rulebook = desk.rulebook_of(claim)
    programs = rulebook.programs
    status = rulebook.statuses[claim.status]
    activity = programs.activities.get(claim.activity or "")
    clock = running_clock(claim) or late_clock(claim)
    due_on = date.fromisoformat(clock.due_on) if clock and clock.due_on else None
    return Row(
        claim=claim,
        status_label=status.label,
        tone=status.tone,
        engagement=programs.engagements[activity.engagement].label if activity else "",
        solution_area=programs.solution_areas[activity.solution_area].label if activity else "",
        activity=activity.label if activity else "",
        products=tuple(programs.product_label(row.product) for row in claim.products),
        eligibility=called(rulebook, claim.eligibility),
        move=str(MOVES[claim.waits_for]),
        due_on=due_on,
        left=days_left(due_on, desk.today(), overdue=claim.overdue) if due_on else None,
        deletable=deleting_action(rulebook, claim.status) is not None,
    )


def deleting_action(rulebook: Rulebook, status: str) -> str | None:
    """Return the action by which a claim in `status` is deleted, None where the policy has none."""
    return next((code for code, each in rulebook.transitions.items() if each.moves.get(status) == GONE), None)


def late_clock(claim: Claim) -> ClaimClock | None:
    """Return the clock that ran out last on an overdue claim: its end changed nothing but a flag."""
    ended = [row for row in claim.clocks if row.state == ENDED and row.due_on]
    return ended[-1] if claim.overdue and ended else None
