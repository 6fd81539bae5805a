"""Beginning a claim: a form that is sent twice begins one, and hostile ids begin none."""

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.actor import Actor
from portal.accounts.current import actor_of
from portal.accounts.model import Location, Person
from portal.claims.acting import create
from portal.claims.answers import Answers
from portal.claims.desk import Desk
from portal.claims.refusals import Invalid
from portal.db import db
from tests import factories

INES = "incentives@contoso.example"


def contoso() -> Actor:
    return actor_of(db.session.scalars(select(Person).where(Person.email == INES)).one())


def answers(actor: Actor, **more: str) -> Answers:
    query = select(Location.id).where(Location.organization_id == actor.organization_id)
    location = str(db.session.scalars(query).first())
    return Answers({name: (text,) for name, text in ({"location": location} | more).items()})


@pytest.fixture
def desk(app: Flask) -> Desk:
    desk: Desk = app.extensions["desk"]
    return desk


def test_a_form_sent_twice_begins_one_claim(app: Flask, desk: Desk, house: factories.House) -> None:
    with app.app_context():
        actor = contoso()
        first = create(desk, actor, answers(actor, form="a1"))
        assert create(desk, actor, answers(actor, form="a1")) == first
        assert create(desk, actor, answers(actor, form="a2")).number != first.number


@pytest.mark.parametrize("location", ["9" * 20, "9" * 5000, "-1", "１", "1\x00", "999999999", ""])
def test_a_location_that_is_none_is_told(
    app: Flask, desk: Desk, house: factories.House, location: str
) -> None:
    with app.app_context():
        actor = contoso()
        with pytest.raises(Invalid) as told:
            create(desk, actor, Answers({"location": (location,)}))
        assert told.value.errors == {"location": "Choose one of your organization's locations."}
