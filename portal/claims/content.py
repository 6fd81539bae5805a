"""What a claim says, as plain data: frozen with each submission, and compared with it."""

from collections.abc import Mapping
from typing import Any

from portal.claims.model import Claim

PRODUCTS = "products"  # the field of the claim


def content_of(claim: Claim) -> dict[str, object]:
    """Return every field of the claim as plain data, by the names of the closed list FIELDS."""
    return {
        "location": claim.location.code if claim.location else None,
        "customer": _customer(claim),
        "activity": claim.activity,
        PRODUCTS: [[product.product, product.subscription_id] for product in claim.products],
        "customer_contact": [
            claim.customer_contact_name,
            claim.customer_contact_title,
            claim.customer_contact_email,
            # Submissions from before there was a choice say nothing of it, and still compare as equal.
            *filter(None, [claim.customer_contact_language]),
        ],
        "technical_contact": [claim.technical_contact_name, claim.technical_contact_email],
        "own_contact": [claim.own_contact_name, claim.own_contact_email],
        "name": claim.name,
        "documents": [[document.sha256, document.name] for document in claim.documents if document.current],
        "commentary": claim.commentary,
    }


def compared(content: Mapping[str, Any]) -> dict[str, object]:
    """Return content as it is compared with another: documents by what they hold, not by their names."""
    documents = sorted(sha256 for sha256, _name in content.get("documents") or [])
    return {**content, "documents": documents}


def _customer(claim: Claim) -> list[str] | None:
    customer = claim.customer
    return [customer.name, customer.domain, customer.tenant_id] if customer else None
