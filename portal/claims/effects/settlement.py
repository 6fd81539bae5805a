"""The verb that lets one claim win: every competitor loses first, in the same transaction."""

from portal.accounts.actor import SYSTEM_ACTOR
from portal.claims.desk import Step
from portal.claims.lifecycle import perform
from portal.claims.queries import claim_by_id
from portal.claims.units import rivals


def settle_others(step: Step) -> None:
    """Reject every other open or approved claim on a unit of the winner (product.md T16).

    The transition that loses is the one whose `called_by` names this action. Claims are locked in
    the order of their numbers, so that two settlements meeting on the same claims cannot block each
    other for good.
    """
    found = rivals(step.session, step.claim, step.rulebook)
    losers = sorted({rival.number: rival.claim_id for rival in found}.items())
    for _, claim_id in losers:
        loser = claim_by_id(step.session, claim_id, lock=True)
        rulebook = step.desk.rulebook_of(loser)
        action = next(
            code for code, transition in rulebook.transitions.items() if step.action in transition.called_by
        )
        # The winner is named in no text, audit detail or mail that the loser's side can read.
        perform(step.session, step.desk, action, loser, SYSTEM_ACTOR)
    step.details["settled"] = len(losers)
