"""Forms of actions, made from what a transition asks; nothing about them is written per action."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import (
    DateField,
    Field,
    Form,
    MultipleFileField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)

from portal.accounts.roles import people_with_roles
from portal.claims.model import Claim
from portal.claims.names_in_texts import suggestions
from portal.rulebook.models import Ask
from portal.rulebook.rulebook import Rulebook

Choices = list[tuple[str, str]]
OPTIONS = "options"


def action_form(
    session: Session,
    rulebook: Rulebook,
    claim: Claim,
    action: str,
    typed: MultiDict[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Form:
    """Return the form of `action` on `claim`, with what was typed and why it could not be taken.

    Asks of type `fields` are the claim's own fields and have forms of their own. Whether something
    must be given is decided by the rules, so that a form never refuses what they would allow.
    """
    asks = rulebook.transitions[action].asks
    fields = {
        name: _field(session, rulebook, claim, name, ask)
        for name, ask in asks.items()
        if ask.type != "fields"
    }
    form_class = type("ActionForm", (Form,), fields)  # stays English: no page shows it
    form: Form = form_class(formdata=typed)
    for name, sentence in (errors or {}).items():
        if name in form:
            form[name].errors = [sentence]
    return form


def _field(session: Session, rulebook: Rulebook, claim: Claim, name: str, ask: Ask) -> Field:
    label = ask.label or name.replace("_", " ").capitalize()
    shown: dict[str, Any] = {
        "label": label,
        "description": ask.hint or "",
        "render_kw": {"required": None if ask.need == "one_of" else ask.need == "required"},
    }
    match ask.type:
        case "documents":
            return MultipleFileField(**shown)
        case "date":
            return DateField(**shown)
        case "codes":
            catalog = rulebook.catalog_codes(ask.of or "")
            reasons = [
                (code, row.label, row.text, suggestions(rulebook, claim, row))
                for code, row in catalog.items()
            ]
            return _chosen(SelectMultipleField, reasons, shown)
        case "products":
            named = rulebook.programs.product_label
            products = [(row.product, named(row.product)) for row in claim.products]
            return _chosen(SelectMultipleField, products, shown)
        case "location":
            return _chosen(SelectField, location_choices(claim), shown)
        case "person":
            return _chosen(SelectField, _people(session, rulebook, claim, ask), shown)
    return TextAreaField(**shown)


def _chosen(kind: type[Field], options: Sequence[tuple[Any, ...]], shown: dict[str, Any]) -> Field:
    """Return a field of choices; the macros show `options`: code, label, and where there are any a hint
    and sentences to take over.
    """
    shown["render_kw"][OPTIONS] = list(options)
    choices = [SelectChoice(option[0], option[1]) for option in options]
    return kind(choices=choices, validate_choice=False, **shown)


def location_choices(claim: Claim) -> Choices:
    """Return the locations of the claim's organization as (id, words)."""
    return [(str(row.id), f"{row.code} – {row.name}") for row in claim.organization.locations]


def _people(session: Session, rulebook: Rulebook, claim: Claim, ask: Ask) -> Choices:
    """Return those who may do it, without the one whom the claim is with already."""
    people = people_with_roles(session, rulebook.roles_with(ask.of or ""))
    return [(str(person.id), person.name) for person in people if person.id != claim.reviewer_id]
