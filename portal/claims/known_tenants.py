"""A customer typed with a tenant that is known under another name or domain: it is used, or corrected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.claims.model import Claim
from portal.customers.adding import tenant_id_of
from portal.customers.model import Customer
from portal.customers.queries import customer_in_tenant

KNOWN = "known_customer"  # the field of a form that says what is to be done
USE, CORRECT = "use", "correct"


@dataclass(frozen=True)
class KnownTenant:
    """What an organization knows a tenant as. `submitted` where it stands on a claim that was submitted."""

    customer: Customer
    submitted: bool

    @property
    def use(self) -> str:
        """What a form says to use the customer. It names the customer: another tenant asks anew."""
        return f"{USE}-{self.customer.id}"

    @property
    def correct(self) -> str:
        return f"{CORRECT}-{self.customer.id}"

    @property
    def sentence(self) -> str:
        known = f"You know this tenant as {self.customer.name} ({self.customer.domain})."
        if not self.submitted:
            return f"{known} Use it, or correct its name and domain."
        return (
            f"{known} Use it. Its name and domain stand on a claim that your organization submitted, so they "
            "cannot be corrected here; ask the operator if they are wrong."
        )

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """What can be done, as (value, words)."""
        use = (self.use, f"Use {self.customer.name} ({self.customer.domain}) as it is")
        return (use,) if self.submitted else (use, (self.correct, "Correct its name and domain as entered"))


def known_tenant(session: Session, organization_id: int, typed: str) -> KnownTenant | None:
    """Return what the organization knows the tenant ID `typed` as, None where it knows none."""
    tenant_id = tenant_id_of(typed)
    customer = customer_in_tenant(session, organization_id, tenant_id) if tenant_id else None
    return known_as(session, customer) if customer else None


def known_as(session: Session, customer: Customer) -> KnownTenant:
    """Return the customer with what may be done about its name and domain."""
    return KnownTenant(customer, _submitted(session, customer))


def asked_about(
    session: Session,
    organization_id: int,
    values: Mapping[str, Sequence[str]],
    errors: Mapping[str, str],
) -> KnownTenant | None:
    """Return the known tenant that a form which came back has to ask about, None where it has not."""
    typed = next(iter(values.get("customer_tenant_id", ())), "")
    return known_tenant(session, organization_id, typed) if KNOWN in values or KNOWN in errors else None


def held_by_submission(session: Session, customer: Customer) -> bool:
    """Tell whether any claim for the customer was ever submitted, and keep the others from it meanwhile.

    The claims are locked until the transaction ends, in the order in which settlements lock them.
    """
    return _submitted(session, customer, lock=True)


def _submitted(session: Session, customer: Customer, *, lock: bool = False) -> bool:
    query = select(Claim.first_submitted_at).where(Claim.customer_id == customer.id).order_by(Claim.number)
    moments = session.scalars(query.with_for_update(of=Claim) if lock else query)
    return any(moment is not None for moment in moments)
