"""Every column of the audit and of the decisions changed, and rows taken out, put in and exchanged."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import ColumnElement, delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from portal.audit.model import AuditEvent
from portal.claims.model import Claim
from portal.claims.refusals import Refused
from portal.clock import FixedClock
from portal.db import db, transaction
from portal.policies.model import PolicyVersion, StoredDecision
from portal.policies.rechecking import recheck
from portal.work.auditing import keep_audit_heads, verify_audit
from tests.portal.reviews.filing import REVIEWER, Filing

Row = type[AuditEvent] | type[StoredDecision]


@pytest.fixture
def filing(app: Flask, clock: FixedClock) -> Filing:
    """A claim that was approved, one action that was refused, and the heads kept of both."""
    made = Filing(app, clock)
    number = made.approved()
    with pytest.raises(Refused):
        made.do("settle", number, REVIEWER)
    with made.context():
        keep_audit_heads(made.desk)
        assert problems(made) == []
    return made


def problems(filing: Filing) -> list[str]:
    """Return what `audit verify` and `decisions recheck` find; changes that are not committed are seen."""
    session = db.session()
    session.flush()
    session.expire_all()
    told = [one.problem for one in verify_audit(filing.desk).findings]
    return told + [one.problem for one in recheck(session, filing.desk.policies).differences]


def another(value: Any) -> Any:
    """Return a value of the same kind that differs as little as it can."""
    match value:
        case None:
            return 7
        case str():
            return f"{value}x"
        case int():
            return value + 1000
        case datetime():
            return value + timedelta(microseconds=1)
        case bytes():
            return value[:-1] + bytes([value[-1] ^ 1])
        case dict():
            return {**value, "more": 1}
        case list():
            return [*value, ["more", None]]
    raise AssertionError(f"{value!r} is of a kind that nobody thought of.")


def rows_of(session: Session, row: Row) -> list[Any]:
    return list(session.scalars(select(row).order_by(row.id)))


@pytest.mark.parametrize("row", [AuditEvent, StoredDecision])
def test_a_change_of_any_column_of_any_row_is_found(filing: Filing, row: Row) -> None:
    columns = [column.key for column in row.__mapper__.column_attrs]
    missed = []
    with filing.context():
        session = db.session()
        kept = [{name: getattr(one, name) for name in columns} for one in rows_of(session, row)]
        # The number of a chain's last event orders nothing and is named nowhere: its change says nothing.
        last = {one["subject"]: one["id"] for one in kept} if row is AuditEvent else {}
        for number, values in ((one["id"], one) for one in kept[::3]):
            for name in columns:
                if name == "id" and number in last.values():
                    continue
                changed = "7" if values[name] is None and name in TEXTS else another(values[name])
                session.execute(update(row).where(row.id == number).values({name: changed}))
                if not problems(filing):
                    missed.append((number, values["subject"], name))
                session.rollback()
    assert missed == []


TEXTS = ("from_status", "to_status", "policy_version")


def take_out(row: Row, which: int) -> Callable[[Session], None]:
    def tamper(session: Session) -> None:
        session.execute(delete(row).where(row.id == rows_of(session, row)[which].id))

    return tamper


def put_in(row: Row, which: int) -> Callable[[Session], None]:
    def tamper(session: Session) -> None:
        one = rows_of(session, row)[which]
        values = {attribute.key: getattr(one, attribute.key) for attribute in row.__mapper__.column_attrs}
        del values["id"]
        if row is AuditEvent:
            values["place"] += 1000
        session.execute(insert(row).values(values))

    return tamper


def exchange(row: Row) -> Callable[[Session], None]:
    def tamper(session: Session) -> None:
        rows = rows_of(session, row)
        subject = Counter(one.subject for one in rows).most_common(1)[0][0]
        first, second = [one.id for one in rows if one.subject == subject][:2]
        for old, new in ((first, -1), (second, first), (-1, second)):
            where: ColumnElement[bool] = row.id == old
            session.execute(update(row).where(where).values(id=new))

    return tamper


def cut_off_to_the_beginning(session: Session) -> None:
    """Both tables emptied, as if nobody had ever done anything."""
    session.execute(delete(AuditEvent))
    session.execute(delete(StoredDecision))


@pytest.mark.parametrize("row", [AuditEvent, StoredDecision])
def test_rows_taken_out_put_in_and_exchanged_are_found(filing: Filing, row: Row) -> None:
    ways = {f"take out {which}": take_out(row, which) for which in (0, 1, -2, -1)}
    ways |= {f"put in {which}": put_in(row, which) for which in (0, -1)}
    ways |= {"exchange": exchange(row), "cut off": cut_off_to_the_beginning}
    missed = []
    with filing.context():
        session = db.session()
        for name, tamper in ways.items():
            tamper(session)
            if not problems(filing):
                missed.append(name)
            session.rollback()
        assert problems(filing) == []
    assert missed == []


def test_a_newer_decision_with_its_number_hides_no_decision_that_was_taken_out(filing: Filing) -> None:
    with filing.context():
        with transaction() as session:
            newest = session.scalar(select(func.max(StoredDecision.id)))
            session.execute(delete(StoredDecision).where(StoredDecision.id == newest))
        number = db.session.scalars(select(Claim.number)).one()
    filing.do("comment", number, REVIEWER, message="Seen.")
    with filing.context():
        assert any(f"Decision {newest} " in one for one in problems(filing))


def test_a_decision_rewritten_with_its_facts_is_found(filing: Filing) -> None:
    """Facts, outcome and rules of another decision fit each other, so deciding again tells nothing."""
    with filing.context():
        session = db.session()
        kept = rows_of(session, StoredDecision)
        refused = next(one for one in kept if one.outcome != kept[0].outcome)
        columns = ("question", "outcome", "rules", "facts")
        values = {name: getattr(refused, name) for name in columns}
        session.execute(update(StoredDecision).where(StoredDecision.id == kept[0].id).values(values))
        session.expire_all()
        assert recheck(session, filing.desk.policies).differences == ()
        assert problems(filing) == [f"Decision {kept[0].id} is not as it was stored."]
        session.rollback()


GARBAGE = [
    ("audit_events", "details", "The event cannot be read"),
    ("audit_events", "at", "The event cannot be read"),
    ("decisions", "rules", "is not as it was stored"),
    ("decisions", "at", "is not as it was stored"),
    ("publications", "at", "not those of the chain"),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # PostgreSQL takes no such text
@pytest.mark.parametrize(("table", "column", "told"), GARBAGE)
def test_a_row_that_cannot_be_read_is_found_and_hides_nothing(
    filing: Filing, table: str, column: str, told: str
) -> None:
    with filing.context():
        session = db.session()
        where = "(SELECT max(id) FROM publications)" if table == "publications" else "3"
        session.execute(text(f"UPDATE {table} SET {column} = 'garbage' WHERE id = {where}"))  # the test's own
        session.execute(update(Claim).values(status="draft"))
        found = problems(filing)
        assert any(told in problem for problem in found)
        assert any("but its audit led to" in problem for problem in found), "what is wrong besides"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # PostgreSQL keeps what is referred to
def test_a_policy_version_that_is_gone_is_found(filing: Filing) -> None:
    with filing.context():
        session = db.session()
        session.execute(text("PRAGMA defer_foreign_keys = ON"))
        version = session.scalars(select(PolicyVersion.version)).one()
        session.execute(delete(PolicyVersion))
        assert f"Policy version {version[:12]} is gone; restore it from a backup." in problems(filing)
