"""Writes the customer of a claim: chosen from those known, added, or known already and corrected."""

from sqlalchemy import select

from portal.claims.chain import record_event
from portal.claims.desk import Step
from portal.claims.known_tenants import KNOWN, known_as, known_tenant, lock_claims_for
from portal.claims.model import Claim
from portal.claims.own_customers import own_customer
from portal.claims.searching import search_text
from portal.customers.adding import InvalidCustomer, KnownCustomer, add_customer, correct_customer
from portal.customers.model import Customer
from portal.languages.sentences import gettext

CORRECTED = "customer_corrected"  # what the audit calls it on the other drafts for the customer


def write_customer(step: Step) -> dict[str, str]:
    """Give the claim the customer that the form names; return a sentence per field that cannot be taken."""
    typed = step.answers.one("customer")
    if typed:
        customer = own_customer(step.session, step.actor, typed)
        if customer is None:
            return {"customer": gettext("Choose a customer from the list, or add the customer below.")}
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
    known = known_tenant(step.session, step.actor, tenant_id)
    if known and answers.one(KNOWN) == known.use:
        return known.customer
    if known and answers.one(KNOWN) == known.correct:
        _correct(step, known.customer)
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
        raise InvalidCustomer(
            {KNOWN: known_as(step.session, step.actor, already.customer).sentence}
        ) from None


def _correct(step: Step, customer: Customer) -> None:
    """Write name and domain as typed; other drafts for it change too. Raises InvalidCustomer."""
    lock_claims_for(step.session, customer)
    step.session.refresh(customer)  # another correction may have been waited for
    now_known = known_as(step.session, step.actor, customer)
    if now_known.correct not in dict(now_known.choices):
        raise InvalidCustomer({KNOWN: now_known.sentence})
    before = [customer.name, customer.domain, customer.tenant_id]
    name, domain = step.answers.one("customer_name"), step.answers.one("customer_domain")
    correct_customer(step.session, customer, name=name, domain=domain)
    after = [customer.name, customer.domain, customer.tenant_id]
    step.details["corrected"] = {customer.tenant_id: [before[:2], after[:2]]}
    others = select(Claim).where(Claim.customer_id == customer.id, Claim.id != step.claim.id)
    for claim in step.session.scalars(
        others.order_by(Claim.number).execution_options(populate_existing=True)
    ):
        _note(step, claim, {"customer": [before, after]})


def _note(step: Step, claim: Claim, changes: dict[str, object]) -> None:
    """Write down on another draft that it changed too: a form of it that is open now is out of date."""
    claim.search_text = search_text(claim, step.desk.rulebook_of(claim))
    claim.version += 1
    claim.changed_at = step.now
    details = {"changes": changes, "version": claim.version}
    record_event(step.session, step.desk, claim.number, step.actor, CORRECTED, step.now, details=details)
