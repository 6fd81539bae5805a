"""Signed links for customer contacts: made, found and voided; only hashes are stored."""

import secrets

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.signed_links import hash_of, signed
from portal.claims.desk import Step
from portal.claims.model import ConsentLink

LINK = "consent_link"  # in a step's details: the link that the step made, which its mail carries


def token_for(secret: bytes, link: ConsentLink) -> str:
    """Return the link's token: its nonce, signed. The mail writes it again at each attempt."""
    return signed(secret, "consent", link.nonce)


def new_link(step: Step) -> None:
    """Make the claim's link for its customer contact; an earlier one is void from now on."""
    void_links(step)
    link = ConsentLink(
        claim_id=step.claim.id,
        nonce=secrets.token_urlsafe(16),
        email=step.claim.customer_contact_email,
        created_at=step.now,
    )
    link.token_hash = hash_of(token_for(step.desk.secret, link))
    step.session.add(link)
    step.session.flush()
    step.details[LINK] = link.id


def void_links(step: Step) -> None:
    """Void every link of the claim."""
    step.session.execute(
        update(ConsentLink)
        .where(ConsentLink.claim_id == step.claim.id, ConsentLink.void_at.is_(None))
        .values(void_at=step.now)
    )


def find_link(session: Session, token: str) -> ConsentLink | None:
    """Return the link that `token` opens, void or not; None for anything else."""
    return session.scalar(select(ConsentLink).where(ConsentLink.token_hash == hash_of(token)))


def link_in_force(session: Session, claim_id: int) -> ConsentLink | None:
    """Return the claim's link that is not void, or None."""
    query = select(ConsentLink).where(ConsentLink.claim_id == claim_id, ConsentLink.void_at.is_(None))
    return session.scalar(query.order_by(ConsentLink.id.desc()).limit(1))
