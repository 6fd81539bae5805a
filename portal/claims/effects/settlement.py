"""The verb that lets one claim win: every competitor loses first, in the same transaction."""

from portal.accounts.actor import SYSTEM_ACTOR
from portal.claims.desk import Step
from portal.claims.lifecycle import perform
from portal.claims.model import Claim
from portal.claims.participants import SETTLED_BY
from portal.claims.queries import claim_by_id
from portal.claims.refusals import Invalid, Refused
from portal.claims.units import rivals
from portal.languages.sentences import gettext

SEEN = "seen_rival"  # in a form: each claim that it showed as one that ends, as `seen_as` names it


def seen_as(claim: Claim) -> str:
    """Return what names the claim in its present state; whatever happens to it makes that another."""
    return f"{claim.number}:{claim.version}"


def settle_others(step: Step) -> None:
    """Reject every other open or approved claim on a unit of the winner (product.md T16).

    The transition that loses is the one whose `called_by` names this action. The caller has locked
    the claims that were rivals (`lock_with_rivals`); one that became a rival since is locked here, and
    whoever is none any more is left alone. Raises Invalid where a rival cannot be ended, or where a form
    showed other claims than these, as they are now.
    """
    found = _rivals(step)
    locked = {number: claim_by_id(step.session, found[number], lock=True) for number in sorted(found)}
    still = _rivals(step)
    losers = [claim for number, claim in locked.items() if number in still]
    _check_seen(step, losers)
    for loser in losers:
        _end(step, loser)
    step.details |= {"settled": len(losers), SETTLED_BY: step.actor.person_id}


def _rivals(step: Step) -> dict[str, int]:
    return {rival.number: rival.claim_id for rival in rivals(step.session, step.claim, step.rulebook)}


def _check_seen(step: Step, losers: list[Claim]) -> None:
    """Refuse to end what was not looked at: nobody decides against a proof that they did not see.

    A form that does not say what it showed is held to have shown nothing.
    """
    if not (step.answers.of_form or step.answers.has(SEEN)):
        return
    seen, now = set(step.answers.many(SEEN)), {seen_as(claim) for claim in losers}
    if seen != now:
        numbers = sorted({one.partition(":")[0] for one in seen ^ now})
        if not seen:
            told = gettext(
                "Nothing was settled, because the form did not say which claims it showed. Compare it with "
                "%(claims)s as they are now, then settle again.",
                claims=", ".join(numbers),
            )
            raise Invalid({"settlement": told})
        told = gettext(
            "Nothing was settled, because this changed while you looked at it: %(claims)s. Compare the "
            "claims as they are now, then settle again.",
            claims=", ".join(numbers),
        )
        raise Invalid({"settlement": told})


def _end(step: Step, loser: Claim) -> None:
    """Let `loser` lose. The winner is named in no text, audit detail or mail that the loser's side reads."""
    rulebook = step.desk.rulebook_of(loser)
    actions = [
        code for code in rulebook.called_by(step.action) if loser.status in rulebook.transitions[code].moves
    ]
    if not actions:
        raise Invalid({"settlement": _cannot_be_ended(loser.number)})
    try:
        settler = {SETTLED_BY: step.actor.person_id}
        perform(step.session, step.desk, actions[0], loser, SYSTEM_ACTOR, details=settler)
    except Refused as refused:
        raise Invalid({"settlement": _cannot_be_ended(loser.number)}) from refused


def _cannot_be_ended(number: str) -> str:
    return gettext(
        "%(number)s cannot be ended by a settlement. Decide it on its own page first, then settle again.",
        number=number,
    )
