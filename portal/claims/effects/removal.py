"""The verb that does what a reviewer asked for: it takes the products that were named off the claim."""

from portal.claims.content import PRODUCTS, content_of
from portal.claims.desk import Step
from portal.claims.removals import left_to_remove


def remove_products(step: Step) -> None:
    """Remove exactly the products that the open request names; the rules have seen that one stays."""
    before = content_of(step.claim)[PRODUCTS]
    for product in left_to_remove(step.claim):
        step.claim.products.remove(product)
    step.session.flush()
    step.details["changes"] = {PRODUCTS: [before, content_of(step.claim)[PRODUCTS]]}
