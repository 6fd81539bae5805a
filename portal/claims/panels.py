"""The actions of a claim as a page shows them: each with its form, or disabled with its reasons."""

from dataclasses import dataclass

from sqlalchemy.orm import Session
from wtforms import Form

from portal.accounts.actor import Actor
from portal.claims.answering import Failure
from portal.claims.desk import Desk
from portal.claims.forms import action_form
from portal.claims.model import Claim
from portal.claims.offering import NEW, Offer, offers
from portal.rulebook.decision import Reason


@dataclass(frozen=True)
class Panel:
    """One action on a page. `failure` is what its form came to when it was just sent."""

    offer: Offer
    form: Form
    noun: str  # the last part of its address, such as dispute
    failure: Failure | None
    creating: frozenset[str] = frozenset()  # the actions that begin a new claim

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why it cannot be done: of the form just sent, or of the claim as it stands."""
        if self.failure is not None and self.failure.reasons:
            return self.failure.reasons
        return self.offer.decision.reasons

    @property
    def open(self) -> bool:
        return self.failure is not None

    @property
    def alternative(self) -> str | None:
        """An action that is offered where nothing can change the answer."""
        return next((reason.instead for reason in self.reasons if reason.instead), None)

    @property
    def offers_new_claim(self) -> bool:
        return self.alternative in self.creating

    @property
    def edits_fields(self) -> bool:
        """True for the action whose form is the claim's own fields, shown where the fields are."""
        return any(ask.type == "fields" for ask in self.offer.transition.asks.values())


def panels(
    desk: Desk,
    session: Session,
    claim: Claim,
    actor: Actor,
    place: str,
    failure: Failure | None = None,
) -> list[Panel]:
    """Return every action that `actor` could ever take on `claim` from `place`, allowed ones first."""
    rulebook = desk.rulebook_of(claim)
    creating = frozenset(code for code, row in rulebook.transitions.items() if NEW in row.moves)
    found = []
    for offer in offers(desk, session, claim, actor, place):
        own = failure if failure is not None and failure.action == offer.action else None
        form = action_form(
            session, rulebook, claim, offer.action, own.typed if own else None, own.errors if own else None
        )
        found.append(Panel(offer, form, offer.address.removeprefix(f"{place}/"), own, creating))
    return sorted(found, key=lambda panel: not panel.offer.allowed)
