"""What one claim earned, or exactly why it has not earned: the part of its page that is about money."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, contains_eager

from portal.accounts.actor import SYSTEM_ACTOR, Actor
from portal.claims.desk import Desk, Eligibility
from portal.claims.facts import gather
from portal.claims.gathering import Gathering
from portal.claims.model import Claim
from portal.claims.units import holding_statuses
from portal.customers.model import SubscriptionReading
from portal.incentives.earning_sums import sums_of
from portal.incentives.earnings import Shown, shown
from portal.incentives.model import EarningLine
from portal.rulebook.decision import CouldNotBeDecided
from portal.web.undecided import note_undecided

READ = "earnings.read"
EARNING = "earning"  # the question of policy.yaml that says why an eligible claim earned nothing
# The newest lines, which fit on the claim's page; the page of earnings lists all.
LINES_SHOWN = 5


@dataclass(frozen=True)
class ClaimMoney:
    """`sums` are (currency, amount in its smallest unit, lines); with any, `why_nothing` is empty."""

    eligibility: str
    reasons: tuple[str, ...]
    sums: tuple[tuple[str, int, int], ...]
    lines: tuple[Shown, ...]
    lines_in_all: int
    why_nothing: tuple[str, ...]


def money_of(
    session: Session, desk: Desk, claim: Claim, actor: Actor, eligibility: Eligibility
) -> ClaimMoney | None:
    """Return what the claim's page tells about money, None where there is nothing to tell `actor`.

    That is where they may not read earnings, and where the claim neither is an association nor ever
    earned. `eligibility` is what `eligibility_of` says of the claim. Where nothing was ever imported about
    claim and customer, the database is asked once, by two indexes; for a draft not at all.
    """
    if READ not in desk.policies.in_force().permissions_of(actor.roles) or not claim.first_submitted_at:
        return None
    has_lines, has_subscriptions = _imported(session, claim)
    holds = claim.status in holding_statuses(desk.rulebook_of(claim))
    if not has_lines and not holds:
        return None
    sums = sums_of(session, EarningLine.claim_id == claim.id) if has_lines else ()
    outcome, reasons = eligibility
    return ClaimMoney(
        eligibility=outcome,
        reasons=reasons,
        sums=sums,
        lines=_newest(session, desk, claim) if sums else (),
        lines_in_all=sum(count for _, _, count in sums),
        why_nothing=() if sums else reasons or why_nothing(session, desk, claim, known=has_subscriptions),
    )


def _own(claim: Claim) -> Sequence[ColumnElement[bool]]:
    return [EarningLine.claim_id == claim.id, EarningLine.live.expression]


def _imported(session: Session, claim: Claim) -> tuple[bool, bool]:
    """Tell whether any line counts for the claim, and any reading for a subscription of its customer."""
    tenant = claim.customer.tenant_id.casefold() if claim.customer else ""
    of_customer = exists().where(SubscriptionReading.tenant_id == tenant, SubscriptionReading.live)
    row = session.execute(select(exists().where(*_own(claim)), of_customer)).one()
    return bool(row[0]), bool(row[1])


def _newest(session: Session, desk: Desk, claim: Claim) -> tuple[Shown, ...]:
    query = (
        select(EarningLine)
        .where(*_own(claim))
        .join(EarningLine.claim)
        .options(contains_eager(EarningLine.claim))
        .order_by(EarningLine.month.desc(), EarningLine.id.desc())
    )
    rulebook = desk.policies.in_force()
    return tuple(shown(rulebook, line) for line in session.scalars(query.limit(LINES_SHOWN)))


@dataclass
class WithoutLines(Gathering):
    """A claim of which it is known already that nothing was earned with it."""


def why_nothing(session: Session, desk: Desk, claim: Claim, *, known: bool = True) -> tuple[str, ...]:
    """Return why a claim that can earn has earned nothing, in the words of its policy.

    With `known` false, no subscription of its customer is known, and none is looked for.
    """
    rulebook = desk.rulebook_of(claim)
    if EARNING not in rulebook.policy.questions:  # claims are pinned to policies from before it was asked
        return ()
    gathering = WithoutLines(session, desk, rulebook, claim, SYSTEM_ACTOR, desk.clock.now())
    if not known:
        gathering.subscriptions = {}
    try:
        decision = rulebook.decide(EARNING, gather(gathering, EARNING))
    except CouldNotBeDecided as error:
        note_undecided(error)
        return ()  # the rest of the page can be read all the same
    return tuple(reason.text for reason in decision.reasons)


def number_of_lines(gathering: Gathering) -> int:
    """Return how many lines of earnings the claim has: the fact `earnings.lines`."""
    if isinstance(gathering, WithoutLines):
        return 0
    query = select(func.count()).where(*_own(gathering.claim))
    return gathering.session.scalar(query) or 0
