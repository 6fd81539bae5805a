"""The verb that begins a new draft with what a closed claim said; it copies no proof of execution."""

from portal.claims.answers import Answers
from portal.claims.beginning import begin_draft
from portal.claims.desk import Step
from portal.claims.model import Claim
from portal.claims.numbers import next_number
from portal.claims.refusals import Refused
from portal.rulebook.rulebook import Rulebook

BEGUN, LEFT_OUT, COPIED_FROM = "begun", "left_out", "copied_from"  # in the events' details

# What a claim and the form of a draft call by the same name.
SAME_NAMES = (
    "activity",
    "customer_contact_name",
    "customer_contact_title",
    "customer_contact_email",
    "customer_contact_language",
    "technical_contact_name",
    "technical_contact_email",
    "own_contact_name",
    "own_contact_email",
    "name",
)


def copy_claim(step: Step) -> None:
    """Begin a draft from the claim (product.md T1c); the policy in force decides what it may hold.

    Documents and the commentary on them stay where they are: a new claim needs an updated proof
    (settled question 4). Products that the program no longer has are left out, and told.
    """
    rulebook = step.desk.policies.in_force()
    products, left_out = _products(step.claim, rulebook)
    number = next_number(step.session, step.desk.today())
    answers, details = Answers(_values(step.claim, rulebook, products)), {COPIED_FROM: step.claim.number}
    try:
        draft = begin_draft(step.session, step.desk, number, step.actor, answers, details)
    except Refused as refused:
        # Not under the number, which was not given and will be another claim's.
        raise Refused(step.claim.number, refused.decision) from None
    step.details[BEGUN] = draft.claim.number
    step.details[LEFT_OUT] = left_out


def _products(claim: Claim, rulebook: Rulebook) -> tuple[dict[str, str], list[str]]:
    """Return the subscription IDs of the products that can still be claimed, and the others' labels."""
    activity = rulebook.programs.activities.get(claim.activity or "")
    kept, left_out = {}, []
    for row in claim.products:
        known = rulebook.programs.products.get(row.product)
        if activity and known and known.solution_area == activity.solution_area:
            kept[row.product] = row.subscription_id
        else:
            left_out.append(rulebook.programs.product_label(row.product))
    return kept, left_out


def _values(claim: Claim, rulebook: Rulebook, products: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the answers that a person would give in the wizard to make such a claim again."""
    said = {name: str(getattr(claim, name) or "") for name in SAME_NAMES}
    said["location"] = str(claim.location_id or "")
    if claim.customer_id is not None:
        said["customer"] = str(claim.customer_id)
    if claim.activity not in rulebook.programs.activities:
        del said["activity"]
    values: dict[str, tuple[str, ...]] = {name: (text,) for name, text in said.items()}
    if products:
        values["product"] = tuple(products)
        values |= {f"subscription_{code}": (subscription,) for code, subscription in products.items()}
    return values
