"""The actions of a claim as a page shows them: each with its form, or disabled with its reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session
from wtforms import Form

from portal.accounts.actor import Actor
from portal.claims.answering import Failure, sent_files
from portal.claims.desk import Desk
from portal.claims.explaining import side_of
from portal.claims.forms import OPTIONS, action_form
from portal.claims.model import Claim
from portal.claims.offering import NEW, Offer, offers
from portal.rulebook.changes import INPUT
from portal.rulebook.closed_names import MISSING, NOTHING_GIVEN
from portal.rulebook.decision import Reason
from portal.rulebook.models import Side
from portal.rulebook.remedies import Remedy

ANSWERS = {"close_request", "next_round"}  # the verbs of an action that answers an information request


@dataclass(frozen=True)
class Told:
    """Why a form came to nothing: the rule's `code` where one says so, and the form's `field` it is about."""

    code: str
    text: str
    field: str


@dataclass(frozen=True)
class Panel:
    """One action on a page. `failure` is what its form came to when it was just sent, with `files`."""

    offer: Offer
    form: Form
    noun: str  # the last part of its address, such as dispute
    possible: bool  # the claim's status has the action; rules may still refuse it
    failure: Failure | None
    files: tuple[str, ...] = ()  # names of those sent; a page cannot keep them
    creating: frozenset[str] = frozenset()  # the actions that begin a new claim
    labels: Mapping[str, str] = field(default_factory=dict)  # of all actions that the reader could take
    side: Side = "partner"  # of the reader
    shown: tuple[tuple[str, str], ...] = ()  # what the form tells that it showed: (name, value) of a field

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why it cannot be done: of the form just sent, or of the claim as it stands."""
        if self.failure is not None and self.failure.reasons:
            return self.failure.reasons
        return self.offer.decision.reasons

    @property
    def remedy(self) -> Remedy | None:
        """What would change it: of the form just sent, or of the claim as it stands."""
        if self.failure is not None and self.failure.reasons:
            return self.failure.remedy
        return self.offer.remedy

    @property
    def told(self) -> list[Told]:
        """Every sentence about the form just sent, each with the field where there is one."""
        if self.failure is None:
            return []
        said = [Told(row.code, row.text, field_of(row)) for row in self.failure.reasons]
        said += [Told("", text, name) for name, text in self.failure.errors.items()]
        return [row if row.field in self.form else replace(row, field="") for row in said]

    @property
    def typed(self) -> list[tuple[str, str, str]]:
        """What was typed and chosen in the form just sent, in words: field, label, text."""
        if self.failure is None:
            return []
        found = []
        for row in self.form:
            words = {option[0]: option[1] for option in row.render_kw.get(OPTIONS, ())}
            sent = self.failure.typed.getlist(row.name)
            texts = [words.get(value, value) for value in sent if value.strip()]
            found.append((row.name, row.label.text, "\n".join(texts)))
        return [row for row in found if row[2]]

    @property
    def open(self) -> bool:
        return self.failure is not None

    @property
    def alternative(self) -> str | None:
        """An action that is offered where nothing can change the answer."""
        return next((reason.instead for reason in self.reasons if reason.instead), None)

    @property
    def instead(self) -> str:
        """The label of the reader's action that is offered where nothing can change the answer, or ""."""
        return self.labels.get(self.alternative or "", "")

    @property
    def offers_new_claim(self) -> bool:
        return self.alternative in self.creating

    @property
    def answers_request(self) -> bool:
        """True for the action that hands the claim back with whatever was provided until then."""
        return set(self.offer.transition.effects) >= ANSWERS

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
    permissions = rulebook.permissions_of(actor.roles)
    labels = {code: row.label for code, row in rulebook.transitions.items() if row.by in permissions}
    found = []
    for offer in offers(desk, session, claim, actor, place):
        own = failure if failure is not None and failure.action == offer.action else None
        mistakes = {field_of(reason): reason.text for reason in own.reasons} | own.errors if own else None
        form = action_form(session, rulebook, claim, offer.action, own.typed if own else None, mistakes)
        found.append(
            Panel(
                offer=offer,
                form=form,
                noun=offer.address.removeprefix(f"{place}/"),
                possible=claim.status in offer.transition.moves,
                failure=own,
                files=tuple(file.filename or "" for file in sent_files()) if own else (),
                creating=creating,
                labels=labels,
                side=side_of(actor),
            )
        )
    return sorted(found, key=lambda panel: not panel.offer.allowed)


def field_of(reason: Reason) -> str:
    """Return the field of the form in which the reason is mended, "" for a reason of the claim itself."""
    if reason.code.startswith(MISSING):
        return reason.code.removeprefix(MISSING)
    asked = [one for one in reason.comparisons if one.fact.startswith(INPUT)]
    # Where nothing was given that could be, it is mended in the first field; else in what was given.
    given = asked if reason.code == NOTHING_GIVEN else [one for one in asked if one.value is True]
    return given[0].fact.removeprefix(INPUT) if given else ""
