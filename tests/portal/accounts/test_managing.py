"""Looking after people: given roles, restricted, let go; never oneself, never the last one."""

import threading
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.access import Access, access_of
from portal.accounts.managing import Kept, NotYours
from portal.accounts.model import AccountLink, Organization, Person, PersonLocation
from portal.audit.model import AuditEvent
from portal.db import db, transaction
from tests import factories
from tests.bare_app import at_once
from tests.portal.accounts.people_pages import (
    ADMIN,
    BILLING,
    GLORIA,
    INES,
    NEW,
    WRONG,
    Known,
    actions,
    invite,
    keeper,
    page_of,
    person,
    signed_in,
)


@pytest.mark.parametrize(
    "given",
    [{"roles": ["reviewer"]}, {"roles": []}, {"roles": ["incentives_admin"], "locations": "fabrikam"}],
)
def test_nobody_is_given_what_is_not_the_organizations_to_give(
    app: Flask, known: Known, given: dict[str, str | list[str]]
) -> None:
    gloria = signed_in(app, GLORIA)
    gloria.visit("/people")
    values = dict(given)
    if "locations" in values:
        values["locations"] = str(known.other_place)
    gloria.post("/people", name="Kim", email=NEW, status=422, **values)
    with app.app_context():
        assert db.session.scalar(select(Person).where(Person.email == NEW)) is None
        assert db.session.scalar(select(AccountLink)) is None


@pytest.mark.parametrize("locations", ["x", "-3", "00000000000001", "99999999999999999999"])
def test_what_is_no_location_does_not_become_all_of_them(app: Flask, known: Known, locations: str) -> None:
    gloria = signed_in(app, GLORIA)
    page = page_of(gloria, known, INES)
    values = {"roles": ["incentives_admin"], "seen": Access(("incentives_admin",), ()).seen}
    refused = gloria.post(f"{page.path}/access", locations=locations, status=422, **values)
    assert "Choose from the locations that are listed." in refused.region("error-summary")


def test_whoever_is_restricted_to_locations_gives_out_no_others(app: Flask, known: Known) -> None:
    with app.app_context(), transaction() as session:
        session.add(PersonLocation(person_id=known.ids[GLORIA], location_id=known.place))
    gloria = signed_in(app, GLORIA)
    assert "Choose among your own locations" in invite(gloria, 422).region("error-summary")
    invite(gloria, locations=[str(known.place)])
    page_of(gloria, known, INES)  # who works with all locations
    refused = gloria.fill_and_submit("Deactivate account", status=409)
    assert "works with locations that you do not" in refused.text
    assert person(app, INES).active


def test_nobody_is_both_reviewer_and_policy_owner(app: Flask, known: Known) -> None:
    admin = signed_in(app, ADMIN)
    page_of(admin, known, "reviewer@operator.example")
    page = admin.fill_and_submit("Save roles and locations", status=422, roles=["reviewer", "policy_owner"])
    assert "Nobody is Policy owner and Reviewer at once" in page.region("error-summary")


def test_roles_and_locations_are_in_force_at_the_next_request(app: Flask, known: Known) -> None:
    gloria, billing = signed_in(app, GLORIA), signed_in(app, BILLING)
    billing.visit("/people", status=403)
    place = known.place
    page_of(gloria, known, BILLING)
    page = gloria.fill_and_submit(
        "Save roles and locations", roles=["billing_admin", "global_admin"], locations=[str(place)]
    )
    assert "They are in force" in page.region("flashes")
    billing.visit("/people")
    with app.app_context(), transaction() as session:
        assert access_of(session.get_one(Person, known.ids[BILLING])) == Access(
            ("billing_admin", "global_admin"), (place,)
        )
    page_of(gloria, known, BILLING)
    gloria.fill_and_submit("Save roles and locations", roles=["billing_admin"], locations=[])
    billing.visit("/people", status=403)
    with app.app_context():
        event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert event is not None
        assert event.details["before"] == {"roles": ["billing_admin", "global_admin"], "locations": [place]}
        assert event.details["after"] == {"roles": ["billing_admin"], "locations": []}


def test_somebody_let_go_is_a_stranger_at_the_next_request(app: Flask, known: Known) -> None:
    gloria, ines = signed_in(app, GLORIA), signed_in(app, INES)
    page_of(gloria, known, INES)
    gloria.fill_and_submit("Deactivate account")
    assert ines.visit("/claims").path.startswith("/sign-in")
    assert WRONG in ines.post("/sign-in", email=INES, password=factories.PASSWORD, status=422).text
    gloria.fill_and_submit("Activate account")
    assert ines.visit("/claims").path.startswith("/sign-in")  # the sessions of before stay ended
    signed_in(app, INES)
    assert actions(app) == ["person_deactivated", "person_activated"]


@pytest.mark.parametrize("noun", ["access", "deactivation"])
def test_nobody_changes_their_own_account(app: Flask, known: Known, noun: str) -> None:
    with app.app_context(), transaction() as session:
        owner = session.get_one(Organization, known.contoso)
        factories.person(session, owner, "global_admin")  # so that Gloria is not the last one either
    gloria = signed_in(app, GLORIA)
    page = page_of(gloria, known, GLORIA)
    assert page.buttons() == [one for one in page.buttons() if "Save" not in one and "Deactivate" not in one]
    seen = Access(("global_admin",), ()).seen
    page = gloria.post(f"{page.path}/{noun}", roles=["billing_admin"], seen=seen, status=409)
    assert "Somebody else who looks after people has to change it." in page.text
    signed_in(app, GLORIA).visit("/people")


@pytest.mark.parametrize("noun", ["access", "deactivation"])
def test_the_last_one_who_looks_after_people_stays(app: Flask, known: Known, noun: str) -> None:
    admin = signed_in(app, ADMIN)
    page = page_of(admin, known, GLORIA)
    seen = Access(("global_admin",), ()).seen
    page = admin.post(f"{page.path}/{noun}", roles=["billing_admin"], seen=seen, status=409)
    assert (
        "is the last Global admin of Contoso. Give somebody else that role for all locations first."
        in page.text
    )
    # Somebody who looks after the people of one location is nobody for all the others.
    page_of(admin, known, BILLING)
    admin.fill_and_submit("Save roles and locations", roles=["global_admin"], locations=[str(known.place)])
    page_of(admin, known, GLORIA)
    address, places = f"/people/{known.ids[GLORIA]}/{noun}", [str(known.place)]
    admin.post(address, roles=["global_admin"], locations=places, seen=seen, status=409)
    page_of(admin, known, BILLING)
    admin.fill_and_submit("Save roles and locations", roles=["global_admin"], locations=[])
    page_of(admin, known, GLORIA)
    admin.post(address, roles=["global_admin"], locations=places, seen=seen)


def test_a_change_that_was_not_seen_is_not_overwritten(app: Flask, known: Known) -> None:
    gloria, admin = signed_in(app, GLORIA), signed_in(app, ADMIN)
    page_of(gloria, known, INES)
    page_of(admin, known, INES)
    admin.fill_and_submit("Save roles and locations", roles=["billing_admin"])
    page = gloria.fill_and_submit("Save roles and locations", status=409, roles=["global_admin"])
    assert "Somebody changed this while you looked at it." in page.text
    assert "is Billing admin now, for all locations." in page.text
    assert page.select("input[value=global_admin]")[0].get("checked") is not None
    with app.app_context():
        assert access_of(db.session.get_one(Person, known.ids[INES])).roles == ("billing_admin",)


def test_other_organizations_people_are_not_there(app: Flask, known: Known) -> None:
    gloria = signed_in(app, GLORIA)
    other = known.ids["incentives@fabrikam.example"]
    gloria.visit(f"/people/{other}", status=404)
    gloria.visit(f"/people?organization={known.fabrikam}", status=404)
    gloria.visit("/people?organization=x", status=404)
    gloria.visit("/people")
    gloria.post(
        "/people", organization=str(known.fabrikam), name="K", email=NEW, roles="global_admin", status=404
    )
    gloria.post(f"/people/{other}/deactivation", status=404)
    assert person(app, "incentives@fabrikam.example").active


def test_two_who_take_each_others_role_do_not_both_succeed(app: Flask, known: Known) -> None:
    with app.app_context(), transaction() as session:
        owner = session.get_one(Organization, known.contoso)
        gustav = factories.person(session, owner, "global_admin", account="gustav")
        known.ids[gustav.email], known.actors[gustav.email] = gustav.id, factories.actor(gustav)
        pair = GLORIA, gustav.email
    together, outcomes = threading.Barrier(2), []

    def take(by: str, of: str) -> None:
        with app.app_context():
            one = keeper(app, known, by)
            together.wait(60)
            try:
                wanted, seen = Access(("billing_admin",), ()), Access(("global_admin",), ()).seen
                one.change_access(known.ids[of], wanted, seen)
            except (Kept, NotYours) as refused:
                outcomes.append(type(refused).__name__)
            else:
                outcomes.append("done")

    at_once([partial(take, *pair), partial(take, *reversed(pair))])
    assert sorted(outcomes) == ["NotYours", "done"]
