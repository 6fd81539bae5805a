"""Verbs that say which reviewer a claim is with."""

from sqlalchemy import Select, func, select

from portal.accounts.absence import is_away
from portal.accounts.model import Person
from portal.claims.answer_facts import REVIEWER
from portal.claims.desk import Step
from portal.claims.model import Claim
from portal.claims.participants import impartial, people_who_moved
from portal.second_reviews.model import SecondReview

OPERATOR = "operator"  # the mover of models.Mover who is busy with a claim


def assign_self(step: Step) -> None:
    """Assign the claim to the reviewer who takes it up."""
    step.claim.reviewer_id = step.actor.person_id


def assign_other_reviewer(step: Step) -> None:
    """Assign a dispute to a reviewer who had no part in the claim, the one with the least to do.

    A reviewer who was handed the claim and never moved it had no part, and may keep it. Where there is
    nobody, the claim is left unassigned: any reviewer sees it in the queue, and nobody finds a dispute
    about their own decision in their name.
    """
    had_part = people_who_moved(step.session, step.claim)
    able = impartial(step.session, step.rulebook, step.claim, step.desk.today())
    others = [person for person in able if person.id not in had_part]
    # Whoever is away would keep it waiting; where everybody is, it goes to one of them all the same.
    here = [person for person in others if not is_away(person, step.desk.today())]
    others = here or others
    # Who judged the first decision a second time moved nothing, and has given an opinion all the same.
    judged = set(step.session.scalars(_judged_again(step.claim)))
    others = [person for person in others if person.id not in judged] or others
    step.claim.reviewer_id = _least_busy(step, others)


def _judged_again(claim: Claim) -> Select[int | None]:
    return select(SecondReview.second_id).where(SecondReview.claim_id == claim.id)


def _least_busy(step: Step, people: list[Person]) -> int | None:
    rows = step.session.execute(
        select(Claim.reviewer_id, func.count())
        .where(Claim.reviewer_id.in_([person.id for person in people]), Claim.waits_for == OPERATOR)
        .group_by(Claim.reviewer_id)
    )
    busy = dict(rows.all())
    return min((person.id for person in people), key=lambda key: (busy.get(key, 0), key), default=None)


def assign_chosen(step: Step) -> None:
    """Hand the claim over to the reviewer whom the form chose; only the operator learns who and why."""
    before = step.session.get(Person, step.claim.reviewer_id) if step.claim.reviewer_id else None
    step.claim.reviewer_id = step.answers.row_id(REVIEWER)
    after = step.session.get_one(Person, step.claim.reviewer_id)
    step.details["handed_over"] = {
        "from": before.name if before else "",
        "to": after.name,
        "why": step.answers.one("message"),
    }


def mark_overdue(step: Step) -> None:
    """Flag the claim as overdue until it moves on; silence never approves or rejects."""
    step.claim.overdue = True
