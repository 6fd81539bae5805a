"""Marks: what was not there when the page was shown is new when it comes, and nothing else below the mark."""

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.audit.model import AuditEvent
from portal.notices import marks
from portal.notices.marks import Mark, mark_now, read, written
from tests.conftest import NOW


def add(session: Session, *ids: int) -> None:
    for number in ids:
        session.add(
            AuditEvent(
                id=number,
                subject=f"claim:{number}",
                place=1,
                at=NOW,
                actor_kind="system",
                actor_side="system",
                actor_name="Portal",
                action="told",
                details={},
                previous_hash="",
                hash="",
            )
        )
    session.flush()


def unread(session: Session, mark: Mark) -> list[int]:
    return list(session.scalars(select(AuditEvent.id).where(mark.is_unread()).order_by(AuditEvent.id)))


@pytest.fixture
def events(session: Session) -> Session:
    session.execute(delete(AuditEvent))
    add(session, 3, 4, 7, 8, 10)
    return session


def test_what_comes_late_is_new_and_what_was_there_is_not(events: Session) -> None:
    mark = mark_now(events)
    assert mark == Mark(10, ((5, 6), (9, 9)))
    assert unread(events, mark) == []
    add(events, 5, 9, 11)
    assert unread(events, mark) == [5, 9, 11]
    assert mark_now(events) == Mark(11, ((6, 6),))
    assert unread(events, mark_now(events)) == []


def test_nobody_has_read_anything_of_an_empty_audit(session: Session) -> None:
    session.execute(delete(AuditEvent))
    assert mark_now(session) == Mark(0)


def test_ids_that_are_missing_for_long_are_not_waited_for(
    events: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marks, "LOOKED_BACK", 2)
    assert mark_now(events) == Mark(10, ((9, 9),))
    monkeypatch.setattr(marks, "LOOKED_BACK", 100)
    monkeypatch.setattr(marks, "RANGES_AT_MOST", 1)
    assert mark_now(events) == Mark(10, ((9, 9),)), "the newest"


def test_a_form_carries_a_mark_as_it_is() -> None:
    for mark in (Mark(0), Mark(10, ((5, 6), (9, 9)))):
        assert read(written(mark)) == mark
    longest = Mark(999_999_999, tuple((999_999_998, 999_999_998) for _ in range(marks.RANGES_AT_MOST)))
    assert read(written(longest)) == longest
