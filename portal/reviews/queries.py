"""The reviewer's queue and what a review page reads besides the claim itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select, true
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from portal.accounts.absence import is_away
from portal.accounts.actor import Actor
from portal.accounts.model import Organization
from portal.claims.blindness import DAYS_OF_ABSENT, kept_from
from portal.claims.clock_states import ENDED
from portal.claims.desk import Desk
from portal.claims.impartiality import belonged_lately
from portal.claims.model import Claim, ClaimClock, ClaimUnit
from portal.claims.participants import reviewers
from portal.claims.queries import visible_claims, visible_to
from portal.claims.searching import plain
from portal.db import Moment
from portal.languages.sentences import lazy_gettext
from portal.paging import NoSuchPlace, Order, Place, page_of

ALL, MINE, UNASSIGNED, OVERDUE, EVERY = "all", "mine", "unassigned", "overdue", "every"
# What each choice above the queue is called; EVERY also shows claims that wait for somebody else.
CHOICES: Mapping[str, str] = {
    ALL: lazy_gettext("Waiting for review"),
    MINE: lazy_gettext("Mine"),
    UNASSIGNED: lazy_gettext("Unassigned"),
    OVERDUE: lazy_gettext("Overdue"),
    EVERY: lazy_gettext("Every submitted claim"),
}
OPERATOR = "operator"  # the mover of models.Mover whose queue this is
# A number or a name is shorter; a longer text costs the database a comparison for every word.
SEARCH_CHARACTERS_AT_MOST = 200


@dataclass(frozen=True)
class Wanted:
    """What the reviewer asked to see: one of CHOICES, a search text, and where the page begins or ends."""

    show: str = ALL
    q: str = ""
    after: str = ""
    before: str = ""

    @classmethod
    def read(cls, parameters: Mapping[str, str]) -> Self:
        """Return what an address asks for; a choice that does not exist is the first one."""
        show = parameters.get("show", ALL)
        q = " ".join(parameters.get("q", "").replace("\x00", "").split())[:SEARCH_CHARACTERS_AT_MOST]
        after, before = parameters.get("after", ""), parameters.get("before", "")
        return cls(show if show in CHOICES else ALL, q, after, before)


@dataclass(frozen=True)
class Queued:
    """One claim of the queue. `due_at` is of the running clock, or of the one that ran out."""

    claim: Claim
    due_at: datetime | None
    overdue: bool


@dataclass(frozen=True)
class QueuePage:
    """One page of the queue, earliest due first; `after` and `before` are cursors, "" at the ends."""

    rows: tuple[Queued, ...]
    after: str
    before: str


def waits_for_reviewer(
    session: Session, desk: Desk, actor: Actor, claim: Claim | None = None
) -> Queued | None:
    """Return the claim after `claim` in the order of deadlines that waits for `actor` or for nobody yet.

    So does one whose reviewer is away while its time runs out; none of those that the actor may not review.
    After the last one, and without `claim`, comes the first. None where no other one waits.
    """
    now, due = desk.clock.now(), _due()
    earliest = _earliest(due)
    with_nobody = _unassigned(session, desk)
    query = visible_claims(desk, actor).where(
        Claim.waits_for == OPERATOR,
        or_(Claim.reviewer_id == actor.person_id, with_nobody, _of_the_absent(session, desk, now)),
        Claim.organization_id.not_in(_kept_from(session, desk, actor)),
    )
    order = list(earliest.clauses())
    if claim is not None:
        query = query.where(Claim.id != claim.id)
    if claim is not None and claim.waits_for == OPERATOR:
        at = session.scalar(select(due).where(Claim.id == claim.id))
        order.insert(0, case((earliest.beyond(Place(at, claim.id)), 0), else_=1))
    found = session.execute(query.add_columns(due).order_by(*order).limit(1)).first()
    return _queued(found[0], found[1], now) if found else None


def queue(session: Session, desk: Desk, actor: Actor, wanted: Wanted) -> QueuePage:
    """Return the claims that wait for the operator, the earliest due first (one page of settings' size)."""
    now, due = desk.clock.now(), _due()
    query = visible_claims(desk, actor).where(
        _conditions(session, desk, actor, now)[wanted.show],
        *(_mentions(word) for word in plain(wanted.q).split()),
    )
    shown = query.add_columns(due).options(selectinload(Claim.products), joinedload(Claim.reviewer))
    order, size = _earliest(due), desk.settings.claims_per_page
    try:
        page = page_of(session, shown, order, size, after=wanted.after, before=wanted.before)
    except NoSuchPlace:
        page = page_of(session, shown, order, size)
    rows = tuple(_queued(claim, due_at, now) for claim, due_at in page.rows)
    return QueuePage(rows, page.after, page.before)


def counts(session: Session, desk: Desk, actor: Actor) -> Mapping[str, int]:
    """Return how many claims each of CHOICES holds."""
    now = desk.clock.now()
    conditions = _conditions(session, desk, actor, now)
    columns = [func.count(case((conditions[choice], 1))).label(choice) for choice in CHOICES]
    row = session.execute(select(*columns).select_from(Claim).where(visible_to(desk, actor))).one()
    return dict(zip(CHOICES, row, strict=True))


def on_same_units(session: Session, desk: Desk, claim: Claim, actor: Actor) -> list[Claim]:
    """Return every other submitted claim on a unit of `claim`, of any organization, newest first."""
    units = [unit.unit for unit in claim.units]
    theirs = select(ClaimUnit.claim_id).where(ClaimUnit.unit.in_(units))
    query = (
        visible_claims(desk, actor)
        .where(Claim.id.in_(theirs), Claim.id != claim.id)
        .options(selectinload(Claim.products), selectinload(Claim.units))
        .order_by(Claim.number.desc())
    )
    return list(session.scalars(query)) if units else []


def competitors_among(session: Session, desk: Desk, actor: Actor, claim_ids: Sequence[int]) -> frozenset[int]:
    """Return those of the claims that another open or approved claim competes with, by one query.

    Left out is a claim that is kept from `actor`: that it holds its units tells how it was decided.
    """
    mine, other = aliased(ClaimUnit), aliased(ClaimUnit)
    query = (
        select(mine.claim_id)
        .join(other, (other.unit == mine.unit) & (other.claim_id != mine.claim_id))
        .where(mine.claim_id.in_(claim_ids), mine.active, other.active)
        .where(other.claim_id.not_in(select(Claim.id).where(kept_from(desk, actor))))
    )
    return frozenset(session.scalars(query)) if claim_ids else frozenset()


def _conditions(
    session: Session, desk: Desk, actor: Actor, now: datetime
) -> Mapping[str, ColumnElement[bool]]:
    waiting = Claim.waits_for == OPERATOR
    return {
        ALL: waiting,
        MINE: and_(waiting, Claim.reviewer_id == actor.person_id),
        UNASSIGNED: and_(waiting, _unassigned(session, desk)),
        OVERDUE: and_(waiting, _due() <= now),
        EVERY: true(),
    }


def _unassigned(session: Session, desk: Desk) -> ColumnElement[bool]:
    """Return the condition that nobody has the claim, or only somebody who reviews no more or was let go."""
    deciding = [person.id for person in reviewers(session, desk.policies.in_force())]
    return or_(Claim.reviewer_id.is_(None), Claim.reviewer_id.not_in(deciding))


def _kept_from(session: Session, desk: Desk, actor: Actor) -> list[int]:
    """Return the organizations whose claims the actor may not review, because they belonged there lately."""
    found = belonged_lately(session, desk.policies.in_force(), desk.today())
    return sorted(owner for person, owner in found if person == actor.person_id)


def _of_the_absent(session: Session, desk: Desk, now: datetime) -> ColumnElement[bool]:
    """Return the condition that a claim is with a reviewer who is away, and that its time runs out."""
    rulebook, today = desk.policies.in_force(), desk.today()
    days = rulebook.vocabulary.values.get(DAYS_OF_ABSENT)
    away = [person.id for person in reviewers(session, rulebook) if is_away(person, today)]
    if not isinstance(days, int) or not away:
        return false()
    return and_(Claim.reviewer_id.in_(away), _due() <= now + timedelta(days=days))


def _due() -> ColumnElement[datetime]:
    """Return the moment a claim is ordered by: its running clock's, else of the one that ran out.

    A clock that ran out on a reviewer changes nothing but a flag, so its due moment still counts.
    """
    ran_out = (
        select(func.max(ClaimClock.due_at))
        .where(ClaimClock.claim_id == Claim.id, ClaimClock.state == ENDED, Claim.overdue)
        .correlate(Claim)
        .scalar_subquery()
    )
    return func.coalesce(Claim.due_at, ran_out, type_=Moment)


def _earliest(due: ColumnElement[Any]) -> Order:
    return Order("due", due, Claim.id, datetime)


def _mentions(word: str) -> ColumnElement[bool]:
    return or_(
        Claim.search_text.contains(word, autoescape=True),
        Claim.organization.has(func.lower(Organization.name).contains(word, autoescape=True)),
    )


def _queued(claim: Claim, due_at: datetime | None, now: datetime) -> Queued:
    return Queued(claim, due_at, claim.waits_for == OPERATOR and due_at is not None and due_at <= now)
