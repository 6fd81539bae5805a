"""What a person could ever do with a claim: each action allowed, or refused with all its reasons."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.claims.acting import Done
from portal.claims.desk import Desk
from portal.claims.explaining import side_of
from portal.claims.facts import gather
from portal.claims.gathering import Gathering
from portal.claims.model import Claim
from portal.languages.sentences import gettext, together
from portal.rulebook.closed_names import GONE
from portal.rulebook.decision import Decision
from portal.rulebook.models import Transition
from portal.rulebook.remedies import Remedy
from portal.rulebook.rulebook import Rulebook

NEW = "new"


@dataclass(frozen=True)
class Offer:
    """One action as a page shows it: a form, or a disabled button with the reasons."""

    action: str
    transition: Transition
    decision: Decision
    address: str  # such as claims/dispute
    remedy: Remedy | None = None  # what would change a refusal; None where nothing can, and when allowed

    @property
    def allowed(self) -> bool:
        return self.decision.allowed


def offers(desk: Desk, session: Session, claim: Claim, actor: Actor, place: str = "claims") -> list[Offer]:
    """Return every action of `actor` on `claim` that has an address under `place` (claims, reviews).

    Decided exactly as the action itself would be, but without what a form brings; nothing is stored.
    """
    rulebook = desk.rulebook_of(claim)
    permissions = rulebook.permissions_of(actor.roles)
    gathering = Gathering(session, desk, rulebook, claim, actor, desk.clock.now())
    found = []
    for action, transition in rulebook.transitions.items():
        address = next((path for path in transition.path if path.startswith(f"{place}/")), None)
        if address is None or transition.by not in permissions or NEW in transition.moves:
            continue
        decision = rulebook.decide(action, gather(gathering, action))
        remedy = rulebook.remedy(decision, side_of(actor))
        found.append(Offer(action, transition, decision, address, remedy))
    return found


def is_address(rulebook: Rulebook, address: str) -> bool:
    """Tell whether the policy places an action on a claim at `address`, such as claims/dispute."""
    return any(address in row.path for row in rulebook.transitions.values() if NEW not in row.moves)


def done_in_words(rulebook: Rulebook, action: str | None, done: Done) -> str:
    """Say what came of `action`: in the words of the policy, with the claim's status where it changed."""
    transition = rulebook.transitions.get(action or "")
    said = transition.done if transition and transition.done else ""
    if done.to_status == GONE:
        return together(said, gettext("%(number)s was deleted.", number=done.number))
    if done.to_status != done.from_status:
        status = rulebook.statuses[done.to_status].label
        now = gettext("%(number)s is now in status “%(status)s”.", number=done.number, status=status)
        return together(said, now)
    if transition is None:
        return gettext("Saved.")
    said = said or gettext("This was done: %(action)s.", action=transition.label)
    return together(said, transition.then)


def begun_in_words(rulebook: Rulebook, action: str | None, done: Done) -> str:
    """Say what came of `action`, which began a draft: what it has of an earlier claim, and what it lacks."""
    transition = rulebook.transitions.get(action or "")
    said = transition.done if transition else None
    return together(said, _has_and_lacks(done) if done.begun else _can_be_left(done))


def _can_be_left(done: Done) -> str:
    return gettext(
        "%(number)s is saved as a draft. You can leave at any time and go on later.", number=done.number
    )


def _has_and_lacks(done: Done) -> str:
    told = gettext(
        "%(begun)s is saved as a draft with what %(number)s said, but without its documents. "
        "Upload an updated proof of execution.",
        begun=done.begun,
        number=done.number,
    )
    if not done.left_out:
        return told
    products = ", ".join(done.left_out)
    left_out = gettext("Left out, because it cannot be claimed any more: %(products)s.", products=products)
    return together(told, left_out)


def customer_offers(desk: Desk, session: Session, claim: Claim, actor: Actor) -> list[Offer]:
    """Return what the customer behind a link may answer, allowed or refused."""
    rulebook = desk.rulebook_of(claim)
    gathering = Gathering(session, desk, rulebook, claim, actor, desk.clock.now())
    return [
        Offer(action, transition, rulebook.decide(action, gather(gathering, action)), transition.path[0])
        for action, transition in rulebook.transitions.items()
        if transition.by == actor.kind and transition.path
    ]
