"""The audit against everything that can be done to a database by somebody who has no key."""

import json

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.audit.heads import keep_heads
from portal.audit.model import AuditEvent
from portal.claims.desk import Desk
from portal.claims.model import Claim
from portal.clock import FixedClock
from portal.db import db, transaction
from portal.policies.model import StoredDecision
from portal.policies.rechecking import recheck
from portal.work.auditing import keep_audit_heads, verify_audit
from tests.portal.reviews.filing import REVIEWER, Filing


@pytest.fixture
def house(app: Flask, clock: FixedClock) -> tuple[Filing, str, str]:
    filing = Filing(app, clock)
    approved, rejected = filing.approved(), filing.under_review("fabrikam", "intune")
    filing.do("reject", rejected, REVIEWER, reason="insufficient_poe", message="It shows nothing.")
    with filing.context():
        keep_audit_heads(filing.desk)
        whole = verify_audit(filing.desk)
        assert (whole.findings, whole.newer, whole.heads_at) == ((), (), clock.now())
        assert whole.events > 6
    return filing, approved, rejected


def problems(desk: Desk) -> set[str]:
    db.session.rollback()
    return found(desk)


def found(desk: Desk) -> set[str]:
    """Return the subjects of all findings, as the session sees the database: changes need no commit."""
    return {finding.subject for finding in verify_audit(desk).findings}


def cut_off(session: Session, number: str) -> None:
    last = (
        select(AuditEvent.id).where(AuditEvent.subject == f"claim:{number}").order_by(AuditEvent.place.desc())
    )
    session.execute(delete(AuditEvent).where(AuditEvent.id == session.scalar(last.limit(1))))


def cut_off_and_row_with_it(session: Session, number: str) -> None:
    cut_off(session, number)
    left = select(AuditEvent).where(
        AuditEvent.subject == f"claim:{number}", AuditEvent.to_status.is_not(None)
    )
    last = session.scalars(left.order_by(AuditEvent.place.desc()).limit(1)).one()
    values = {"status": last.to_status, "version": last.details["version"]}
    session.execute(update(Claim).where(Claim.number == number).values(**values))


def take_all(session: Session, number: str) -> None:
    session.execute(delete(AuditEvent).where(AuditEvent.subject == f"claim:{number}"))


def take_the_middle(session: Session, number: str) -> None:
    where = (AuditEvent.subject == f"claim:{number}", AuditEvent.place == 2)
    session.execute(delete(AuditEvent).where(*where))


def change(session: Session, number: str) -> None:
    where = (AuditEvent.subject == f"claim:{number}", AuditEvent.place == 2)
    session.execute(update(AuditEvent).where(*where).values(actor_name="Nobody"))


def exchange(session: Session, number: str) -> None:
    where = AuditEvent.subject == f"claim:{number}"
    for old, new in ((2, 99), (3, 2), (99, 3)):
        session.execute(update(AuditEvent).where(where, AuditEvent.place == old).values(place=new))


def put_in(session: Session, number: str) -> None:
    where = AuditEvent.subject == f"claim:{number}"
    last = session.scalars(select(AuditEvent).where(where).order_by(AuditEvent.place.desc()).limit(1)).one()
    columns = {column.name: getattr(last, column.name) for column in AuditEvent.__table__.columns}
    session.add(AuditEvent(**columns | {"id": None, "place": last.place + 1, "previous_hash": last.hash}))


def set_status(session: Session, number: str) -> None:
    session.execute(update(Claim).where(Claim.number == number).values(status="submitted"))


def set_version(session: Session, number: str) -> None:
    session.execute(update(Claim).where(Claim.number == number).values(version=1))


TAMPERING = [
    cut_off, cut_off_and_row_with_it, take_all, take_the_middle, change, exchange, put_in,
    set_status, set_version,
]  # fmt: skip


def test_what_is_done_to_one_claim_is_found_there_and_nowhere_else(house: tuple[Filing, str, str]) -> None:
    filing, approved, _ = house
    desk, path = filing.desk, filing.desk.settings.audit_heads_file
    kept = path.read_bytes()
    for tamper in TAMPERING:
        with filing.context():
            session = db.session()
            tamper(session, approved)
            session.flush()
            assert found(desk) == {f"claim:{approved}"}, tamper.__name__
            # The next turn of the background work does not make it forgotten.
            keep_heads(session, path, desk.secret, desk.clock.now())
            assert found(desk) == {f"claim:{approved}"}, tamper.__name__
            session.rollback()
        path.write_bytes(kept)
    with filing.context():
        assert found(desk) == set(), "what was rolled back is whole again"


def test_what_is_newer_than_the_file_is_named(house: tuple[Filing, str, str]) -> None:
    filing, approved, _ = house
    filing.do("comment", approved, REVIEWER, message="Well done.")
    with filing.context():
        now = verify_audit(filing.desk)
        assert now.findings == ()
        assert now.newer == ((f"claim:{approved}", 1), (f"decision:{approved}", 1))
        keep_audit_heads(filing.desk)
        assert verify_audit(filing.desk).newer == ()


def test_a_file_that_was_changed_is_not_believed(house: tuple[Filing, str, str]) -> None:
    filing, approved, _ = house
    path = filing.desk.settings.audit_heads_file
    kept = json.loads(path.read_text())
    kept["heads"].pop(f"claim:{approved}")
    path.write_text(json.dumps(kept))
    with filing.context():
        assert problems(filing.desk) == {path.name}


def test_a_file_that_was_never_written_is_told(app: Flask, clock: FixedClock) -> None:
    filing = Filing(app, clock)
    with filing.context():
        checked = verify_audit(filing.desk)
    assert checked.findings == ()
    assert "never written" in checked.note


def test_every_decision_comes_out_again_and_a_changed_one_is_told(house: tuple[Filing, str, str]) -> None:
    filing, approved, _ = house
    with filing.context():
        checked = recheck(db.session(), filing.desk.policies)
        assert checked.decided > 6
        assert checked.differences == ()
        with transaction() as session:
            where = (StoredDecision.subject == approved, StoredDecision.question == "approve")
            session.execute(update(StoredDecision).where(*where).values(outcome="refused"))
        (told,) = recheck(db.session(), filing.desk.policies).differences
        assert (told.subject, told.question, told.problem) == (
            approved, "approve", "It was refused, and is now allowed.",
        )  # fmt: skip
        with transaction() as session:
            session.execute(update(StoredDecision).where(*where).values(facts=b"damaged", outcome="allowed"))
        (told,) = recheck(db.session(), filing.desk.policies).differences
        assert "cannot be read" in told.problem
