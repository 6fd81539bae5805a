"""What an open request for information asks to be removed from a claim, and what would stay."""

from portal.claims.answers import Answers
from portal.claims.model import Claim, ClaimProduct, InformationRequest

REMOVE = "remove"  # what rule files call the ask that names the products


def open_request_of(claim: Claim) -> InformationRequest | None:
    """Return the request that waits for the partner's answer, or None."""
    return next((row for row in reversed(claim.requests) if row.ended_at is None), None)


def asked(claim: Claim) -> frozenset[str]:
    """Return the codes of the products that the open request asks to remove, those gone already too."""
    request = open_request_of(claim)
    return frozenset(request.products) if request else frozenset()


def left_to_remove(claim: Claim) -> list[ClaimProduct]:
    """Return the products on the claim that the open request asks to remove."""
    codes = asked(claim)
    return [product for product in claim.products if product.product in codes]


def not_chosen(claim: Claim, answers: Answers | None) -> int:
    """Return how many products of the claim the form does not ask to remove."""
    chosen = answers.many(REMOVE) if answers else ()
    return sum(product.product not in chosen for product in claim.products)
