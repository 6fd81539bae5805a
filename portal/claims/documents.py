"""The documents of a claim as they are handed over; ownership is that of the claim, in the query."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.audit.model import AuditEvent
from portal.claims.blindness import documents_shown, earlier_documents_shown, review_asked_of
from portal.claims.chain import chain_of, record_event
from portal.claims.desk import Desk
from portal.claims.model import Claim, ClaimDocument
from portal.claims.queries import claim_by_number, visible_to
from portal.claims.refusals import NotThere
from portal.db import db, transaction

PARTNER = "partner"  # the side of an actor whose organization has claims
DOCUMENT_READ = "document_read"


def find_document(session: Session, desk: Desk, number: str, document_id: int, actor: Actor) -> ClaimDocument:
    """Return a document of the claim `number`, replaced and withdrawn ones too.

    Raises NotThere where the claim or the document does not exist for `actor`. Whoever is to judge a decision
    without knowing it sees those that the claim had by then.
    """
    query = (
        select(ClaimDocument)
        .join(Claim, Claim.id == ClaimDocument.claim_id)
        .where(ClaimDocument.id == document_id, Claim.number == number)
    )
    document = session.scalar(query.where(visible_to(desk, actor)))
    review = None if document else review_asked_of(session, desk, number, actor)
    if review is not None:
        shown = [*documents_shown(session, review), *earlier_documents_shown(session, review)]
        document = next((row for row in shown if row.id == document_id), None)
    if document is None:
        raise NotThere
    return document


def beside(session: Session, desk: Desk, document: ClaimDocument, actor: Actor) -> list[ClaimDocument]:
    """Return the documents that count together with `document`, as far as `actor` may know of them."""
    review = review_asked_of(session, desk, document.claim.number, actor)
    if review is not None:
        return documents_shown(session, review)
    return [row for row in document.claim.documents if row.current]


def note_reading(desk: Desk, document: ClaimDocument, actor: Actor, *, page: bool = False) -> None:
    """Record that somebody of the other side than the claim's opened a document, in a transaction of its own.

    A claim's own people read what is theirs; whoever else does leaves a trace that they can see. The
    first `page` of a document that a person sees is its reading, and further ones are no other.
    """
    if actor.side == PARTNER:
        return
    number, name, document_id = document.claim.number, document.name, document.id
    if page and _was_read(db.session(), number, document_id, actor):
        return
    with transaction() as session:
        if page:
            # Where two pages are asked for at once, they wait for each other here, as every change of a claim
            # does before it writes; the one that comes first has recorded it for both.
            claim_by_number(session, number, lock=True)
            if _was_read(session, number, document_id, actor):
                return
        details = {"documents": [name], "document_id": document_id}
        record_event(session, desk, number, actor, DOCUMENT_READ, desk.clock.now(), details=details)


def _was_read(session: Session, number: str, document_id: int, actor: Actor) -> bool:
    """Tell whether the claim's chain knows that `actor` opened the document."""
    events = session.scalars(
        select(AuditEvent).where(
            AuditEvent.subject == chain_of(number),
            AuditEvent.action == DOCUMENT_READ,
            AuditEvent.actor_id == actor.person_id,
        )
    )
    return any(event.details.get("document_id") == document_id for event in events)
