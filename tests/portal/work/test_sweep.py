"""The sweep: once each, whatever else goes wrong."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.claims.desk import Desk
from portal.claims.model import Claim
from portal.clock import FixedClock
from portal.db import db, transaction
from portal.policies.versions import NoPolicy
from portal.work.sweep import due, in_words, sweep
from tests.portal.reviews.filing import Filing


def asked(filing: Filing, partner: str, product: str) -> str:
    number = filing.under_review(partner, product)
    filing.do(
        "request_information",
        number,
        "reviewer@operator.example",
        reason="missing_products",
        message="Which?",
    )
    return number


def status_of(number: str) -> str:
    db.session.rollback()
    return db.session.scalars(select(Claim.status).where(Claim.number == number)).one()


def test_an_end_that_cannot_be_applied_keeps_no_other_from_its_turn(app: Flask, clock: FixedClock) -> None:
    filing = Filing(app, clock)
    broken, sound = asked(filing, "contoso", "teams"), asked(filing, "contoso", "intune")
    desk: Desk = app.extensions["desk"]
    with app.app_context():
        with transaction() as session:
            session.execute(update(Claim).where(Claim.number == broken).values(policy_version="lost"))
        filing.wait(40)
        with pytest.raises(NoPolicy):
            sweep(desk)
        assert status_of(sound) == "rejected"
        assert status_of(broken) == "partner_action_required"


def test_what_is_due_can_be_told_without_applying_it(app: Flask, clock: FixedClock) -> None:
    filing = Filing(app, clock)
    number = asked(filing, "contoso", "teams")
    desk: Desk = app.extensions["desk"]
    later = clock.now() + timedelta(days=40)
    label = "Answer to the request for information"
    with app.app_context():
        assert due(desk).applied == ()
        told = due(desk, later)
        assert told.applied == ((number, "partner_response"),)
        assert in_words(desk, told) == [(number, label, "Partner action required")]
        assert status_of(number) == "partner_action_required"
        assert in_words(desk, sweep(desk, later))[0] == (number, label, "Rejected")
