"""Beginning a claim: a form that is sent twice begins one, and hostile ids begin none."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.actor import Actor
from portal.accounts.model import Location, Person
from portal.accounts.queries import actor_of
from portal.claims.acting import create
from portal.claims.answers import Answers
from portal.claims.desk import Desk
from portal.claims.refusals import Invalid, Refused
from portal.clock import FixedClock
from portal.db import db
from portal.policies.model import StoredDecision
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
        assert told.value.errors == {"location": "Choose one of your organization’s locations."}


def test_a_refused_beginning_takes_no_number(app: Flask, desk: Desk, house: factories.House) -> None:
    """The refusal is kept, but under no number: the next claim gets the one that was not given."""
    with app.app_context():
        nobody = replace(contoso(), roles=frozenset())
        with pytest.raises(Refused):
            create(desk, nobody, answers(nobody))
        number = create(desk, contoso(), answers(contoso())).number
        refused = select(StoredDecision).where(StoredDecision.outcome == "refused")
        assert db.session.scalars(refused).one().subject != number


def test_the_year_of_a_number_is_that_of_the_programs_day(
    app: Flask, desk: Desk, house: factories.House, clock: FixedClock
) -> None:
    clock.set(datetime(2027, 1, 1, 3, 0, tzinfo=UTC))  # still New Year's Eve in Los Angeles
    with app.app_context():
        assert create(desk, contoso(), answers(contoso())).number.startswith("CL-2026-")
