"""The verb that assesses whether an approved claim is eligible for incentives: approved is not paid."""

from portal.claims.desk import Step
from portal.claims.eligibility import ELIGIBILITY
from portal.claims.facts import Gathering, gather
from portal.languages.sentences import in_english
from portal.policies import decisions


def assess(step: Step) -> None:
    """Decide the claim's eligibility by incentives.yaml and keep outcome, reasons and the decision.

    "If you have made a CPOR association claim, and it has been approved … that doesn't mean that the
    claim is approved for incentive earnings or payout."
    """
    gathering = Gathering(step.session, step.desk, step.rulebook, step.claim, step.actor, step.now)
    with in_english():  # its texts are kept, whoever's page let the time act
        decision = step.rulebook.decide(ELIGIBILITY, gather(gathering, ELIGIBILITY))
    stored = decisions.store(
        step.session,
        decision,
        key=step.desk.secret,
        subject=step.claim.number,
        at=step.now,
        actor=step.actor.name,
    )
    step.claim.eligibility = decision.outcome
    step.claim.eligibility_reasons = [
        {"code": reason.code, "text": reason.text, "source": reason.source} for reason in decision.reasons
    ]
    step.details["eligibility"] = decision.outcome
    step.details["eligibility_decision"] = stored.id
