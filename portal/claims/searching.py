"""The text by which a claim is found, free of case and accents, the same on every database."""

import unicodedata

from portal.claims.model import Claim
from portal.rulebook.rulebook import Rulebook


def plain(text: str) -> str:
    """Return `text` casefolded, without accents and with single blanks."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(char for char in decomposed if not unicodedata.combining(char)).split())


def search_text(claim: Claim, rulebook: Rulebook) -> str:
    """Return all that a claim is searched by: number, names, domain, tenant, products, subscriptions."""
    customer, location = claim.customer, claim.location
    products = rulebook.programs.products
    parts = [
        claim.number,
        claim.name,
        *((customer.name, customer.domain, customer.tenant_id) if customer else ()),
        *((location.code, location.name) if location else ()),
        *(products[row.product].label for row in claim.products if row.product in products),
        *(row.subscription_id for row in claim.products),
    ]
    return plain(" \n ".join(parts))
