"""The verb that writes a claim's fields; a status opens groups of them, everything else is read-only."""

import re
from collections.abc import Callable, Mapping

from portal.accounts.model import Location
from portal.claims.checking import text_mistake
from portal.claims.content import content_of
from portal.claims.desk import Step
from portal.claims.effects.customer_field import write_customer
from portal.claims.effects.evidence_changes import change_documents
from portal.claims.facts import NEW
from portal.claims.known_tenants import KNOWN
from portal.claims.model import ClaimProduct
from portal.claims.refusals import Invalid
from portal.claims.units import open_statuses, rivals, unit_of
from portal.languages.offered import LANGUAGES
from portal.languages.sentences import gettext, lazy_gettext, printable
from portal.rulebook.wording import listed

# Names and titles fit on one line of a page and a mail; longer ones are mistakes of pasting.
LINE_CHARACTERS_AT_MOST = 200
# A GUID has 36 characters; other numbers of subscriptions are hardly longer. More is a mistake of pasting.
SUBSCRIPTION_CHARACTERS_AT_MOST = 100
EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
# What is told where an address is wrong, by its field, so that two mistakes on one page do not read alike.
ADDRESSES: Mapping[str, str] = {
    "customer_contact_email": lazy_gettext(
        "Enter the e-mail address of the customer contact, such as name@customer.example."
    ),
    "technical_contact_email": lazy_gettext(
        "Enter the e-mail address of the technical contact, such as name@customer.example."
    ),
    "own_contact_email": lazy_gettext(
        "Enter the e-mail address of your contact, such as name@partner.example."
    ),
}


def save_fields(step: Step) -> None:
    """Write every field that the form brought. Raises Invalid naming each field that cannot be taken.

    A field outside the groups that the status opens is refused even when it is sent by hand.
    """
    before = content_of(step.claim)
    status = step.to_status if step.from_status == NEW else step.from_status
    groups = step.rulebook.lifecycle.field_groups
    opened = {name for group in step.rulebook.statuses[status].editable for name in groups[group].fields}
    errors: dict[str, str] = {}
    for name, field in FIELDS.items():
        if not _brought(step, name):
            continue
        if name not in opened:
            label = step.rulebook.statuses[status].label
            errors[name] = gettext(
                "This cannot be changed while the claim is %(status)s. Open the claim again to see what can.",
                status=label,
            )
            continue
        errors |= field(step)
    if errors:
        raise Invalid(errors)
    step.session.flush()
    after = content_of(step.claim)
    step.details["changes"] = {
        name: [before[name], after[name]] for name in after if before[name] != after[name]
    }


def _brought(step: Step, name: str) -> bool:
    if name == "documents":
        return bool(step.taken) or step.answers.has("withdraw")
    return any(step.answers.has(field) for field in FORM_FIELDS[name])


def _location(step: Step) -> dict[str, str]:
    chosen = step.answers.row_id("location")
    location = step.session.get(Location, chosen) if chosen is not None else None
    allowed = step.actor.location_ids
    if (
        location is None
        or location.organization_id != step.claim.organization_id
        or (allowed is not None and location.id not in allowed)
    ):
        return {"location": gettext("Choose one of your organization’s locations.")}
    step.claim.location_id, step.claim.location = location.id, location
    return {}


def _activity(step: Step) -> dict[str, str]:
    chosen = step.answers.one("activity")
    activity = step.rulebook.programs.activities.get(chosen)
    if activity is None:
        return {
            "activity": gettext(
                "Choose an activity; it decides what the claim counts for and whether it can earn."
            )
        }
    step.claim.activity, step.claim.engagement = chosen, activity.engagement
    known = step.rulebook.programs.products
    for product in list(step.claim.products):
        found = known.get(product.product)
        if found is None or found.solution_area != activity.solution_area:
            step.claim.products.remove(product)  # products of another solution area cannot be claimed here
    return {}


def _products(step: Step) -> dict[str, str]:
    chosen = set(step.answers.many("product"))
    known = step.rulebook.programs.products
    if unknown := chosen - set(known):
        shown = min(unknown)[:LINE_CHARACTERS_AT_MOST]
        told = gettext("Choose products from the list; “%(given)s” is not on it.", given=printable(shown))
        return {"product": told}
    kept = {product.product: product for product in step.claim.products}
    subscriptions = {code: step.answers.one(f"subscription_{code}") for code in known}
    if errors := _products_mistakes(step, chosen, subscriptions):
        return errors
    for code, product in kept.items():
        if code not in chosen:
            step.claim.products.remove(product)
    for code in sorted(chosen):
        if code in kept:
            kept[code].subscription_id = subscriptions[code]
        else:
            step.claim.products.append(ClaimProduct(product=code, subscription_id=subscriptions[code]))
    return _claimed_already(step)


def _claimed_already(step: Step) -> dict[str, str]:
    """Say which product of a claim under way is one of another claim of the organization.

    A draft may name it: the rules tell of it before the draft is submitted.
    """
    if step.from_status not in open_statuses(step.rulebook):
        return {}
    claim, programs = step.claim, step.rulebook.programs
    found = rivals(step.session, claim, step.rulebook)
    own = {rival.unit for rival in found if rival.organization_id == claim.organization_id}
    labels = [
        programs.product_label(row.product) for row in claim.products if unit_of(claim, row, programs) in own
    ]
    if not labels:
        return {}
    told = gettext(
        "Your organization has another claim for %(products)s at this customer that is open or approved. "
        "Remove the product here, or continue with the other claim.",
        products=listed(labels, gettext("and")),
    )
    return {"product": told}


def _products_mistakes(step: Step, chosen: set[str], subscriptions: Mapping[str, str]) -> dict[str, str]:
    """Return a sentence per field that is wrong; `subscriptions` are those typed, by product."""
    known = step.rulebook.programs.products
    stored = {product.product: product.subscription_id for product in step.claim.products}
    errors = {}
    for code, subscription in subscriptions.items():
        if code in chosen:
            mistake = _subscription_mistake(known[code].label, subscription)
        # What stood beside a product that is taken off the claim goes with it; what is new was meant for it.
        elif subscription and stored.get(code) != subscription:
            mistake = gettext(
                "Choose %(product)s too, or clear its subscription ID.", product=known[code].label
            )
        else:
            mistake = None
        if mistake:
            errors[f"subscription_{code}"] = mistake
    if not chosen and not errors:
        errors["product"] = gettext("Choose at least one product; a claim without products claims nothing.")
    return errors


def _subscription_mistake(product: str, text: str) -> str | None:
    """Return what is wrong with a subscription ID; only its form can be known, and not all are alike."""
    if len(text) > SUBSCRIPTION_CHARACTERS_AT_MOST:
        return gettext(
            "Enter the subscription ID of %(product)s alone; it has at most %(most)s characters, and this "
            "has %(length)s.",
            product=product,
            most=SUBSCRIPTION_CHARACTERS_AT_MOST,
            length=len(text),
        )
    if len(text.split()) > 1:
        return gettext("Enter one subscription ID for %(product)s, without blanks inside.", product=product)
    return _line_mistake("subscription", text)


def _lines(*names: str) -> Callable[[Step], dict[str, str]]:
    """Return a field of one-line texts of the claim.

    Those ending in `_email` must be addresses, those in `_language` codes of languages that are offered.
    """

    def write(step: Step) -> dict[str, str]:
        errors = {}
        for name in names:
            text = " ".join(step.answers.one(name).split())
            if mistake := _line_mistake(name, text):
                errors[name] = mistake
            elif step.answers.has(name):
                setattr(step.claim, name, text)
        return errors

    return write


def _line_mistake(name: str, text: str) -> str | None:
    if len(text) > LINE_CHARACTERS_AT_MOST:
        most = LINE_CHARACTERS_AT_MOST
        return gettext("Shorten this to %(most)s characters; it has %(length)s.", most=most, length=len(text))
    if not text.isprintable():
        return gettext("Remove the invisible control characters from this text.")
    if text and name.endswith("_email") and not EMAIL.fullmatch(text):
        return str(ADDRESSES[name])
    if text and name.endswith("_language") and text not in LANGUAGES:
        return gettext("Choose one of the languages in the list.")
    return None


def _commentary(step: Step) -> dict[str, str]:
    text = step.answers.one("commentary")
    if mistake := text_mistake(text):
        return {"commentary": mistake}
    step.claim.commentary = text
    return {}


CONTACTS: Mapping[str, tuple[str, ...]] = {
    "customer_contact": (
        "customer_contact_name",
        "customer_contact_title",
        "customer_contact_email",
        "customer_contact_language",
    ),
    "technical_contact": ("technical_contact_name", "technical_contact_email"),
    "own_contact": ("own_contact_name", "own_contact_email"),
}

FORM_FIELDS: Mapping[str, tuple[str, ...]] = {
    "location": ("location",),
    "customer": ("customer", "customer_name", "customer_domain", "customer_tenant_id", KNOWN),
    "activity": ("activity",),
    "products": ("product", "products_shown"),
    **CONTACTS,
    "name": ("name",),
    "documents": ("document", "withdraw", "replaces"),
    "commentary": ("commentary",),
}

FIELDS: Mapping[str, Callable[[Step], dict[str, str]]] = {
    "location": _location,
    "customer": write_customer,
    "activity": _activity,
    "products": _products,
    **{name: _lines(*fields) for name, fields in CONTACTS.items()},
    "name": _lines("name"),
    "documents": change_documents,
    "commentary": _commentary,
}
