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
from portal.languages.sentences import gettext
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


def done_in_words(rulebook: Rulebook, action: str | None) -> str:
    """Say that `action` was done, for one after which the status says nothing new."""
    transition = rulebook.transitions.get(action or "")
    if transition is None or any(ask.type == "fields" for ask in transition.asks.values()):
        return gettext("Saved.")
    done = gettext("“%(action)s” was done.", action=transition.label)
    return f"{done} {transition.then}" if transition.then else done


def begun_in_words(done: Done) -> str:
    """Say what the draft that was begun from a claim has of it, and what it lacks."""
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
    return f"{told} {left_out}"


def customer_offers(desk: Desk, session: Session, claim: Claim, actor: Actor) -> list[Offer]:
    """Return what the customer behind a link may answer, allowed or refused."""
    rulebook = desk.rulebook_of(claim)
    gathering = Gathering(session, desk, rulebook, claim, actor, desk.clock.now())
    return [
        Offer(action, transition, rulebook.decide(action, gather(gathering, action)), transition.path[0])
        for action, transition in rulebook.transitions.items()
        if transition.by == actor.kind and transition.path
    ]
