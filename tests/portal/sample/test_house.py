"""Customers of the sample house are called as people and companies are, and no name is cut off."""

import pytest

from portal.claims.effects.fields import EMAIL
from portal.sample.house import CONTESTED, CUSTOMER_NAMES, FAMILY_NAMES, FIRST_NAMES, customer

NAMES = (*CUSTOMER_NAMES, *CONTESTED)


@pytest.mark.parametrize("name", NAMES)
def test_a_contact_has_a_whole_name_and_an_address_at_the_customer(name: str) -> None:
    found = customer(name)
    first, family = found.contact.split()
    assert first in FIRST_NAMES
    assert family in FAMILY_NAMES
    assert EMAIL.fullmatch(found.contact_email)
    assert found.contact_email == f"{first.lower()}.{family.lower()}@{found.domain}"
    assert found == customer(name), "the same in every sample house"


def test_different_customers_have_different_contacts_mostly() -> None:
    assert len({customer(name).contact for name in NAMES}) > len(NAMES) / 2


def test_a_domain_keeps_every_letter_of_the_name() -> None:
    assert customer("Zürich Uhren").domain == "zurichuhren.example"
