"""Adding a customer: what is taken, in which form it is written, and that nobody is added twice."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from portal.accounts.queries import actor_of
from portal.claims.own_customers import known_customers, own_customer
from portal.customers.adding import (
    OWN_DOMAIN,
    InvalidCustomer,
    KnownCustomer,
    add_customer,
    correct_customer,
    domain_of,
    tenant_id_of,
)
from portal.customers.model import Customer
from portal.db import tune_sqlite
from tests import factories

TENANT = "3f0e3a9c-6a53-4f3f-8c59-2d4a4f7c1b11"
AT = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


@pytest.fixture
def own_session(database_url: str) -> Iterator[Session]:
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://", 1))
    if engine.dialect.name == "sqlite":
        tune_sqlite(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.mark.parametrize(
    "typed",
    [TENANT, TENANT.upper(), f"{{{TENANT}}}", f"  {{{TENANT.upper()}}} "],
    ids=["", "upper", "braces", "all"],
)
def test_a_tenant_id_is_written_in_one_form(typed: str) -> None:
    assert tenant_id_of(typed) == TENANT


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "adatum",
        TENANT[:-1],
        f"{TENANT}0",
        f"{{{TENANT}",
        f"{TENANT}}}",
        TENANT.replace("-", ""),
        TENANT.replace("3", "g", 1),
        TENANT.replace("3", "٣", 1),
        "00000000-0000-0000-0000-000000000000",
        f"urn:uuid:{TENANT}",
    ],
)
def test_what_is_no_tenant_id_is_refused(typed: str) -> None:
    assert tenant_id_of(typed) is None


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("Customer.Example", "customer.example"),
        ("@customer.example", "customer.example"),
        ("www.customer.example", "customer.example"),
        ("www.example", "www.example"),
        ("customer.example.", "customer.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("sub.customer.example", "sub.customer.example"),
    ],
)
def test_a_domain_is_written_in_one_form(typed: str, written: str) -> None:
    assert domain_of(typed) == written


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "customer",
        "https://customer.example",
        "customer.example/path",
        "me@customer.example",
        "cust omer.example",
        "-customer.example",
        "customer-.example",
        "customer..example",
        "customer.123",
        f"{'a' * 64}.example",
        f"{'a.' * 130}example",
        "customer.example\nx",
    ],
)
def test_what_is_no_domain_is_refused(typed: str) -> None:
    assert domain_of(typed) is None


def test_every_mistake_is_told_at_its_field(own_session: Session) -> None:
    owner = factories.organization(own_session, "Contoso")
    with pytest.raises(InvalidCustomer) as refused:
        add_customer(own_session, owner.id, name=" \t", domain="nowhere", tenant_id="none", at=AT)
    assert set(refused.value.errors) == {"customer_name", "customer_domain", "customer_tenant_id"}
    for name in ("x" * 201, "a\x00b", "a\u202eb"):
        with pytest.raises(InvalidCustomer) as refused:
            add_customer(own_session, owner.id, name=name, domain="a.example", tenant_id=TENANT, at=AT)
        assert set(refused.value.errors) == {"customer_name"}


def test_a_known_tenant_is_the_row_the_organization_has(own_session: Session) -> None:
    owner = factories.organization(own_session, "Contoso")
    first = add_customer(
        own_session, owner.id, name="  Adatum  Ltd ", domain="adatum.example", tenant_id=TENANT, at=AT
    )
    again = add_customer(
        own_session, owner.id, name="Adatum Ltd", domain="Adatum.Example", tenant_id=TENANT.upper(), at=AT
    )
    assert again.id == first.id
    assert (again.name, again.domain) == ("Adatum Ltd", "adatum.example")
    assert own_session.scalar(select(func.count()).select_from(Customer)) == 1


@pytest.mark.parametrize(("name", "domain"), [("Other", "adatum.example"), ("Adatum", "adatun.example")])
def test_a_known_tenant_under_another_name_or_domain_is_neither_taken_nor_written_over(
    own_session: Session, name: str, domain: str
) -> None:
    owner = factories.organization(own_session, "Contoso")
    first = factories.customer(own_session, owner, tenant_id=TENANT)
    with pytest.raises(KnownCustomer) as known:
        add_customer(own_session, owner.id, name=name, domain=domain, tenant_id=TENANT, at=AT)
    assert known.value.customer is first
    assert (first.name, first.domain) == ("Adatum", "adatum.example")


def test_a_known_customer_is_corrected_in_the_one_form(own_session: Session) -> None:
    owner = factories.organization(own_session, "Contoso")
    first = factories.customer(own_session, owner, tenant_id=TENANT)
    correct_customer(own_session, first, name=" Adatum  Ltd", domain="Adatum.Test")
    assert (first.name, first.domain, first.tenant_id) == ("Adatum Ltd", "adatum.test", TENANT)
    with pytest.raises(InvalidCustomer) as refused:
        correct_customer(own_session, first, name="Adatum", domain="contoso.example")
    assert refused.value.errors == {"customer_domain": OWN_DOMAIN}
    assert first.domain == "adatum.test"


@pytest.mark.parametrize("domain", ["contoso.example", "Contoso.Example.", "mail.contoso.example"])
def test_the_partners_own_domain_is_no_customers(own_session: Session, domain: str) -> None:
    owner = factories.organization(own_session, "Contoso")
    with pytest.raises(InvalidCustomer) as refused:
        add_customer(own_session, owner.id, name="Adatum", domain=domain, tenant_id=TENANT, at=AT)
    assert refused.value.errors == {"customer_domain": OWN_DOMAIN}
    add_customer(own_session, owner.id, name="A", domain="notcontoso.example", tenant_id=TENANT, at=AT)


def test_an_own_domain_of_other_letters_is_recognized(own_session: Session) -> None:
    owner = factories.organization(own_session, "Contoso")
    owner.domain = "bücher.example"
    own_session.flush()
    with pytest.raises(InvalidCustomer) as refused:
        add_customer(own_session, owner.id, name="A", domain="xn--bcher-kva.example", tenant_id=TENANT, at=AT)
    assert refused.value.errors == {"customer_domain": OWN_DOMAIN}


def test_two_organizations_know_a_tenant_by_rows_of_their_own(own_session: Session) -> None:
    contoso = factories.organization(own_session, "Contoso")
    fabrikam = factories.organization(own_session, "Fabrikam")
    ours = add_customer(
        own_session, contoso.id, name="Adatum", domain="adatum.example", tenant_id=TENANT, at=AT
    )
    theirs = add_customer(
        own_session, fabrikam.id, name="Adatum", domain="adatum.example", tenant_id=TENANT, at=AT
    )
    assert ours.id != theirs.id
    own_session.flush()
    ines = actor_of(factories.person(own_session, contoso, "incentives_admin"))
    assert known_customers(own_session, ines) == [ours]
    assert own_customer(own_session, ines, str(ours.id)) is ours
    for typed in (str(theirs.id), "", "x", "-1", "9" * 5000, "٣"):
        assert own_customer(own_session, ines, typed) is None
