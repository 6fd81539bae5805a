"""What can be chosen in a second review, each with the form that the decision itself has."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import Form

from portal.claims.desk import Desk
from portal.claims.forms import action_form
from portal.claims.model import Claim
from portal.reviews.judging import JUDGED_BY, outcomes
from portal.rulebook.rulebook import Rulebook
from portal.second_reviews.model import SecondReview


@dataclass(frozen=True)
class NotTaken:
    """A form of an opinion that could not be taken: what was chosen and typed, and a sentence by field."""

    opinion: str
    typed: MultiDict[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """One thing that could have been decided, with its form. `open` where that form just came back."""

    action: str
    label: str
    tone: str
    form: Form
    open: bool
    errors: tuple[tuple[str, str], ...]  # (the form's field or "", sentence)


def opinion_panels(
    session: Session, desk: Desk, review: SecondReview, not_taken: NotTaken | None = None
) -> list[Outcome]:
    """Return every outcome that can be chosen, in the order of the policy."""
    claim = session.get_one(Claim, review.claim_id)
    rulebook = desk.rulebook_of(claim)
    return [_outcome(session, rulebook, claim, action, not_taken) for action in outcomes(desk, claim, review)]


def _outcome(
    session: Session, rulebook: Rulebook, claim: Claim, action: str, not_taken: NotTaken | None
) -> Outcome:
    own = not_taken if not_taken is not None and not_taken.opinion == action else None
    transition = rulebook.transitions[action]
    errors = own.errors if own else {}
    form = action_form(session, rulebook, claim, action, own.typed if own else None, errors)
    for name, ask in transition.asks.items():
        if ask.type not in JUDGED_BY and name in form:
            del form[name]
    told = tuple((name if name in form else "", sentence) for name, sentence in errors.items())
    return Outcome(action, transition.label, transition.tone, form, own is not None, told)
