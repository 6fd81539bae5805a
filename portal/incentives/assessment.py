"""The verb that assesses whether an approved claim is eligible for incentives: approved is not paid."""

from portal.claims.desk import Step
from portal.claims.eligibility import BEFORE, DECISION, OUTCOME, REASONS, decided_now, reasons_kept
from portal.claims.gathering import Gathering
from portal.claims.model import NOT_ASSESSED
from portal.languages.sentences import in_english
from portal.policies import decisions
from portal.rulebook.decision import Decision


def decide_eligibility(gathering: Gathering) -> Decision:
    """Decide the eligibility as things are now, in the words that are kept. Raises CouldNotBeDecided."""
    with in_english():  # its texts are kept, whoever's page let the time act
        return decided_now(gathering)


def assess(step: Step) -> None:
    """Decide the claim's eligibility by incentives.yaml and keep outcome, reasons and the decision.

    "If you have made a CPOR association claim, and it has been approved … that doesn't mean that the
    claim is approved for incentive earnings or payout."
    """
    gathering = Gathering(step.session, step.desk, step.rulebook, step.claim, step.actor, step.now)
    decision = decide_eligibility(gathering)
    stored = decisions.store(
        step.session,
        decision,
        key=step.desk.secret,
        subject=step.claim.number,
        at=step.now,
        actor=step.actor.name,
    )
    reasons = reasons_kept(decision)
    before = step.claim.eligibility, step.claim.eligibility_reasons
    if step.claim.eligibility != NOT_ASSESSED and before != (decision.outcome, reasons):
        step.details[BEFORE] = step.claim.eligibility
    step.claim.eligibility = step.details[OUTCOME] = decision.outcome
    step.claim.eligibility_reasons = step.details[REASONS] = reasons
    step.details[DECISION] = stored.id
