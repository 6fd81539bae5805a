"""The fields of a claim: in words for reading, and with what can be chosen for editing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.claims.differences import product_in_words
from portal.claims.effects.fields import FORM_FIELDS, SUBSCRIPTION_CHARACTERS_AT_MOST
from portal.claims.field_names import SUBSCRIPTION, named
from portal.claims.known_tenants import KnownTenant, asked_about
from portal.claims.listing import own_locations
from portal.claims.model import Claim
from portal.claims.own_customers import known_customers
from portal.customers.model import Customer
from portal.languages.offered import LANGUAGES
from portal.languages.sentences import gettext
from portal.rulebook.program_models import Activity
from portal.rulebook.rulebook import Rulebook

PRODUCTS_SHOWN = "products_shown"  # says that a form had the boxes of products, also when none is checked

Choice = tuple[str, str]
# Where a field's values are found that a form did not send: unchecked boxes send nothing.
SENT_ONLY_WHEN_CHECKED: Mapping[str, str] = {"product": PRODUCTS_SHOWN}


@dataclass(frozen=True)
class Rows:
    """A field group in words: (term, text) rows, and whether the status lets the reader change it."""

    label: str
    editable: bool
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ProductChoice:
    """A product that can be claimed; `subscription` says whether its ID is asked for, and must be given."""

    code: str
    label: str
    subscription: bool
    subscription_needed: bool


@dataclass(frozen=True)
class Area:
    """A solution area with its activities and products."""

    label: str
    means: str
    activities: tuple[tuple[str, Activity, str], ...]  # code, activity, label of its engagement
    products: tuple[ProductChoice, ...]


@dataclass(frozen=True)
class FieldsForm:
    """The fields of a claim that a form may hold now, what they hold, and what can be chosen.

    `values` are those of the claim, or what was typed in a form that came back; `errors` are
    sentences by form field. `areas` hold the products of the claim's solution area alone, where an
    activity was chosen, and all before. `known` is the customer that a tenant ID, which was typed
    beside another name or domain, belongs to. `never_earns` is the claim's activity where it is one that
    cannot earn incentives.
    """

    fields: frozenset[str]  # names of the closed list FIELDS
    values: Mapping[str, Sequence[str]]
    errors: Mapping[str, str]
    locations: tuple[Choice, ...]
    customers: tuple[Choice, ...]
    areas: tuple[Area, ...]
    needs_technical_contact: bool
    activity_chosen: bool
    never_earns: Activity | None
    known: KnownTenant | None

    @property
    def subscription_characters(self) -> int:
        return SUBSCRIPTION_CHARACTERS_AT_MOST

    @property
    def languages(self) -> list[tuple[str, str]]:
        """The languages that the mail to the customer contact can be in: code and own name."""
        return list(LANGUAGES.items())

    def value(self, name: str) -> str:
        return next(iter(self.values.get(name, ())), "")

    def error(self, name: str) -> str:
        return self.errors.get(name, "")


@dataclass(frozen=True)
class Sent:
    """What a form that came back had in it, by form field, and why it was not taken."""

    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def opened_fields(rulebook: Rulebook, claim: Claim) -> frozenset[str]:
    """Return the fields that the claim's status lets its organization change."""
    groups = rulebook.lifecycle.field_groups
    return frozenset(
        name for group in rulebook.statuses[claim.status].editable for name in groups[group].fields
    )


def fields_form(
    session: Session, rulebook: Rulebook, claim: Claim, actor: Actor, sent: Sent | None = None
) -> FieldsForm:
    """Return the form of the fields that are open, filled as the claim is or as it was sent."""
    activity = rulebook.programs.activities.get(claim.activity or "")
    given = sent or Sent()
    return FieldsForm(
        fields=opened_fields(rulebook, claim),
        values=_merged(stored_values(claim), given.values),
        errors=given.errors,
        locations=location_choices(session, actor),
        customers=customer_choices(known_customers(session, actor)),
        areas=areas(rulebook, claim),
        needs_technical_contact=bool(
            activity and rulebook.programs.solution_areas[activity.solution_area].needs_technical_contact
        ),
        activity_chosen=activity is not None,
        never_earns=activity if activity and not activity.can_earn else None,
        known=asked_about(session, actor, given.values, given.errors),
    )


def location_choices(session: Session, actor: Actor) -> tuple[Choice, ...]:
    """Return the locations that `actor` may choose, as (id, words)."""
    return tuple((str(row.id), f"{row.code} – {row.name}") for row in own_locations(session, actor))


def customer_choices(customers: Sequence[Customer]) -> tuple[Choice, ...]:
    """Return customers as (id, words)."""
    return tuple((str(row.id), f"{row.name} – {row.domain}") for row in customers)


def stored_values(claim: Claim) -> dict[str, Sequence[str]]:
    """Return what the claim holds, by form field."""
    lines = [
        name for names in FORM_FIELDS.values() for name in names if isinstance(getattr(claim, name, 0), str)
    ]
    values: dict[str, Sequence[str]] = {name: [getattr(claim, name)] for name in lines}
    values["location"] = [str(claim.location_id)] if claim.location_id else []
    values["customer"] = [str(claim.customer_id)] if claim.customer_id else []
    values["activity"] = [claim.activity] if claim.activity else []
    values["product"] = [row.product for row in claim.products]
    return values | {f"{SUBSCRIPTION}_{row.product}": [row.subscription_id] for row in claim.products}


def _merged(
    stored: Mapping[str, Sequence[str]], sent: Mapping[str, Sequence[str]]
) -> dict[str, Sequence[str]]:
    merged = {**stored, **sent}
    for name, mark in SENT_ONLY_WHEN_CHECKED.items():
        if mark in sent:
            merged[name] = sent.get(name, ())
    return merged


def areas(rulebook: Rulebook, claim: Claim) -> tuple[Area, ...]:
    """Return the solution areas; products outside the claim's own are left out unless they are claimed."""
    programs = rulebook.programs
    chosen = programs.activities.get(claim.activity or "")
    claimed = {row.product for row in claim.products}
    found = []
    for code, area in programs.solution_areas.items():
        activities = tuple(
            (name, row, programs.engagements[row.engagement].label)
            for name, row in programs.activities.items()
            if row.solution_area == code
        )
        products = tuple(
            ProductChoice(
                name,
                row.label,
                chosen is not None and SUBSCRIPTION in area.unit,
                bool(chosen and chosen.needs_subscription),
            )
            for name, row in programs.products.items()
            if row.solution_area == code
            and (chosen is None or chosen.solution_area == code or name in claimed)
        )
        found.append(Area(area.label, area.means, activities, products))
    return tuple(found)


def in_words(rulebook: Rulebook, claim: Claim) -> list[Rows]:
    """Return every field group of the claim as a reader sees it, in the order of the policy."""
    editable = rulebook.statuses[claim.status].editable
    words = fields_in_words(rulebook, claim)
    return [
        Rows(
            group.label,
            code in editable,
            tuple(row for name in group.fields for row in words.get(name, ())),
        )
        for code, group in rulebook.lifecycle.field_groups.items()
    ]


def fields_in_words(rulebook: Rulebook, claim: Claim) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Return by a field's name the (term, text) rows that tell it; text is "" for what is missing."""
    location, customer = claim.location, claim.customer
    return {
        "location": [(named("location"), f"{location.code} – {location.name}" if location else "")],
        "customer": [
            (named("customer"), customer.name if customer else ""),
            (named("customer_domain"), customer.domain if customer else ""),
            (named("customer_tenant_id"), customer.tenant_id if customer else ""),
        ],
        "activity": _activity_words(rulebook, claim),
        "products": _product_words(rulebook, claim),
        "customer_contact": [
            (
                named("customer_contact"),
                _contact(
                    claim.customer_contact_name, claim.customer_contact_title, claim.customer_contact_email
                ),
            ),
            *(
                [(named("customer_contact_language"), LANGUAGES[claim.customer_contact_language])]
                if claim.customer_contact_language in LANGUAGES
                else []
            ),
        ],
        "technical_contact": [
            (
                named("technical_contact"),
                _contact(claim.technical_contact_name, claim.technical_contact_email),
            )
        ],
        "own_contact": [(named("own_contact"), _contact(claim.own_contact_name, claim.own_contact_email))],
        "name": [(named("name"), claim.name)],
        "commentary": [(named("commentary"), claim.commentary)],
    }


def _activity_words(rulebook: Rulebook, claim: Claim) -> list[tuple[str, str]]:
    programs = rulebook.programs
    activity = programs.activities.get(claim.activity or "")
    if activity is None:
        return [(named("activity"), "")]
    earns = gettext("can earn incentives") if activity.can_earn else gettext("never earns incentives")
    return [
        (gettext("Solution area"), programs.solution_areas[activity.solution_area].label),
        (gettext("Engagement"), programs.engagements[activity.engagement].label),
        (named("activity"), activity.label),
        (gettext("Counts for"), f"{activity.counts_for}; {earns}"),
    ]


def _product_words(rulebook: Rulebook, claim: Claim) -> list[tuple[str, str]]:
    label = rulebook.programs.product_label
    lines = [product_in_words(label(row.product), row.subscription_id) for row in claim.products]
    return [(named("products"), "\n".join(lines))]


def _contact(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
