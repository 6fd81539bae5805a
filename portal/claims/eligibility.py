"""What a page says about a claim and incentives: approved is not paid."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.actor import SYSTEM_ACTOR
from portal.claims.desk import Desk, Eligibility
from portal.claims.facts import gather
from portal.claims.gathering import Gathering
from portal.claims.model import NOT_ASSESSED, Claim
from portal.languages.sentences import gettext, in_english, together
from portal.rulebook.changes import TIME, Change
from portal.rulebook.decision import CouldNotBeDecided, Decision
from portal.rulebook.models import Side
from portal.rulebook.remedies import Remedy
from portal.rulebook.rulebook import Rulebook
from portal.web.undecided import note_undecided

ELIGIBILITY = "eligibility"  # the question of policy.yaml that is decided when the consent window ends
# What the event that assessed a claim keeps in its details, and the mail about it in its context.
OUTCOME, BEFORE, REASONS = "eligibility", "eligibility_before", "eligibility_reasons"
DECISION = "eligibility_decision"


def eligibility_of(session: Session, desk: Desk, claim: Claim) -> Eligibility:
    """Return the claim's incentive eligibility in words, with every reason.

    What is kept with the claim stands until it is assessed anew, on its page as in lists. Of a claim with
    which nothing is kept the question is answered as things are now.
    """
    if claim.eligibility != NOT_ASSESSED:
        return called(desk.rulebook_of(claim), claim.eligibility), tuple(
            str(row["text"]) for row in claim.eligibility_reasons
        )
    rulebook = desk.rulebook_of(claim)
    try:
        decision = decided_now(Gathering(session, desk, rulebook, claim, SYSTEM_ACTOR, desk.clock.now()))
    except CouldNotBeDecided as error:
        note_undecided(error)
        return gettext("Cannot be told at the moment"), ()  # the rest of the page can be read all the same
    outcome = NOT_ASSESSED if not decision.reasons else decision.outcome
    return called(rulebook, outcome), tuple(reason.text for reason in decision.reasons)


def decided_now(gathering: Gathering) -> Decision:
    """Decide the question as things are now. Raises CouldNotBeDecided."""
    return gathering.rulebook.decide(ELIGIBILITY, gather(gathering, ELIGIBILITY))


def reasons_kept(decision: Decision) -> list[dict[str, str | None]]:
    """Return the reasons of a decision as they are kept with the claim."""
    return [{"code": one.code, "text": one.text, "source": one.source} for one in decision.reasons]


def note_eligibility(gathering: Gathering) -> None:
    """Keep with a claim that has just changed its status what its page would say, so that lists say the same.

    Nothing is assessed by that: no event tells it. A status in which the answer cannot be told changes
    all the same.
    """
    claim = gathering.claim
    claim.eligibility, claim.eligibility_reasons = NOT_ASSESSED, []
    try:
        with in_english():  # its texts are kept, whoever's action it is
            decision = decided_now(gathering)
    except CouldNotBeDecided as error:
        note_undecided(error)
        return
    if decision.reasons and decision.outcome != NOT_ASSESSED:
        claim.eligibility, claim.eligibility_reasons = decision.outcome, reasons_kept(decision)


def what_would_change_it(session: Session, desk: Desk, claim: Claim, side: Side) -> Remedy | None:
    """Return what would bring the eligibility that the policy wants, found by deciding again.

    It is decided as things are now. None where it is as wanted, by what was assessed or by what is known
    now; where nothing was assessed yet; and where nothing is known to help.
    """
    rulebook = desk.rulebook_of(claim)
    if claim.eligibility in (NOT_ASSESSED, rulebook.policy.questions[ELIGIBILITY].wanted):
        return None
    gathering = Gathering(session, desk, rulebook, claim, SYSTEM_ACTOR, desk.clock.now())
    try:
        return rulebook.remedy(decided_now(gathering), side)
    except CouldNotBeDecided as error:
        note_undecided(error)
        return None


def change_mailed(session: Session, desk: Desk, claim: Claim, told: Mapping[str, Any]) -> str:
    """Say what would change the eligibility that a mail with the context `told` tells, as things are now.

    It is "" where another answer came since: what would change that is no word about this one.
    """
    if (told.get(OUTCOME), told.get(REASONS)) != (claim.eligibility, claim.eligibility_reasons):
        return ""
    with in_english():  # who gets this mail gets it in English, whoever's action sent it
        return _change_told(what_would_change_it(session, desk, claim, "partner"))


def _change_told(remedy: Remedy | None) -> str:
    if remedy is None:
        return ""
    if not remedy.changes:
        return gettext(
            "Nothing can change it for this claim: it follows from %(facts)s, which nobody can change any "
            "more.",
            facts=remedy.fixed,
        )
    who = {
        "partner": gettext("You"),
        "operator": gettext("The operator"),
        "customer": gettext("The customer"),
        TIME: gettext("By itself"),
    }
    steps: dict[str, list[Change]] = {}
    for change in sorted(remedy.changes, key=lambda change: change.text):
        steps.setdefault(change.text, []).append(change)
    told = (_step(who[changes[0].who], changes) for changes in steps.values())
    return together(gettext("What would change it:"), *told)


def _step(who: str, changes: Sequence[Change]) -> str:
    about = ", ".join(change.subject for change in changes if change.subject)
    return f"{who}: {changes[0].text}{f' ({about})' if about else ''}."


def called(rulebook: Rulebook, outcome: str) -> str:
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
    return (called(rulebook, outcome) if outcome else ""), reasons


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
            before=called(rulebook, before),
        )
    else:
        said = gettext("Incentive eligibility: %(now)s.", now=now)
    return (said, *reasons)
