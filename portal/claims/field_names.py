"""What the fields of a claim are called, wherever a page, a list or a sentence tells of one."""

from collections.abc import Mapping

from portal.languages.sentences import gettext, lazy_gettext
from portal.rulebook.rulebook import Rulebook

SUBSCRIPTION = "subscription"  # the part of an association unit that a product's field asks for
# The names of the closed list FIELDS, and those of the form fields that these are made of.
NAMES: Mapping[str, str] = {
    "location": lazy_gettext("Partner location ID (MPN)"),
    "customer": lazy_gettext("Customer"),
    "customer_name": lazy_gettext("Customer name"),
    "customer_domain": lazy_gettext("Domain"),
    "customer_tenant_id": lazy_gettext("Tenant ID"),
    "known_customer": lazy_gettext("What the claim should say"),
    "activity": lazy_gettext("Activity"),
    "products": lazy_gettext("Products"),
    "product": lazy_gettext("Products"),
    "customer_contact": lazy_gettext("Customer contact"),
    "customer_contact_name": lazy_gettext("Name of the customer contact"),
    "customer_contact_title": lazy_gettext("Job title of the customer contact"),
    "customer_contact_email": lazy_gettext("E-mail address of the customer contact"),
    "customer_contact_language": lazy_gettext("Language of the mail to them"),
    "technical_contact": lazy_gettext("Technical contact"),
    "technical_contact_name": lazy_gettext("Name of the technical contact"),
    "technical_contact_email": lazy_gettext("E-mail address of the technical contact"),
    "own_contact": lazy_gettext("Partner’s contact"),
    "own_contact_name": lazy_gettext("Name of the partner’s contact"),
    "own_contact_email": lazy_gettext("E-mail address of the partner’s contact"),
    "name": lazy_gettext("Claim name"),
    "documents": lazy_gettext("Documents"),
    "commentary": lazy_gettext("Commentary"),
    # What the forms of actions ask for besides.
    "message": lazy_gettext("Message"),
    "justification": lazy_gettext("Justification"),
}


def named(field: str) -> str:
    """Return the name of a field in the language being spoken; its code in words where it has none."""
    return str(NAMES.get(field, field.replace("_", " ").capitalize()))


def form_field_named(rulebook: Rulebook, field: str) -> str:
    """Return the name of a form's field, such as that of one product's subscription."""
    if not field.startswith(f"{SUBSCRIPTION}_"):
        return named(field)
    product = rulebook.programs.product_label(field.removeprefix(f"{SUBSCRIPTION}_"))
    return gettext("Subscription ID of %(product)s", product=product)
