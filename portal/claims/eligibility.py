"""What a page says about a claim and incentives: approved is not paid."""

from sqlalchemy.orm import Session

from portal.accounts.actor import SYSTEM_ACTOR
from portal.claims.desk import Desk
from portal.claims.facts import gather
from portal.claims.gathering import Gathering
from portal.claims.model import NOT_ASSESSED, Claim
from portal.languages.sentences import gettext
from portal.rulebook.decision import CouldNotBeDecided
from portal.rulebook.rulebook import Rulebook
from portal.web.undecided import note_undecided

ELIGIBILITY = "eligibility"  # the question of policy.yaml that is decided when the consent window ends


def eligibility_of(session: Session, desk: Desk, claim: Claim) -> tuple[str, tuple[str, ...]]:
    """Return the claim's incentive eligibility in words, with every reason.

    What was assessed stands as it was assessed. Before, the question is answered as things are now, so
    that a claim in its consent window says so.
    """
    if claim.eligibility != NOT_ASSESSED:
        return _words(desk.rulebook_of(claim), claim.eligibility), tuple(
            str(row["text"]) for row in claim.eligibility_reasons
        )
    rulebook = desk.rulebook_of(claim)
    gathering = Gathering(session, desk, rulebook, claim, SYSTEM_ACTOR, desk.clock.now())
    try:
        decision = rulebook.decide(ELIGIBILITY, gather(gathering, ELIGIBILITY))
    except CouldNotBeDecided as error:
        note_undecided(error)
        return gettext("Cannot be told at the moment"), ()  # the rest of the page can be read all the same
    outcome = NOT_ASSESSED if not decision.reasons else decision.outcome
    return _words(rulebook, outcome), tuple(reason.text for reason in decision.reasons)


def _words(rulebook: Rulebook, outcome: str) -> str:
    """Say an outcome: the portal's own in the reader's language, any other as the policy calls it."""
    if outcome == NOT_ASSESSED:
        return gettext("Not assessed")
    return rulebook.policy.questions[ELIGIBILITY].called(outcome)
