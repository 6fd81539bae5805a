"""A customer typed with a tenant that is known under another name or domain: it is used, or corrected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.claims.model import Claim
from portal.claims.own_customers import is_claimed_beyond_reach
from portal.customers.adding import tenant_id_of
from portal.customers.model import Customer
from portal.customers.queries import customer_in_tenant
from portal.languages.sentences import gettext, together

KNOWN = "known_customer"  # the field of a form that says what is to be done
USE, CORRECT = "use", "correct"


@dataclass(frozen=True)
class KnownTenant:
    """What an organization knows a tenant as, and what keeps its name and domain from being corrected.

    `submitted`: they stand on a claim that was submitted; `elsewhere`: on one that the reader may not see.
    """

    customer: Customer
    submitted: bool = False
    elsewhere: bool = False

    @property
    def use(self) -> str:
        """What a form says to use the customer. It names the customer: another tenant asks anew."""
        return f"{USE}-{self.customer.id}"

    @property
    def correct(self) -> str:
        return f"{CORRECT}-{self.customer.id}"

    @property
    def sentence(self) -> str:
        known = gettext(
            "Your organization knows this tenant as %(name)s (%(domain)s).",
            name=self.customer.name,
            domain=self.customer.domain,
        )
        if self.elsewhere:
            what_to_do = gettext(
                "Use it. Its name and domain stand on a claim of a location that is not open to you, so they "
                "cannot be corrected here; ask a colleague who works there if they are wrong."
            )
        elif self.submitted:
            what_to_do = gettext(
                "Use it. Its name and domain stand on a claim that your organization submitted, so they "
                "cannot be corrected here; ask the operator if they are wrong."
            )
        else:
            what_to_do = gettext("Use it, or correct its name and domain.")
        return together(known, what_to_do)

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """What can be done, as (value, words)."""
        name, domain = self.customer.name, self.customer.domain
        use = (self.use, gettext("Use %(name)s (%(domain)s) as it is", name=name, domain=domain))
        kept = self.submitted or self.elsewhere
        return (use,) if kept else (use, (self.correct, gettext("Correct its name and domain as entered")))


def known_tenant(session: Session, actor: Actor, typed: str) -> KnownTenant | None:
    """Return what the actor's organization knows the tenant ID `typed` as, None where it knows none.

    Also where a location that is not open to the actor brought it: whoever types its ID knows the customer.
    """
    tenant_id = tenant_id_of(typed)
    if tenant_id is None or actor.organization_id is None:
        return None
    customer = customer_in_tenant(session, actor.organization_id, tenant_id)
    return known_as(session, actor, customer) if customer else None


def known_as(session: Session, actor: Actor, customer: Customer) -> KnownTenant:
    """Return the customer with what `actor` may do about its name and domain."""
    return KnownTenant(
        customer,
        submitted=_submitted(session, customer),
        elsewhere=is_claimed_beyond_reach(session, customer, actor),
    )


def asked_about(
    session: Session,
    actor: Actor,
    values: Mapping[str, Sequence[str]],
    errors: Mapping[str, str],
) -> KnownTenant | None:
    """Return the known tenant that a form which came back has to ask about, None where it has not."""
    typed = next(iter(values.get("customer_tenant_id", ())), "")
    return known_tenant(session, actor, typed) if KNOWN in values or KNOWN in errors else None


def lock_claims_for(session: Session, customer: Customer) -> None:
    """Keep every claim for the customer from being submitted, or changed, until the transaction ends.

    The claims are locked in the order in which settlements lock them.
    """
    query = select(Claim.id).where(Claim.customer_id == customer.id).order_by(Claim.number)
    session.execute(query.with_for_update(of=Claim)).all()


def _submitted(session: Session, customer: Customer) -> bool:
    ever = select(Claim.id).where(Claim.customer_id == customer.id, Claim.first_submitted_at.is_not(None))
    return session.scalar(ever.limit(1)) is not None
