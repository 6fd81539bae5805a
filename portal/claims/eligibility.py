"""What a page says about a claim and incentives: approved is not paid."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.actor import SYSTEM_ACTOR
from portal.claims.desk import Desk, Eligibility
from portal.claims.facts import gather
from portal.claims.gathering import Gathering
from portal.claims.model import NOT_ASSESSED, Claim
from portal.languages.sentences import gettext
from portal.rulebook.decision import CouldNotBeDecided
from portal.rulebook.rulebook import Rulebook
from portal.web.undecided import note_undecided

ELIGIBILITY = "eligibility"  # the question of policy.yaml that is decided when the consent window ends
# What the event that assessed a claim keeps in its details, and the mail about it in its context.
OUTCOME, BEFORE, REASONS = "eligibility", "eligibility_before", "eligibility_reasons"
DECISION = "eligibility_decision"


def eligibility_of(session: Session, desk: Desk, claim: Claim) -> Eligibility:
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


def assessed_as(rulebook: Rulebook, details: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """Return what an event or a mail says that a claim was assessed as, in words, with every reason.

    The outcome is "" where nothing was assessed; events from before reasons were kept have none.
    """
    outcome = details.get(OUTCOME, "")
    reasons = tuple(str(row["text"]) for row in details.get(REASONS, ()))
    return (_words(rulebook, outcome) if outcome else ""), reasons


def assessment_told(rulebook: Rulebook, details: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the sentences of a timeline about an event that assessed the claim; none for any other."""
    now, reasons = assessed_as(rulebook, details)
    if not now:
        return ()
    before = details.get(BEFORE, "")
    if before == details[OUTCOME]:
        said = gettext("Incentive eligibility: %(now)s, as before, and for another reason.", now=now)
    elif before:
        said = gettext(
            "Incentive eligibility: %(now)s. Before, it was: %(before)s.",
            now=now,
            before=_words(rulebook, before),
        )
    else:
        said = gettext("Incentive eligibility: %(now)s.", now=now)
    return (said, *reasons)
