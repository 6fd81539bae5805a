"""The reviewer's queue as its page shows it."""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from portal.accounts.absence import back_after
from portal.accounts.actor import Actor
from portal.claims.days_left import DaysLeft, days_left
from portal.claims.desk import Desk
from portal.claims.model import Claim
from portal.claims.participants import reviewers
from portal.reviews.queries import (
    CHOICES,
    Queued,
    Wanted,
    competitors_among,
    counts,
    queue,
    waits_for_reviewer,
)
from portal.reviews.second_queries import number_waiting


@dataclass(frozen=True)
class Tab:
    """One choice above the queue, with how many claims it holds."""

    code: str
    label: str
    number: int


@dataclass(frozen=True)
class Row:
    """One claim of the queue in words. `due_on` is the last day, in the program's zone."""

    number: str
    organization: str
    customer: str
    products: tuple[str, ...]
    status_label: str
    tone: str
    reviewer: str  # "" where nobody has it
    away_until: date | None  # the last day of the reviewer's absence, None for one who is here
    left_by: str  # who had it and reviews no more, ""  where somebody else has it or nobody had
    round: int
    competes: bool  # another open or approved claim is for one of its products at the same customer
    due_on: date | None
    left: DaysLeft | None


@dataclass(frozen=True)
class Following:
    """The claim that waits next for the reader or for nobody, with what is left of its time."""

    number: str
    left: DaysLeft | None


@dataclass(frozen=True)
class QueueShown:
    """One page of the queue; `after` and `before` are cursors, "" at the ends."""

    show: str
    q: str
    tabs: tuple[Tab, ...]
    rows: tuple[Row, ...]
    after: str
    before: str
    following: Following | None  # the claim to begin with
    second_reviews: int  # decisions that the reader is asked to judge once more


def following(session: Session, desk: Desk, actor: Actor, claim: Claim | None = None) -> Following | None:
    """Return the claim that the actor goes on with after `claim`, or begins with; None where none waits."""
    found = waits_for_reviewer(session, desk, actor, claim)
    zone = desk.policies.in_force().policy.time_zone
    return Following(found.claim.number, _left(desk, found, last_day(found, zone))) if found else None


def queue_shown(session: Session, desk: Desk, actor: Actor, wanted: Wanted) -> QueueShown:
    """Return the page of the queue that `actor` asked for."""
    page = queue(session, desk, actor, wanted)
    numbers = counts(session, desk, actor)
    deciding = frozenset(person.id for person in reviewers(session, desk.policies.in_force()))
    compete = competitors_among(session, desk, actor, [queued.claim.id for queued in page.rows])
    return QueueShown(
        show=wanted.show,
        q=wanted.q,
        tabs=tuple(Tab(code, str(label), numbers[code]) for code, label in CHOICES.items()),
        rows=tuple(_row(desk, queued, deciding, competes=queued.claim.id in compete) for queued in page.rows),
        after=page.after,
        before=page.before,
        following=following(session, desk, actor),
        second_reviews=number_waiting(session, desk, actor),
    )


def _row(desk: Desk, queued: Queued, deciding: frozenset[int], *, competes: bool) -> Row:
    claim = queued.claim
    rulebook = desk.rulebook_of(claim)
    name = claim.reviewer.name if claim.reviewer else ""
    is_with = claim.reviewer_id in deciding
    status, products = rulebook.statuses[claim.status], rulebook.programs.products
    due_on = last_day(queued, rulebook.policy.time_zone)
    return Row(
        number=claim.number,
        organization=claim.organization.name,
        customer=claim.customer.name if claim.customer else "",
        products=tuple(products[row.product].label for row in claim.products),
        status_label=status.label,
        tone=status.tone,
        reviewer=name if is_with else "",
        away_until=back_after(claim.reviewer, desk.today()) if is_with else None,
        left_by="" if is_with else name,
        round=claim.round,
        competes=competes,
        due_on=due_on,
        left=_left(desk, queued, due_on),
    )


def _left(desk: Desk, queued: Queued, due_on: date | None) -> DaysLeft | None:
    return days_left(due_on, desk.today(), overdue=queued.overdue) if due_on else None


def last_day(queued: Queued, zone: str) -> date | None:
    """Return the last day in `zone`: a due moment is the first one after it, so that of the moment before."""
    if queued.due_at is None:
        return None
    return (queued.due_at - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date()
