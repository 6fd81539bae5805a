"""Second opinions about the sample's decisions: most agree, every so many differ, and the newest wait."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from portal.accounts.queries import actor_of
from portal.claims.answers import Answers
from portal.claims.blindness import asked_of
from portal.claims.desk import Desk
from portal.claims.model import Claim
from portal.claims.participants import reviewers
from portal.db import db
from portal.reviews.judging import judge, outcomes
from portal.second_reviews.bars import is_open
from portal.second_reviews.model import SecondReview

LATER = timedelta(hours=20)  # after the decision somebody finds the time
LEFT_OPEN = timedelta(days=7)  # decisions of the last week wait, for whoever looks at the demo
ONE_DIFFERS_IN = 4
WORDS = "I looked at the letter page by page, and this is what it shows for the products of the claim."


def judge_again(desk: Desk, moment: datetime, now: datetime) -> None:
    """Let reviewers judge at `moment` what was drawn a while ago; which ones were depends on the secret.

    What was decided shortly before `now` is left open. Opinions differ by how many there were before, not by
    chance, so that every sample has both kinds: the first opinion agrees, and the second differs.
    """
    query = (
        select(SecondReview, Claim)
        .join(Claim, Claim.id == SecondReview.claim_id)
        .where(is_open(), SecondReview.decided_at < min(moment - LATER, now - LEFT_OPEN))
        .order_by(SecondReview.id)
    )
    drawn = db.session().execute(query).unique().all()
    with desk.clock.moved_to(moment):
        for review, claim in drawn:
            _judge(desk, review, claim, differs=_judged() % ONE_DIFFERS_IN == 1)


def _judged() -> int:
    query = select(func.count()).select_from(SecondReview).where(SecondReview.agreed.is_not(None))
    return int(db.session().scalar(query) or 0)


def _judge(desk: Desk, review: SecondReview, claim: Claim, *, differs: bool) -> None:
    session, rulebook = db.session(), desk.rulebook_of(claim)
    able = [
        actor
        for actor in map(actor_of, reviewers(session, desk.policies.in_force()))
        if session.scalar(
            select(SecondReview.id)
            .join(Claim, Claim.id == SecondReview.claim_id)
            .where(SecondReview.id == review.id, asked_of(desk, actor))
        )
    ]
    if not able:
        return
    others = [one for one in outcomes(desk, claim, review) if one != review.action]
    opinion = others[0] if differs else review.action
    answers = {}
    for name, ask in rulebook.transitions[opinion].asks.items():
        if ask.type == "codes":
            known = list(rulebook.catalog_codes(ask.of or ""))
            answers[name] = tuple(review.reasons) if opinion == review.action else (known[0],)
        elif ask.type == "text":
            answers[name] = (WORDS,)
    number, review_id = claim.number, review.id
    judge(desk, number, review_id, able[0], opinion, Answers(answers))
