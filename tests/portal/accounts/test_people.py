"""Adding organizations, locations and people, and every way to be refused."""

import re

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.enrolling import Newcomer, enroll
from portal.accounts.model import Organization, Person
from portal.accounts.passwords import password_fits
from portal.accounts.people import NotAdded, add_location, add_organization, add_person
from portal.accounts.queries import actor_of
from portal.rulebook.models import Role
from tests.conftest import NOW
from tests.factories import PASSWORD

ROLES = {
    "global_admin": Role(label="Global admin", side="partner", means="All.", may=[]),
    "reviewer": Role(label="Reviewer", side="operator", means="Reviews.", may=[]),
}
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def contoso(session: Session) -> Organization:
    return add_organization(session, name="Contoso", side="partner", domain="Contoso.Example", at=NOW)


def add(session: Session, organization: Organization, **given: object) -> Person:
    values: dict[str, object] = {
        "email": "Kim@Contoso.Example ",
        "name": " Kim Berg ",
        "password": PASSWORD,
        "roles": ["global_admin"],
        "known_roles": ROLES,
        "at": NOW,
    }
    return add_person(session, organization, **{**values, **given})  # type: ignore[arg-type]  # one bad at a time


def test_a_person_can_act_with_what_they_were_given(session: Session, contoso: Organization) -> None:
    munich = add_location(session, contoso, code="4711", name="Munich")
    kim = add(session, contoso, locations=[munich])
    session.refresh(kim)
    actor = actor_of(kim)
    assert (actor.kind, actor.side, actor.name, actor.email) == (
        "person", "partner", "Kim Berg", "kim@contoso.example",
    )  # fmt: skip
    assert actor.roles == {"global_admin"}
    assert actor.location_ids == frozenset({munich.id})
    assert actor.organization_id == contoso.id
    assert password_fits(kim.password_hash, PASSWORD)


def test_without_locations_a_person_is_not_restricted(session: Session, contoso: Organization) -> None:
    assert actor_of(add(session, contoso)).location_ids is None


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": "  "}, "Give the person’s name."),
        ({"email": "kim"}, "full e-mail address"),
        ({"email": "kim@contoso"}, "full e-mail address"),
        ({"email": "kim@contoso.example\nBcc: x@y.example"}, "full e-mail address"),
        ({"password": "short"}, "Choose a password of 12 to 256 characters."),
        ({"password": "x" * 257}, "Choose a password of 12 to 256 characters."),
        ({"roles": ["reviewer"]}, "there is no role “reviewer”; choose from global_admin."),
        ({"roles": ["global_admin", "king"]}, "there is no role “king”"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_mend(
    session: Session, contoso: Organization, given: dict[str, object], sentence: str
) -> None:
    with pytest.raises(NotAdded, match=re.escape(sentence)):
        add(session, contoso, **given)
    assert session.scalar(select(func.count()).select_from(Person)) == 0


def test_all_problems_are_told_at_once(session: Session, contoso: Organization) -> None:
    with pytest.raises(NotAdded) as refused:
        add(session, contoso, name="", email="kim", password="x", roles=["reviewer"])
    assert len(refused.value.problems) == 4


def test_an_address_a_location_id_and_a_name_are_taken_once(session: Session, contoso: Organization) -> None:
    add(session, contoso)
    add_location(session, contoso, code="4711", name="Munich")
    with pytest.raises(NotAdded, match=r"There is an account for kim@contoso\.example"):
        add(session, contoso, email="KIM@contoso.example")
    with pytest.raises(NotAdded, match="There is a location with the ID 4711"):
        add_location(session, contoso, code=" 4711", name="Elsewhere")
    with pytest.raises(NotAdded, match="There is an organization called Contoso"):
        add_organization(session, name="Contoso", side="partner", domain="contoso.example", at=NOW)


def test_people_are_restricted_to_their_own_locations_only(session: Session, contoso: Organization) -> None:
    fabrikam = add_organization(session, name="Fabrikam", side="partner", domain="fabrikam.example", at=NOW)
    foreign = add_location(session, fabrikam, code="1", name="Oslo")
    with pytest.raises(NotAdded, match="Restrict people of Contoso to its own locations"):
        add(session, contoso, locations=[foreign])


@pytest.mark.parametrize(
    ("name", "domain"), [(" ", "contoso.example"), ("Contoso", "contoso"), ("C", "a@b.c")]
)
def test_an_organization_needs_a_name_and_a_mail_domain(session: Session, name: str, domain: str) -> None:
    with pytest.raises(NotAdded):
        add_organization(session, name=name, side="partner", domain=domain, at=NOW)


def newcomer(**given: object) -> Newcomer:
    values: dict[str, object] = {
        "email": "kim@contoso.example",
        "name": "Kim Berg",
        "password": PASSWORD,
        "roles": ("global_admin",),
        "organization": "Contoso",
    }
    return Newcomer(**{**values, **given})  # type: ignore[arg-type]  # see values


def test_enrolling_adds_a_new_organization_only_with_its_side(session: Session) -> None:
    with pytest.raises(NotAdded, match="There is no organization called Contoso; name its side"):
        enroll(newcomer(), ROLES, NOW)
    enroll(newcomer(side="partner"), ROLES, NOW)
    enroll(newcomer(email="lee@contoso.example"), ROLES, NOW)
    with pytest.raises(NotAdded, match="Contoso is on the partner side, not on the operator side"):
        enroll(newcomer(email="mo@contoso.example", side="operator"), ROLES, NOW)
    organizations = session.scalars(select(Organization)).all()
    assert [(one.name, one.side, one.domain) for one in organizations] == [
        ("Contoso", "partner", "contoso.example")
    ]
    assert session.scalar(select(func.count()).select_from(Person)) == 2


def test_a_refused_person_leaves_no_organization_behind(session: Session) -> None:
    with pytest.raises(NotAdded):
        enroll(newcomer(side="partner", password="short"), ROLES, NOW)
    assert session.scalars(select(Organization)).all() == []
