"""The bigger sample house: the same for a seed, every story in it, and as sound as what people did."""

import random

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from portal.claims.desk import Desk
from portal.claims.model import Claim
from portal.db import db
from portal.notifications.model import OutboxMessage
from portal.policies.rechecking import recheck
from portal.sample.crowd import load_crowd, partners, tellings_of
from portal.sample.demo import SampleRefused
from portal.sample.loading import Telling
from portal.sample.stories import STORIES
from portal.work.auditing import verify_audit

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def tellings(app: Flask, claims: int, organizations: int, seed: int) -> list[Telling]:
    desk: Desk = app.extensions["desk"]
    chance = random.Random(seed)  # stories, not secrets
    with app.app_context():
        desk.open()
        names = partners(organizations)
        return list(tellings_of(desk, claims, names, chance, desk.clock.now()))


@SQLITE
@pytest.mark.parametrize("organizations", [1, 2, 7])
def test_so_many_claims_of_so_many_partners_the_same_for_a_seed(app: Flask, organizations: int) -> None:
    first = tellings(app, 300, organizations, 1)
    assert len(first) == 300
    assert {telling.partner for telling in first} == set(partners(organizations))
    assert first == tellings(app, 300, organizations, 1)
    assert first != tellings(app, 300, organizations, 2)


@SQLITE
def test_a_house_of_some_size_has_every_story_and_no_partner_claims_anything_twice(app: Flask) -> None:
    told = tellings(app, 400, 6, 1)
    assert {telling.story.title for telling in told} == {story.title for story in STORIES}
    units = [
        (telling.partner, telling.customer.tenant_id, product)
        for telling in told
        for product in telling.products
    ]
    assert len(units) == len(set(units))


@pytest.mark.broad
def test_what_was_loaded_is_as_sound_as_what_people_did(app: Flask) -> None:
    desk: Desk = app.extensions["desk"]
    said: list[str] = []
    with app.app_context():
        load_crowd(desk, 16, 3, 1, said.append)
        assert db.session.scalar(select(func.count()).select_from(Claim)) == 16
        assert verify_audit(desk).findings == ()
        checked = recheck(db.session(), desk.policies)
        assert checked.decided
        assert not checked.differences
        unsent = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.state != "sent")
        assert db.session.scalar(unsent) == 0
        assert not list(desk.settings.mail_dir.glob("*"))  # nobody reads a crowd's mails
        if db.engine.dialect.name == "sqlite":
            assert db.session.scalar(text("PRAGMA synchronous")) == 2  # as durable as before: FULL
        with pytest.raises(SampleRefused, match="holds people already"):
            load_crowd(desk, 1, 1, 1, said.append)
    assert said[-1].split()[0].isdigit()
