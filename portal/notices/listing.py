"""What happened to the claims that somebody may see, since they marked it as read: newest first, by claim."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, literal, not_, or_, select
from sqlalchemy.orm import Session, selectinload

from portal.accounts.actor import Actor
from portal.accounts.model import Person
from portal.audit.model import AuditEvent
from portal.claims.chain import PREFIX, chain_of
from portal.claims.desk import Desk
from portal.claims.documents import DOCUMENT_READ
from portal.claims.model import Claim
from portal.claims.queries import visible_to
from portal.claims.timeline import Entry, first_submissions, tells_something, told
from portal.notices.marks import Mark, mark_now, mark_of

CLAIMS_PER_PAGE = 20
# Of what happened to one claim the newest are read here, and all of it in the claim's own timeline.
LINES_AT_MOST = 5


@dataclass(frozen=True)
class OfClaim:
    """What is new of one claim: the newest entries of its timeline, and how many `more` are new."""

    claim: Claim
    status_label: str
    tone: str
    entries: tuple[Entry, ...]
    more: int


@dataclass(frozen=True)
class Notices:
    """One page of notices. `after` is the place where the next one begins, 0 at the end.

    `mark` is None on further pages: who marks all as read has begun at the newest.
    """

    of_claims: tuple[OfClaim, ...]
    mark: Mark | None
    after: int


def number_of_news(session: Session, desk: Desk, reader: Actor, at_most: int) -> int:
    """Return how many events are new to `reader`; more than `at_most` are not counted."""
    new = select(AuditEvent.id).join(Claim, _same_claim()).where(*_news(session, desk, reader))
    return session.scalar(select(func.count()).select_from(new.limit(at_most).subquery())) or 0


def notices(
    session: Session, desk: Desk, reader: Actor, before: int | None, *, was_read: bool = False
) -> Notices:
    """Return the page of notices for `reader` that begins behind the place `before`, None for the first.

    With `was_read` it holds what the reader has marked as read instead of what is new to them.
    """
    # First the mark, then what is shown: what comes in between is shown, and new the next time as well.
    mark = mark_now(session) if before is None else None
    newest, number = func.max(AuditEvent.id), func.count()
    query = select(Claim.id, newest, number).join(AuditEvent, _same_claim())
    query = (
        query.where(*_news(session, desk, reader, was_read=was_read))
        .group_by(Claim.id)
        .order_by(newest.desc())
    )
    if before is not None:
        query = query.having(newest < before)
    found = session.execute(query.limit(CLAIMS_PER_PAGE + 1)).all()
    more, found = len(found) > CLAIMS_PER_PAGE, list(found[:CLAIMS_PER_PAGE])
    shown = _of_claims(session, desk, reader, [(row[0], row[2]) for row in found], was_read=was_read)
    return Notices(tuple(shown), mark, found[-1][1] if more else 0)


def _same_claim() -> ColumnElement[bool]:
    # Said both ways, so that a database may begin with the claims or with the events, whichever are fewer.
    by_claim = AuditEvent.subject == literal(PREFIX) + Claim.number
    return by_claim & (Claim.number == func.substr(AuditEvent.subject, len(PREFIX) + 1))


def _news(
    session: Session, desk: Desk, reader: Actor, *, was_read: bool = False
) -> list[ColumnElement[bool]]:
    """Return the conditions of what is new: what a claim's timeline tells the reader and others did.

    With `was_read`, of what was new until the reader marked it as read.
    """
    person = session.get_one(Person, reader.person_id)
    unread = mark_of(person).is_unread()
    return [
        visible_to(desk, reader),
        tells_something(),
        AuditEvent.action != DOCUMENT_READ,  # evidence on the timeline; nothing that anybody has to know
        not_(unread) if was_read else unread,
        AuditEvent.at >= person.created_at,  # who begins here has missed nothing of the years before
        or_(AuditEvent.actor_id.is_(None), AuditEvent.actor_id != person.id),
    ]


def _of_claims(
    session: Session, desk: Desk, reader: Actor, counted: Sequence[tuple[int, int]], *, was_read: bool
) -> list[OfClaim]:
    numbers = dict(counted)
    query = select(Claim).where(Claim.id.in_(numbers)).options(selectinload(Claim.submissions))
    claims = {claim.id: claim for claim in session.scalars(query)}
    first = first_submissions(session, claims.values())
    events = _newest(session, desk, reader, list(numbers), was_read=was_read)
    found = []
    for claim_id, number in numbers.items():
        claim = claims[claim_id]
        status = desk.rulebook_of(claim).statuses[claim.status]
        own = [event for event in events if event.subject == chain_of(claim.number)]
        entries = tuple(told(desk, claim, reader, own, first))
        found.append(OfClaim(claim, status.label, status.tone, entries, max(0, number - len(entries))))
    return found


def _newest(
    session: Session, desk: Desk, reader: Actor, claim_ids: list[int], *, was_read: bool
) -> list[AuditEvent]:
    """Return the newest events of each claim that are new to `reader`, or were, the newest first."""
    turn = func.row_number().over(partition_by=AuditEvent.subject, order_by=AuditEvent.place.desc())
    query = select(AuditEvent.id, turn.label("turn")).join(Claim, _same_claim())
    wanted = _news(session, desk, reader, was_read=was_read)
    rows = query.where(Claim.id.in_(claim_ids), *wanted).subquery()
    chosen = select(AuditEvent).join(rows, rows.c.id == AuditEvent.id).where(rows.c.turn <= LINES_AT_MOST)
    return list(session.scalars(chosen.order_by(AuditEvent.place.desc())))
