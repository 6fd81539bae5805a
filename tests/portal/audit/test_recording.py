from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, event, text, update
from sqlalchemy.orm import Session

from portal.audit.model import AuditEvent
from portal.audit.recording import TRIES, Finding, record, verify
from portal.db import transaction
from tests.bare_app import at_once, bare_app

KEY = b"a key of the installation"
AT = datetime(2026, 11, 23, 17, 0, 0, 123456, tzinfo=UTC)
CLAIM, OTHER = "claim:CL-2026-000001", "claim:CL-2026-000002"


def add(session: Session, subject: str = CLAIM, action: str = "submit", **more: Any) -> AuditEvent:
    given: dict[str, Any] = {"key": KEY, "at": AT, "actor": ("person", "partner", "Gina Ørsted", 7)}
    return record(session, subject=subject, action=action, **given | more)


@pytest.fixture
def chains(app: Flask) -> Iterator[None]:
    """Two chains: four events and one."""
    with app.app_context():
        with transaction() as session:
            add(session, action="create", to_status="draft")
            add(session, from_status="draft", to_status="submitted", decision_id=3, policy_version="abc")
            add(session, OTHER)
            add(session, action="comment", details={"version": 3, "names": ["Zoë", "名"], "none": None})
            add(
                session, action="sweep", actor=("system", "system", "Portal", None), at=AT + timedelta(days=1)
            )
        yield


def findings() -> list[Finding]:
    with transaction() as session:
        return verify(session, KEY)


def test_events_are_counted_within_their_subject_and_chained(chains: None) -> None:
    with transaction() as session:
        events = session.query(AuditEvent).order_by(AuditEvent.subject, AuditEvent.place).all()
        told = [(row.subject, row.place) for row in events]
        links = [(before.hash, after.previous_hash) for before, after in pairwise(events[:4])]

    assert told == [(CLAIM, 1), (CLAIM, 2), (CLAIM, 3), (CLAIM, 4), (OTHER, 1)]
    assert all(before == after for before, after in links)
    assert (events[0].previous_hash, events[4].previous_hash) == ("", "")
    assert len({row.hash for row in events}) == 5


def test_what_was_written_is_found_whole(chains: None) -> None:
    assert findings() == []


def test_another_key_verifies_nothing(chains: None) -> None:
    with transaction() as session:
        assert len(verify(session, b"another key")) == 5


@pytest.mark.parametrize(
    "change",
    [
        {"at": AT + timedelta(microseconds=1)},
        {"actor_kind": "system"},
        {"actor_side": "operator"},
        {"actor_name": "Gina Orsted"},
        {"actor_id": 8},
        {"action": "approve"},
        {"from_status": None},
        {"to_status": "approved"},
        {"decision_id": 4},
        {"policy_version": None},
        {"details": {"added": True}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_event_is_found(chains: None, change: dict[str, Any]) -> None:
    with transaction() as session:
        session.execute(update(AuditEvent).where(AuditEvent.place == 2).values(**change))

    assert findings() == [Finding(CLAIM, 2, "The event is not as it was written.")]


def test_a_missing_event_is_found(chains: None) -> None:
    with transaction() as session:
        session.execute(delete(AuditEvent).where(AuditEvent.place.in_([2, 3])))

    assert findings() == [Finding(CLAIM, 4, "Before this event, place 2 to 3 is missing.")]


def test_an_event_moved_to_another_subject_is_found(chains: None) -> None:
    with transaction() as session:
        session.execute(update(AuditEvent).where(AuditEvent.place == 4).values(subject=OTHER, place=2))

    assert {(finding.subject, finding.place) for finding in findings()} == {(OTHER, 2)}


def test_a_forged_chain_is_found_without_the_key(chains: None) -> None:
    with transaction() as session:
        session.execute(delete(AuditEvent).where(AuditEvent.subject == OTHER))
        add(session, OTHER, key=b"the key of somebody else")

    assert findings() == [Finding(OTHER, 1, "The event is not as it was written.")]


def test_exchanged_events_are_found(chains: None) -> None:
    with transaction() as session:
        for old, new in ((2, 20), (3, 2), (20, 3)):
            session.execute(
                update(AuditEvent)
                .where(AuditEvent.subject == CLAIM, AuditEvent.place == old)
                .values(place=new)
            )

    assert {finding.place for finding in findings()} == {2, 3, 4}


def test_an_action_that_fails_leaves_no_event(app: Flask) -> None:
    def fail_after_recording() -> None:
        with transaction() as session:
            add(session)
            raise ZeroDivisionError

    with app.app_context():
        with pytest.raises(ZeroDivisionError):
            fail_after_recording()
        with transaction() as session:
            assert session.query(AuditEvent).count() == 0


@pytest.mark.parametrize("details", [{"at": AT}, {"share": float("nan")}, {"codes": {"a", "b"}}])
def test_details_that_are_no_json_are_refused(app: Flask, details: dict[str, Any]) -> None:
    with app.app_context(), transaction() as session, pytest.raises((TypeError, ValueError)):
        add(session, details=details)


def test_several_writers_of_one_subject_all_get_a_place(app: Flask, database_url: str) -> None:
    writers, each = 6, 3
    assert (writers - 1) * each < TRIES, "or one who is overtaken by all that the others write is turned away"

    def write() -> None:
        with bare_app(database_url) as own, own.app_context():
            for _ in range(each):
                with transaction() as session:
                    session.execute(text("SELECT 1"))
                    add(session, "policy")

    at_once([write] * writers)

    with app.app_context(), transaction() as session:
        places = [place for (place,) in session.query(AuditEvent.place).order_by(AuditEvent.place)]
        assert places == list(range(1, writers * each + 1))
        assert verify(session, KEY) == []


@pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
def test_the_callers_work_stays_when_a_place_was_taken(app: Flask, database_url: str) -> None:
    """SQLite lets one writer in at a time; on PostgreSQL a rival may take the place after it was read."""

    def rival_takes_the_place(*_: Any) -> None:
        with bare_app(database_url) as own, own.app_context(), transaction() as other:
            add(other, "policy")

    with app.app_context():
        with transaction() as session:
            add(session, OTHER)
            event.listen(session.get_bind(), "savepoint", rival_takes_the_place, once=True)
            assert add(session, "policy").place == 2
        with transaction() as session:
            assert session.query(AuditEvent).count() == 3
            assert verify(session, KEY) == []
