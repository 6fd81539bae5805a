"""What the texts of rule files may name of one claim, and how such a text is filled."""

import re
from collections.abc import Mapping

from portal.claims.model import Claim
from portal.rulebook.models import CatalogReason
from portal.rulebook.rulebook import Rulebook
from portal.rulebook.wording import listed

PLACEHOLDER = re.compile(r"\{([a-z_.]+)\}")


def names_of(claim: Claim) -> dict[str, str]:
    """Return what every text about the claim may name: closed_names.MAIL_NAMES."""
    return {
        "claim.number": claim.number,
        "claim.name": claim.name or claim.number,
        "customer.name": claim.customer.name if claim.customer else "",
        "partner.name": claim.organization.name,
    }


def filled(text: str, names: Mapping[str, str]) -> str:
    """Return `text` with its placeholders replaced; one that `names` does not have stays as it is."""
    # In one pass: a claim that is named like a placeholder is not filled in again.
    return PLACEHOLDER.sub(lambda found: names.get(found[1], found[0]), text)


def suggestions(rulebook: Rulebook, claim: Claim, reason: CatalogReason) -> tuple[str, ...]:
    """Return the sentences that the reason suggests to whoever writes about the claim."""
    products = listed([rulebook.programs.product_label(row.product) for row in claim.products])
    names = names_of(claim) | {"claim.products": products}
    return tuple(filled(text, names) for text in reason.suggest)
