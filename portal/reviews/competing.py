"""Competing claims side by side: what each of them shows, who held their products before, and who may win."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.claims.answering import Failure
from portal.claims.days_left import DaysLeft, days_left
from portal.claims.desk import Desk
from portal.claims.model import Association, Claim, ClaimDocument, ClaimProduct, ClaimUnit
from portal.claims.moves import Standing, standing
from portal.claims.panels import Panel, panels
from portal.claims.queries import visible_claims, visible_to
from portal.claims.showing import Asked, asked_in_words
from portal.claims.threads import Thread, threads
from portal.claims.timeline import Entry, timeline
from portal.claims.units import parts_of, unit_of
from portal.reviews.elements import Element, elements_of
from portal.reviews.rounds import Round, brought_in_words, first_rounds_of, rounds_of
from portal.reviews.settlement import Loser, losers
from portal.reviews.showing import COMMENTS, PLACE

# More than so many columns nobody compares; claims that compete with further claims name further ones.
COLUMNS_AT_MOST = 8


@dataclass(frozen=True)
class Claimed:
    """One product of a claim; `shared` where another of the claims shown is for the same unit."""

    label: str
    subscription_id: str
    shared: bool


@dataclass(frozen=True)
class Proof:
    """One document that counts, and in words with which round it was submitted."""

    document: ClaimDocument
    brought: str


@dataclass(frozen=True)
class Column:
    """One of the claims: all that is compared of it. `settling` is none where its policy settles nothing."""

    claim: Claim
    standing: Standing
    left: DaysLeft | None
    activity: str
    products: tuple[Claimed, ...]
    proofs: tuple[Proof, ...]
    elements: tuple[Element, ...]
    rejected_because: tuple[str, ...]
    rounds: tuple[Round, ...]
    requests: tuple[Asked, ...]
    threads: tuple[Thread, ...]
    entries: tuple[Entry, ...]
    commenting: Panel | None
    settling: Panel | None

    @property
    def may_win(self) -> bool:
        return self.settling is not None and self.settling.offer.allowed


@dataclass(frozen=True)
class Holding:
    """An association on one of the units: who held which product, by which claim, and how long."""

    product: str
    subscription_id: str
    organization: str
    number: str
    began_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Competing:
    """The whole page. `winner` is the column that was chosen, with the claims that would end for it."""

    number: str
    columns: tuple[Column, ...]
    further: tuple[str, ...]  # numbers of claims that compete too and have no column
    holdings: tuple[Holding, ...]
    winner: Column | None
    losers: tuple[Loser, ...]

    @property
    def settled(self) -> bool:
        """Tell whether nothing is left that competes."""
        return not self.further and len(self.columns) <= 1


def competing_of(
    session: Session,
    desk: Desk,
    claim: Claim,
    actor: Actor,
    winner: str = "",
    failure: tuple[str, Failure] | None = None,
) -> Competing:
    """Return the claims that compete with `claim`, itself among them, the first submitted first.

    `winner` is the number of the one that was chosen to win; `failure` what a form about one of them came
    to, with its number.
    """
    found = _with_everybody(session, desk, claim, actor)
    shown = found[:COLUMNS_AT_MOST]
    columns = tuple(_column(session, desk, row, actor, shown, failure) for row in shown)
    chosen = next((row for row in columns if row.claim.number == winner and row.settling is not None), None)
    action = chosen.settling.offer.action if chosen and chosen.settling else ""
    return Competing(
        number=claim.number,
        columns=columns,
        further=tuple(row.number for row in found[COLUMNS_AT_MOST:]),
        holdings=tuple(_holdings(session, desk, found, actor)),
        winner=chosen,
        losers=tuple(losers(session, desk, chosen.claim, action)) if chosen else (),
    )


def _with_everybody(session: Session, desk: Desk, claim: Claim, actor: Actor) -> list[Claim]:
    """Return the claim, those that compete with it, and those that compete with those: they end together."""
    query = visible_claims(desk, actor).where(Claim.id.in_(_together(session, claim)))
    # The one that was asked for has a column however many there are.
    ordered = session.scalars(query.order_by(Claim.id != claim.id, Claim.first_submitted_at, Claim.id)).all()
    shown = sorted(ordered[:COLUMNS_AT_MOST], key=_submitted)
    return [*shown, *ordered[COLUMNS_AT_MOST:]]


def numbers_together(session: Session, claim: Claim) -> list[str]:
    """Return the numbers of the claim and of all that stand beside it, whoever may know of them."""
    query = select(Claim.number).where(Claim.id.in_(_together(session, claim)))
    return list(session.scalars(query.order_by(Claim.id != claim.id, Claim.id)))


def _together(session: Session, claim: Claim) -> set[int]:
    units, known = {row.unit for row in claim.units}, {claim.id}
    while further := set(session.scalars(_claiming(units))) - known:
        known |= further
        theirs = select(ClaimUnit.unit).where(ClaimUnit.claim_id.in_(further), ClaimUnit.active)
        units |= set(session.scalars(theirs))
    return known


def _claiming(units: set[str]) -> Select[int]:
    return select(ClaimUnit.claim_id).where(ClaimUnit.unit.in_(units), ClaimUnit.active)


def _submitted(claim: Claim) -> tuple[datetime, int]:
    return claim.first_submitted_at or claim.created_at, claim.id


def _column(
    session: Session,
    desk: Desk,
    claim: Claim,
    actor: Actor,
    shown: Sequence[Claim],
    failure: tuple[str, Failure] | None,
) -> Column:
    rulebook = desk.rulebook_of(claim)
    first_rounds = first_rounds_of(claim)
    failed = failure[1] if failure and failure[0] == claim.number else None
    found = panels(desk, session, claim, actor, PLACE, failed)
    stands = standing(desk, claim)
    theirs = {unit.unit for row in shown if row is not claim for unit in row.units}
    activity = rulebook.programs.activities.get(claim.activity or "")
    reasons = rulebook.reasons.rejection_reasons
    return Column(
        claim=claim,
        standing=stands,
        left=_left(desk, stands.due_on, claim),
        activity=activity.label if activity else "",
        products=tuple(_claimed(desk, claim, row, theirs) for row in claim.products),
        proofs=tuple(
            Proof(row, brought_in_words(claim, row, first_rounds[row.id]))
            for row in claim.documents
            if row.current
        ),
        elements=elements_of(rulebook, claim),
        rejected_because=tuple(reasons[code].label for code in claim.rejection_reasons if code in reasons),
        rounds=tuple(rounds_of(claim, rulebook, first_rounds)),
        requests=tuple(asked_in_words(rulebook, claim, row) for row in reversed(claim.requests)),
        threads=threads(claim, actor),
        entries=tuple(timeline(session, desk, claim, actor)),
        commenting=next((row for row in found if row.offer.address == COMMENTS), None),
        settling=next((row for row in found if rulebook.called_by(row.offer.action)), None),
    )


def _left(desk: Desk, due_on: date | None, claim: Claim) -> DaysLeft | None:
    return days_left(due_on, desk.today(), overdue=claim.overdue) if due_on else None


def _claimed(desk: Desk, claim: Claim, product: ClaimProduct, theirs: set[str]) -> Claimed:
    programs = desk.rulebook_of(claim).programs
    shared = unit_of(claim, product, programs) in theirs
    return Claimed(programs.product_label(product.product), product.subscription_id, shared)


def _holdings(session: Session, desk: Desk, claims: Sequence[Claim], actor: Actor) -> list[Holding]:
    """Return every association that there was on a unit of the claims, the latest first."""
    units = {unit.unit for claim in claims for unit in claim.units}
    query = (
        select(Association, Claim)
        .join(Claim, Claim.id == Association.claim_id)
        .where(Association.unit.in_(units), visible_to(desk, actor))
        .order_by(Association.began_at.desc(), Association.id.desc())
    )
    return [_holding(desk, row, claim) for row, claim in session.execute(query).unique()]


def _holding(desk: Desk, row: Association, claim: Claim) -> Holding:
    parts = parts_of(row.unit)
    return Holding(
        product=desk.rulebook_of(claim).programs.product_label(parts.get("product", "")),
        subscription_id=parts.get("subscription", ""),
        organization=claim.organization.name,
        number=claim.number,
        began_at=row.began_at,
        ended_at=row.ended_at,
    )
