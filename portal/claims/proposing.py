"""What the step of contacts proposes: who fills the claim, and whom earlier claims named for the customer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.claims.desk import Desk
from portal.claims.details import FieldsForm
from portal.claims.effects.fields import CONTACTS
from portal.claims.model import Claim
from portal.claims.queries import visible_to
from portal.rulebook.decision import Reason

OWN_CONTACT = CONTACTS["own_contact"]
CUSTOMER_CONTACT = CONTACTS["customer_contact"]
OWN_CONTACT_GIVEN = "contacts.own_complete"  # the fact that is true once the proposal is saved
CONTACTS_AT_MOST = 3  # a customer has few whom one asks; more would hide the fields
CLAIMS_AT_MOST = 30  # the newest; who was named before those has likely changed


@dataclass(frozen=True)
class NamedBefore:
    """A customer contact as another claim of the organization names them."""

    number: str  # of that claim
    values: Mapping[str, str]  # by form field

    @property
    def name(self) -> str:
        return self.values["customer_contact_name"]

    @property
    def beside_the_name(self) -> str:
        """The title and address, as they stand behind the name on one line."""
        given = (self.values["customer_contact_title"], self.values["customer_contact_email"])
        return "".join(f", {text}" for text in given if text)


def with_own_contact(form: FieldsForm, actor: Actor) -> FieldsForm:
    """Propose who fills the claim as the organization's own contact, where nobody was entered yet."""
    if any(form.value(name) for name in OWN_CONTACT):
        return form
    proposed = dict(zip(OWN_CONTACT, ([actor.name], [actor.email]), strict=True))
    return replace(form, values={**form.values, **proposed})


def brings_proposal(claim: Claim, sent: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether a form that was sent names an own contact, and the claim has none."""
    named = any(text.strip() for name in OWN_CONTACT for text in sent.get(name, ()))
    return named and not any(getattr(claim, name) for name in OWN_CONTACT)


def is_met_by_proposal(reason: Reason) -> bool:
    """Tell whether the rules miss nothing more than the own contact that the step proposes."""
    return {one.fact for one in reason.comparisons} == {OWN_CONTACT_GIVEN}


def named_before(session: Session, desk: Desk, claim: Claim, actor: Actor) -> tuple[NamedBefore, ...]:
    """Return whom the newest claims that `actor` may see name for the customer of `claim`, each once."""
    if claim.customer_id is None:
        return ()
    query = (
        select(Claim)
        .where(visible_to(desk, actor), Claim.organization_id == actor.organization_id)
        .where(Claim.customer_id == claim.customer_id, Claim.id != claim.id)
        .where(Claim.customer_contact_name != "", Claim.customer_contact_email != "")
        .order_by(Claim.id.desc())
        .limit(CLAIMS_AT_MOST)
    )
    found: dict[str, NamedBefore] = {}
    for row in session.scalars(query):
        values = {name: getattr(row, name) for name in CUSTOMER_CONTACT}
        found.setdefault(row.customer_contact_email.casefold(), NamedBefore(row.number, values))
    return tuple(found.values())[:CONTACTS_AT_MOST]


def others_than(contacts: Sequence[NamedBefore], form: FieldsForm) -> tuple[NamedBefore, ...]:
    """Return the contacts that the form does not hold already."""
    return tuple(
        one for one in contacts if any(form.value(name) != text for name, text in one.values.items())
    )


def contact_of(contacts: Sequence[NamedBefore], number: str) -> NamedBefore | None:
    """Return the contact of the claim `number`, None where it is not offered."""
    return next((one for one in contacts if one.number == number), None)


def with_contact(
    contact: NamedBefore | None, values: Mapping[str, Sequence[str]]
) -> dict[str, Sequence[str]]:
    """Return what was typed with the contact in its fields, as it was where there is none."""
    chosen = contact.values if contact else {}
    return {**values, **{name: [text] for name, text in chosen.items()}}
