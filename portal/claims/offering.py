"""What a person could ever do with a claim: each action allowed, or refused with all its reasons."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.claims.desk import Desk
from portal.claims.facts import Gathering, gather
from portal.claims.model import Claim
from portal.rulebook.decision import Decision
from portal.rulebook.models import Transition

NEW = "new"


@dataclass(frozen=True)
class Offer:
    """One action as a page shows it: a form, or a disabled button with the reasons."""

    action: str
    transition: Transition
    decision: Decision
    address: str  # such as claims/dispute

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
        found.append(Offer(action, transition, decision, address))
    return found


def customer_offers(desk: Desk, session: Session, claim: Claim, actor: Actor) -> list[Offer]:
    """Return what the customer behind a link may answer, allowed or refused."""
    rulebook = desk.rulebook_of(claim)
    gathering = Gathering(session, desk, rulebook, claim, actor, desk.clock.now())
    return [
        Offer(action, transition, rulebook.decide(action, gather(gathering, action)), transition.path[0])
        for action, transition in rulebook.transitions.items()
        if transition.by == actor.kind and transition.path
    ]
