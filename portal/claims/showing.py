"""What the claim page shows of one claim, gathered once and free of the web."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.claims.days_left import DaysLeft, days_left
from portal.claims.desk import Desk
from portal.claims.details import FieldsForm, Rows, Sent, fields_form, in_words, opened_fields
from portal.claims.disputes import is_dispute
from portal.claims.eligibility import eligibility_of, what_would_change_it
from portal.claims.explaining import side_of
from portal.claims.facts import gather
from portal.claims.field_names import form_field_named
from portal.claims.filters import MOVES
from portal.claims.gathering import Gathering
from portal.claims.listing import late_clock
from portal.claims.model import Claim, ClaimClock, ClaimDocument, InformationRequest
from portal.claims.moves import Standing, next_step_of, standing
from portal.claims.offering import Offer
from portal.claims.path import ClaimPath, path_of
from portal.claims.path_picture import Picture, picture
from portal.claims.removals import left_to_remove
from portal.claims.request_progress import Progress, progress
from portal.claims.threads import Thread, threads
from portal.claims.timeline import Entry, timeline
from portal.claims.untouched import TOLD
from portal.claims.wizard import Step, first_unfinished, is_in_wizard
from portal.rulebook.decision import CouldNotBeDecided
from portal.rulebook.models import CatalogReason
from portal.rulebook.remedies import Remedy
from portal.rulebook.rulebook import Rulebook
from portal.web.undecided import note_undecided

COMMENTS = "claims/comments"  # the address of what is written in the comments' own part of the page
REMOVAL = "claims/product-removal"  # the address of what stands beside the reviewer's wish to remove products
# Fields by which a form is about documents and not about the other fields of the claim.
ABOUT_DOCUMENTS = frozenset({"needs_document", "replaces", "withdraw"})
# What a form carries besides the claim's fields; it is not shown to the one who sent it.
NOT_TYPED = TOLD | ABOUT_DOCUMENTS
DOCUMENTS = "documents"  # the field whose group lets documents be added, replaced and withdrawn


@dataclass(frozen=True)
class Cause:
    """One reason of a rejection; `next_step` is "" where what it asks for cannot be done any more."""

    label: str
    text: str
    next_step: str
    disputable: bool


@dataclass(frozen=True)
class Asked:
    """One information request with its reasons and the products to remove in the words of the policy."""

    request: InformationRequest
    reasons: tuple[CatalogReason, ...]
    products: tuple[str, ...]
    progress: Progress


@dataclass(frozen=True)
class Shown:
    """Everything on the page of one claim, as it is at the moment `at`."""

    at: datetime
    claim: Claim
    standing: Standing
    late: ClaimClock | None  # the clock that ran out while it was the review team's move
    move: str
    in_wizard: bool
    groups: tuple[Rows, ...]
    form: FieldsForm
    edit: Offer | None  # the action whose form is the claim's own fields
    documents: tuple[ClaimDocument, ...]
    earlier_documents: tuple[ClaimDocument, ...]
    documents_open: bool
    proof_asked: bool  # documents can be added to the claim, or handed in with one of its actions
    rejection_reasons: tuple[Cause, ...]
    advice: tuple[str, ...]  # what to do next, in sentences
    requests: tuple[Asked, ...]
    to_remove: tuple[str, ...]  # products on the claim that the open request asks to remove
    threads: tuple[Thread, ...]
    entries: tuple[Entry, ...]
    path: ClaimPath
    picture: Picture
    eligibility: str
    eligibility_reasons: tuple[str, ...]
    eligibility_remedy: Remedy | None  # what would change it
    money: object  # what its part of the page tells, None for nothing
    next_step: Step  # of the wizard, where something is missing
    about_documents: bool  # the form that came back was one of the documents' own
    replacing: int  # the document that this form was to replace, 0 for none
    lost: tuple[tuple[str, str], ...]  # what was typed and no field of the page can hold any more

    today: date  # in the program's zone

    @property
    def was_due_on(self) -> date | None:
        return date.fromisoformat(self.late.due_on) if self.late else None

    @property
    def left(self) -> DaysLeft | None:
        """What is left of the time that runs, or that it ran out; None without one."""
        due_on = self.standing.due_on or self.was_due_on
        return days_left(due_on, self.today, overdue=self.late is not None) if due_on else None

    @property
    def comments_address(self) -> str:
        return COMMENTS

    @property
    def removal_address(self) -> str:
        return REMOVAL

    @property
    def edit_action(self) -> str:
        return self.edit.action if self.edit else ""

    @property
    def edit_allowed(self) -> bool:
        return bool(self.edit and self.edit.allowed)

    @property
    def open_labels(self) -> list[str]:
        return [group.label for group in self.groups if group.editable]

    @property
    def closed_labels(self) -> list[str]:
        return [group.label for group in self.groups if not group.editable]

    @property
    def fields_open(self) -> bool:
        """Whether any field besides the documents can be changed now."""
        return bool(self.edit and self.edit.allowed and self.form.fields - {DOCUMENTS})


def shown(
    session: Session,
    desk: Desk,
    claim: Claim,
    actor: Actor,
    offered: Sequence[Offer],
    sent: Sent | None = None,
) -> Shown:
    """Return the page of `claim` as `actor` may see it; `offered` are the actor's actions on it."""
    rulebook = desk.rulebook_of(claim)
    reasons = rulebook.reasons
    entries = timeline(session, desk, claim, actor)
    path = path_of(rulebook, claim, entries, actor.side)
    eligibility, why = eligibility_of(session, desk, claim)
    edit = next((offer for offer in offered if edits_fields(offer)), None)
    opened = opened_fields(rulebook, claim)
    documents = tuple(row for row in claim.documents if row.current)
    documents_open = bool(edit and edit.allowed and DOCUMENTS in opened)
    return Shown(
        at=desk.clock.now(),
        claim=claim,
        standing=standing(desk, claim),
        late=late_clock(claim),
        move=str(MOVES[claim.waits_for]),
        in_wizard=is_in_wizard(rulebook, claim),
        groups=tuple(in_words(rulebook, claim)),
        form=fields_form(session, rulebook, claim, actor, sent),
        edit=edit,
        documents=documents,
        earlier_documents=tuple(row for row in claim.documents if not row.current),
        documents_open=documents_open,
        proof_asked=documents_open or any(offer.allowed and asks_for_documents(offer) for offer in offered),
        rejection_reasons=_causes(reasons.rejection_reasons, claim, offered),
        advice=_advice(session, desk, claim, actor),
        requests=tuple(asked_in_words(rulebook, claim, row) for row in reversed(claim.requests)),
        to_remove=tuple(rulebook.programs.product_label(row.product) for row in left_to_remove(claim)),
        threads=threads(claim, actor),
        entries=tuple(entries),
        path=path,
        picture=picture(path),
        eligibility=eligibility,
        eligibility_reasons=why,
        eligibility_remedy=what_would_change_it(session, desk, claim, side_of(actor)),
        money=desk.money(session, desk, claim, actor, (eligibility, why)),
        today=desk.today(),
        next_step=first_unfinished(rulebook, claim, offered),
        about_documents=bool(sent and ABOUT_DOCUMENTS & set(sent.values)),
        replacing=_replacing(documents, sent),
        lost=() if edit and edit.allowed else tuple(_typed(rulebook, sent)),
    )


def asked_in_words(rulebook: Rulebook, claim: Claim, request: InformationRequest) -> Asked:
    """Return an information request in the words of the claim's policy."""
    label = rulebook.programs.product_label
    reasons = _known(rulebook.reasons.information_reasons, request.reasons)
    return Asked(
        request, reasons, tuple(label(code) for code in request.products), progress(rulebook, claim, request)
    )


def edits_fields(offer: Offer) -> bool:
    """Tell whether the form of the action is the claim's own fields."""
    return any(ask.type == "fields" for ask in offer.transition.asks.values())


def asks_for_documents(offer: Offer) -> bool:
    """Tell whether documents can be handed in with the action's own form."""
    return any(ask.type == "documents" for ask in offer.transition.asks.values())


def _replacing(documents: Sequence[ClaimDocument], sent: Sent | None) -> int:
    asked = sent.values.get("replaces", ()) if sent else ()
    return next((row.id for row in documents if str(row.id) in asked), 0)


def _typed(rulebook: Rulebook, sent: Sent | None) -> list[tuple[str, str]]:
    values = sent.values if sent else {}
    return [
        (form_field_named(rulebook, name), "\n".join(texts))
        for name, texts in values.items()
        if name not in NOT_TYPED and any(texts)
    ]


def _causes(catalog: dict[str, CatalogReason], claim: Claim, offered: Sequence[Offer]) -> tuple[Cause, ...]:
    disputable = any(offer.allowed and is_dispute(offer.transition) for offer in offered)
    return tuple(
        Cause(row.label, row.text, next_step_of(row, disputable=disputable), row.disputable)
        for row in _known(catalog, claim.rejection_reasons)
    )


def _advice(session: Session, desk: Desk, claim: Claim, actor: Actor) -> tuple[str, ...]:
    """Return what the questions say that the policy has told on the claim's page; they refuse nothing."""
    rulebook = desk.rulebook_of(claim)
    gathering = Gathering(session, desk, rulebook, claim, actor, desk.clock.now())
    asked = rulebook.questions_told("on_the_claim")
    try:
        decisions = [rulebook.decide(question, gather(gathering, question)) for question in asked]
    except CouldNotBeDecided as error:
        note_undecided(error)
        return ()  # the rest of the page can be read all the same
    return tuple(reason.text for decision in decisions for reason in decision.reasons)


def _known(catalog: dict[str, CatalogReason], codes: list[str]) -> tuple[CatalogReason, ...]:
    return tuple(catalog[code] for code in codes if code in catalog)
