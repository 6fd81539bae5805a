"""Tells the form of a step that comes back as it was shown from one in which somebody typed something."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence

from portal.claims.details import PRODUCTS_SHOWN, FieldsForm
from portal.claims.effects.fields import FORM_FIELDS
from portal.claims.field_names import SUBSCRIPTION

SHOWN = "shown"  # the field of a form with the mark of what it showed
# What a page puts into its forms for itself; nobody typed it.
TOLD = frozenset({"csrf_token", "version", "step", "go", "contact_of", SHOWN, PRODUCTS_SHOWN})


def mark_of(values: Mapping[str, Iterable[str]]) -> str:
    """Return what tells a form with these values from every other; blanks and the ends of lines do not."""
    given = {
        (name, text)
        for name, texts in values.items()
        if name not in TOLD
        for one in texts
        if (text := one.replace("\r\n", "\n").strip())
    }
    return hashlib.sha256(json.dumps(sorted(given)).encode()).hexdigest()


NOTHING_SHOWN = mark_of({})


def is_untouched(sent: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether a form that was sent says the same as its page showed; False for one without a mark."""
    return list(sent.get(SHOWN, ())) == [mark_of(sent)]


def mark_as_shown(form: FieldsForm, fields: Iterable[str]) -> str:
    """Return the mark of what a browser sends of `fields` (of the claim) while nobody touches `form`.

    A value that stands in the claim and is not among the choices any more is not sent by any browser.
    """
    offered = _offered(form)
    values = {
        name: [value for value in form.values.get(name, ()) if name not in offered or value in offered[name]]
        for field in fields
        for name in (*FORM_FIELDS[field], *(_subscriptions(form) if field == "products" else ()))
    }
    return mark_of(values)


def _offered(form: FieldsForm) -> Mapping[str, Collection[str]]:
    """Return the values that can be chosen, by the form's fields in which something is chosen."""
    return {
        "location": dict(form.locations),
        "customer": dict(form.customers),
        "activity": {code for area in form.areas for code, _activity, _engagement in area.activities},
        "product": {product.code for area in form.areas for product in area.products},
        "customer_contact_language": dict(form.languages),
    }


def _subscriptions(form: FieldsForm) -> list[str]:
    return [
        f"{SUBSCRIPTION}_{product.code}"
        for area in form.areas
        for product in area.products
        if product.subscription
    ]
