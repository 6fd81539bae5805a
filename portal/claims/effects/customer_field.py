"""Writes the customer of a claim: chosen from those known, added, or known already and corrected."""

from sqlalchemy import select

from portal.claims.desk import Step
from portal.claims.known_tenants import KNOWN, KnownTenant, held_by_submission, known_as, known_tenant
from portal.claims.model import Claim
from portal.claims.searching import search_text
from portal.customers.adding import InvalidCustomer, KnownCustomer, add_customer, correct_customer
from portal.customers.model import Customer
from portal.customers.queries import own_customer


def write_customer(step: Step) -> dict[str, str]:
    """Give the claim the customer that the form names; return a sentence per field that cannot be taken."""
    typed = step.answers.one("customer")
    if typed:
        customer = own_customer(step.session, step.claim.organization_id, typed)
        if customer is None:
            return {"customer": "Choose a customer from the list, or add the customer below."}
    else:
        try:
            customer = _typed_customer(step)
        except InvalidCustomer as invalid:
            return dict(invalid.errors)
    step.claim.customer_id, step.claim.customer = customer.id, customer
    return {}


def _typed_customer(step: Step) -> Customer:
    """Return the customer of the tenant that was typed. Raises InvalidCustomer."""
    organization_id, answers = step.claim.organization_id, step.answers
    tenant_id = answers.one("customer_tenant_id")
    known = known_tenant(step.session, organization_id, tenant_id)
    if known and answers.one(KNOWN) == known.use:
        return known.customer
    if known and answers.one(KNOWN) == known.correct:
        _correct(step, known)
    try:
        return add_customer(
            step.session,
            organization_id,
            name=answers.one("customer_name"),
            domain=answers.one("customer_domain"),
            tenant_id=tenant_id,
            at=step.now,
        )
    except KnownCustomer as already:
        raise InvalidCustomer({KNOWN: known_as(step.session, already.customer).sentence}) from None


def _correct(step: Step, known: KnownTenant) -> None:
    """Write name and domain as typed, also into what other drafts are found by. Raises InvalidCustomer."""
    customer = known.customer
    if held_by_submission(step.session, customer):
        raise InvalidCustomer({KNOWN: KnownTenant(customer, submitted=True).sentence})
    before = [customer.name, customer.domain]
    name, domain = step.answers.one("customer_name"), step.answers.one("customer_domain")
    correct_customer(step.session, customer, name=name, domain=domain)
    step.details["corrected"] = {customer.tenant_id: [before, [customer.name, customer.domain]]}
    for claim in step.session.scalars(select(Claim).where(Claim.customer_id == customer.id)):
        claim.search_text = search_text(claim, step.desk.rulebook_of(claim))
