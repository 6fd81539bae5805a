"""Judges a decision a second time: recorded once, never changed, and without a word to the partner."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.absence import is_away
from portal.accounts.actor import Actor
from portal.accounts.model import Person
from portal.audit.recording import record
from portal.claims.answers import Answers
from portal.claims.blindness import OFFERED, asked_of, review_asked_of
from portal.claims.checking import check_answers
from portal.claims.desk import Desk
from portal.claims.drawing import PREFIX, given
from portal.claims.impartiality import belonged_lately
from portal.claims.model import Claim
from portal.claims.refusals import Invalid, NotThere
from portal.db import transaction
from portal.languages.sentences import gettext
from portal.rulebook.built_in_texts import nothing_given
from portal.rulebook.rulebook import Rulebook
from portal.second_reviews.bars import STEPPED_ASIDE, bar, barred_from_the_draw, is_barred
from portal.second_reviews.model import SecondReview

JUDGED, LEFT = "second_review_judged", "second_review_left"
# What a form of an opinion can ask: of the rest, the first reviewer's own form says what the claim needs.
JUDGED_BY = ("codes", "text")
AWAY, BELONGED = "away", "belonged"
# By somebody else; because the person took part since or stepped aside; the claim itself needs everybody now;
# a decision before it waits for the person.
JUDGED_BEFORE, BARRED, NEEDED, TOO_EARLY = "judged_before", "barred", "needed", "too_early"


@dataclass(frozen=True)
class Judged:
    """The opinion that was recorded, now or before; `as_sent` is false where the form said something else."""

    review_id: int
    number: str
    agreed: bool
    as_sent: bool = field(default=True, compare=False)


class JudgedMeanwhile(Exception):
    """The decision is not the person's to judge now; `why` is JUDGED_BEFORE, BARRED, NEEDED or
    TOO_EARLY.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class MayNotJudge(Exception):
    """The person is away, or belonged to the organization too lately; `why` is AWAY or BELONGED."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def outcomes(desk: Desk, claim: Claim, review: SecondReview) -> list[str]:
    """Return the transitions that can be chosen, which the first reviewer had too, by the claim's policy.

    They are those of the day on which it was drawn: with the list of another day, that what was chosen can be
    chosen again would tell it.
    """
    known = desk.rulebook_of(claim).transitions
    named = review.shown.get(OFFERED) or _offered_now(desk, review)
    return [one for one in named if one in known and review.from_status in known[one].moves]


def _offered_now(desk: Desk, review: SecondReview) -> list[str]:
    """Return what a decision that was drawn before the list was kept with it can be judged by."""
    rule = desk.policies.in_force().lifecycle.second_reviews
    return list(dict.fromkeys([*(rule.of if rule else ()), *(rule.besides if rule else ()), review.action]))


def kept_from_judging(session: Session, desk: Desk, claim: Claim, actor: Actor) -> str:
    """Return why `actor` may not judge now: AWAY, BELONGED, or "" where nothing stands against it."""
    today: date = desk.today()
    if is_away(session.get_one(Person, actor.person_id), today):
        return AWAY
    barred = belonged_lately(session, desk.policies.in_force(), today)
    return BELONGED if (actor.person_id, claim.organization_id) in barred else ""


def judge(
    desk: Desk, number: str, review_id: int | None, actor: Actor, opinion: str, answers: Answers
) -> Judged:
    """Record what `actor` would have decided; opens its own transaction.

    `review_id` is the decision that the form was about. Raises NotThere, JudgedMeanwhile, MayNotJudge, and
    Invalid with a sentence by field ("opinion" for the choice itself). What `actor` recorded before stands,
    and is returned: a form that is sent twice has one effect.
    """
    desk.open()
    with transaction() as session:
        if _comes_later(session, desk, number, review_id, actor):
            raise JudgedMeanwhile(TOO_EARLY)
        review, claim = _locked(session, number, review_id, actor)
        rulebook = desk.rulebook_of(claim)
        if review.judged_at is not None and review.second_id == actor.person_id:
            same = opinion == review.opinion and (
                given(rulebook.transitions[opinion], answers) == (review.opinion_reasons, review.opinion_text)
            )
            return Judged(review.id, number, bool(review.agreed), same)
        _check_open(session, desk, review, actor)
        if why := kept_from_judging(session, desk, claim, actor):
            raise MayNotJudge(why)
        if opinion not in outcomes(desk, claim, review):
            raise Invalid({"opinion": gettext("Choose what you would have decided.")})
        _check(session, rulebook, claim, opinion, answers)
        _record(desk, session, review, actor, opinion, given(rulebook.transitions[opinion], answers))
        return Judged(review.id, number, bool(review.agreed))


def step_aside(desk: Desk, number: str, review_id: int | None, actor: Actor) -> None:
    """Leave the second review to others, so that `actor` reads the claim as it stands; for good.

    Opens its own transaction. Raises NotThere.
    """
    desk.open()
    with transaction() as session:
        if _comes_later(session, desk, number, review_id, actor):
            raise NotThere
        review, _ = _locked(session, number, review_id, actor)
        if review.judged_at is not None or is_barred(session, review.id, actor.person_id):
            return
        bar(session, review.id, [actor.person_id], STEPPED_ASIDE, desk.clock.now())
        _note(desk, session, review, actor, LEFT, {})


def _comes_later(session: Session, desk: Desk, number: str, review_id: int | None, actor: Actor) -> bool:
    """Tell whether the form is about no decision up to the one of this claim that waits for `actor`.

    Pages show the decisions of a claim one after the other: that there is a later one tells how the earlier
    one went. So it is the same whether `review_id` was drawn, and whether it is there at all.
    """
    asked = review_asked_of(session, desk, number, actor)
    return asked is not None and (review_id is None or review_id > asked.id)


def _locked(session: Session, number: str, review_id: int | None, actor: Actor) -> tuple[SecondReview, Claim]:
    """Return the decision, locked until the transaction ends.

    Raises NotThere where none was drawn, and as well for whoever was kept from it from the beginning: who
    decides does not learn which decisions are judged twice.
    """
    query = (
        select(SecondReview.id, Claim)
        .join(Claim, Claim.id == SecondReview.claim_id)
        .where(SecondReview.id == review_id, SecondReview.drawn, Claim.number == number)
        .where(~barred_from_the_draw(actor.person_id))
    )
    found = session.execute(query).unique().first()
    if found is None:
        raise NotThere
    session.execute(select(SecondReview.id).where(SecondReview.id == found[0]).with_for_update()).all()
    return session.get_one(SecondReview, found[0], populate_existing=True), found[1]


def _check_open(session: Session, desk: Desk, review: SecondReview, actor: Actor) -> None:
    query = select(SecondReview.id).join(Claim, Claim.id == SecondReview.claim_id)
    if session.scalar(query.where(SecondReview.id == review.id, asked_of(desk, actor))) is not None:
        return
    if review.judged_at is not None:
        raise JudgedMeanwhile(JUDGED_BEFORE)
    raise JudgedMeanwhile(BARRED if is_barred(session, review.id, actor.person_id) else NEEDED)


def _check(session: Session, rulebook: Rulebook, claim: Claim, opinion: str, answers: Answers) -> None:
    """Raise Invalid where something that the decision needs is missing, or cannot be taken."""
    asks = rulebook.transitions[opinion].asks
    missing = {
        name: nothing_given({name: ask})
        for name, ask in asks.items()
        if ask.need == "required" and ask.type in JUDGED_BY and not answers.one(name)
    }
    if missing:
        raise Invalid(missing)
    check_answers(session, rulebook, claim, opinion, answers)


def _record(
    desk: Desk,
    session: Session,
    review: SecondReview,
    actor: Actor,
    opinion: str,
    said: tuple[list[str], str],
) -> None:
    review.judged_at, review.second_id = desk.clock.now(), actor.person_id
    review.opinion, review.opinion_reasons, review.opinion_text = opinion, *said
    review.agreed = opinion == review.action
    details = {"opinion": opinion, "reasons": said[0], "text": said[1], "agreed": review.agreed}
    _note(desk, session, review, actor, JUDGED, details)


def _note(
    desk: Desk, session: Session, review: SecondReview, actor: Actor, action: str, details: dict[str, object]
) -> None:
    record(
        session,
        key=desk.secret,
        subject=f"{PREFIX}{review.id}",
        at=desk.clock.now(),
        actor=(actor.kind, actor.side, actor.name, actor.person_id),
        action=action,
        decision_id=review.decision_id,
        details=details,
    )
