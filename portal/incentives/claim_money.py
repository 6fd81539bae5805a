"""What one claim earned, or exactly why it has not earned: the part of its page that is about money."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager

from portal.accounts.actor import SYSTEM_ACTOR, Actor
from portal.claims.desk import Desk
from portal.claims.eligibility import eligibility_of
from portal.claims.facts import gather
from portal.claims.gathering import Gathering
from portal.claims.model import NOT_ASSESSED, Claim
from portal.claims.units import holding_statuses
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
    """`sums` are (currency, amount in its smallest unit, lines); with any, `why_nothing` is empty.

    `assessed` says that an event of the claim decided its eligibility, which is not just as things are now.
    """

    eligibility: str
    assessed: bool
    reasons: tuple[str, ...]
    sums: tuple[tuple[str, int, int], ...]
    lines: tuple[Shown, ...]
    lines_in_all: int
    why_nothing: tuple[str, ...]


def money_of(session: Session, desk: Desk, claim: Claim, actor: Actor) -> ClaimMoney | None:
    """Return what the claim's page tells about money, None where there is nothing to tell `actor`.

    That is where they may not read earnings, and where the claim neither is an association nor ever
    earned.
    """
    if READ not in desk.policies.in_force().permissions_of(actor.roles):
        return None
    own = (EarningLine.claim_id == claim.id, EarningLine.live)
    query = select(EarningLine.currency, func.sum(EarningLine.amount), func.count()).where(*own)
    sums = [
        (row[0], int(row[1]), row[2])
        for row in session.execute(query.group_by(EarningLine.currency).order_by(EarningLine.currency))
    ]
    holds = claim.status in holding_statuses(desk.rulebook_of(claim))
    if not sums and not holds:
        return None
    eligibility, reasons = eligibility_of(session, desk, claim)
    newest = (
        select(EarningLine).where(*own).join(EarningLine.claim).options(contains_eager(EarningLine.claim))
    )
    lines = session.scalars(
        newest.order_by(EarningLine.month.desc(), EarningLine.id.desc()).limit(LINES_SHOWN)
    )
    rulebook = desk.policies.in_force()
    return ClaimMoney(
        eligibility=eligibility,
        assessed=claim.eligibility != NOT_ASSESSED,
        reasons=reasons,
        sums=tuple(sums),
        lines=tuple(shown(rulebook, line) for line in lines),
        lines_in_all=sum(count for _, _, count in sums),
        why_nothing=() if sums else reasons or why_nothing(session, desk, claim),
    )


def why_nothing(session: Session, desk: Desk, claim: Claim) -> tuple[str, ...]:
    """Return why a claim that can earn has earned nothing, in the words of its policy."""
    rulebook = desk.rulebook_of(claim)
    if EARNING not in rulebook.policy.questions:  # claims are pinned to policies from before it was asked
        return ()
    gathering = Gathering(session, desk, rulebook, claim, SYSTEM_ACTOR, desk.clock.now())
    try:
        decision = rulebook.decide(EARNING, gather(gathering, EARNING))
    except CouldNotBeDecided as error:
        note_undecided(error)
        return ()  # the rest of the page can be read all the same
    return tuple(reason.text for reason in decision.reasons)


def number_of_lines(gathering: Gathering) -> int:
    """Return how many lines of earnings the claim has: the fact `earnings.lines`."""
    query = select(func.count()).where(EarningLine.claim_id == gathering.claim.id, EarningLine.live)
    return gathering.session.scalar(query) or 0
