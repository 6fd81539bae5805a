"""Adds a customer to those an organization knows: checked, written in one form, and never twice."""

import re
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.accounts.model import Organization
from portal.customers.model import Customer
from portal.customers.queries import customer_in_tenant
from portal.languages.sentences import lazy_gettext

NAME_CHARACTERS_AT_MOST = 200
_DOMAIN_CHARACTERS_AT_MOST = 253  # RFC 1035
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_ENDING = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}")
_TENANT = re.compile(r"(\{)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?(1)\})", re.IGNORECASE)

NAME_MISTAKE = lazy_gettext(
    "Enter the customer’s name, in at most 200 characters, as it stands on the proof of execution."
)
DOMAIN_MISTAKE = lazy_gettext(
    "Enter the customer’s domain, such as customer.example, without https:// and without a path."
)
# The customer's contact is asked at an address of this domain, which must not be the partner's.
OWN_DOMAIN = lazy_gettext("This is your own organization’s domain. Enter the customer’s.")
TENANT_MISTAKE = lazy_gettext(
    "Enter the tenant ID as 32 digits and letters in five groups, such as "
    "3f0e3a9c-6a53-4f3f-8c59-2d4a4f7c1b11."
)


class InvalidCustomer(Exception):
    """What was typed is no customer; `errors` maps a form field to a sentence that says what to do."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)


class KnownCustomer(Exception):
    """The tenant is one of `customer`, whom the organization knows under another name or domain."""

    def __init__(self, customer: Customer) -> None:
        # stays English: pages say it in sentences of their own
        super().__init__(f"tenant {customer.tenant_id} is known as {customer.name} ({customer.domain})")
        self.customer = customer


def add_customer(
    session: Session, organization_id: int, *, name: str, domain: str, tenant_id: str, at: datetime
) -> Customer:
    """Return the organization's customer in the tenant, added at `at` (aware) where there was none.

    Raises InvalidCustomer that names every mistake, and KnownCustomer where the tenant is known under
    another name or domain: which of the two is right, only who typed it can tell.
    """
    customer = _written(session, organization_id, name, domain, tenant_id)
    customer.created_at = at
    if (known := customer_in_tenant(session, organization_id, customer.tenant_id)) is None:
        try:
            # The savepoint keeps the caller's work when another transaction added the same tenant first.
            with session.begin_nested():
                session.add(customer)
        except IntegrityError:
            known = customer_in_tenant(session, organization_id, customer.tenant_id)
            if known is None:
                raise
    if known is None:
        return customer
    if (known.name, known.domain) != (customer.name, customer.domain):
        raise KnownCustomer(known)
    return known


def correct_customer(session: Session, customer: Customer, *, name: str, domain: str) -> None:
    """Write another name and domain for a known customer. Raises InvalidCustomer.

    Whoever calls has made sure that the old ones stand on no claim that was submitted.
    """
    written = _written(session, customer.organization_id, name, domain, customer.tenant_id)
    customer.name, customer.domain = written.name, written.domain
    session.flush()


def _written(session: Session, organization_id: int, name: str, domain: str, tenant_id: str) -> Customer:
    """Return a customer that is not added yet, written in one form. Raises InvalidCustomer."""
    written_name = " ".join(name.split())
    written_domain, written_tenant = domain_of(domain), tenant_id_of(tenant_id)
    errors = {}
    if not written_name or len(written_name) > NAME_CHARACTERS_AT_MOST or not written_name.isprintable():
        errors["customer_name"] = str(NAME_MISTAKE)
    if written_domain is None:
        errors["customer_domain"] = str(DOMAIN_MISTAKE)
    elif _is_own(session, organization_id, written_domain):
        errors["customer_domain"] = str(OWN_DOMAIN)
    if written_tenant is None:
        errors["customer_tenant_id"] = str(TENANT_MISTAKE)
    if errors or written_domain is None or written_tenant is None:
        raise InvalidCustomer(errors)
    return Customer(
        organization_id=organization_id, name=written_name, domain=written_domain, tenant_id=written_tenant
    )


def _is_own(session: Session, organization_id: int, domain: str) -> bool:
    """Tell whether `domain` is the organization's own or below it."""
    own = session.get_one(Organization, organization_id).domain
    own = domain_of(own) or own
    return domain == own or domain.endswith(f".{own}")


def tenant_id_of(typed: str) -> str | None:
    """Return a tenant ID in lower case with hyphens, None where `typed` is none.

    Braces around it and upper case are taken. The ID of zeros stands for no tenant and is refused.
    """
    found = _TENANT.fullmatch(typed.strip())
    if found is None:
        return None
    tenant = UUID(found[2])
    return str(tenant) if tenant.int else None


def domain_of(typed: str) -> str | None:
    """Return a domain in lower case and ASCII ("bücher.example" as "xn--…"), None where it is none.

    An @ or `www.` before it and a dot behind it are taken off, for mails go to what is left; an address
    of a page is not a domain.
    """
    text = typed.strip().casefold().removeprefix("@").removesuffix(".")
    if "." in (behind := text.removeprefix("www.")):
        text = behind
    try:
        domain = text.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    *labels, ending = domain.split(".")
    if not labels or len(domain) > _DOMAIN_CHARACTERS_AT_MOST:
        return None
    return domain if all(_LABEL.fullmatch(label) for label in labels) and _ENDING.fullmatch(ending) else None
