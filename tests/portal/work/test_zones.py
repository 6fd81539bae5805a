"""The same deadlines in eight zones, over summer time, ends of months and years, and free days."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.audit.model import AuditEvent
from portal.claims.clock_states import ENDED, RUNNING
from portal.claims.model import ClaimClock
from portal.clock import FixedClock
from portal.db import db
from portal.work.sweep import sweep
from tests.conftest import ROOT
from tests.portal.calendars import naive
from tests.portal.calendars.test_counting import ZONES
from tests.portal.reviews.filing import REVIEWER, Filing

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PARTNER = "incentives@contoso.example"
MOMENT = timedelta(microseconds=1)
BUSINESS_DAYS, CALENDAR_DAYS, COUNTRY = 14, 30, "US"
# In the program's own time. The last one is followed by a server that is off when the time ends.
STARTS = (
    "2026-12-31T23:59:59",  # the last second of a year, before a holiday
    "2027-02-26T23:30",  # the end of a February without a 29th; summer time begins in America
    "2027-03-20T00:00",  # a Saturday; summer time begins in Europe, and ends in the south
    "2027-06-30T12:00",  # the fourth of July is a Sunday, so the day after it is free
    "2027-10-24T00:30",  # a Sunday; summer time ends in Europe and in America
    "2028-02-28T23:59",  # the day before a 29th of February
    "2028-08-25T09:00",  # summer time begins at midnight in Santiago
)


# One far west and one that is no whole hour away run with every change; the others with the broad tests.
NEAR = {"America/Los_Angeles", "Asia/Kathmandu"}


@pytest.fixture(params=[one if one in NEAR else pytest.param(one, marks=pytest.mark.broad) for one in ZONES])
def zone(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def rules_dir(tmp_path: Path, zone: str) -> Path:
    """The policy, whose program keeps the time of `zone`."""
    folder = Path(shutil.copytree(ROOT / "rules", tmp_path / "rules"))
    policy = folder / "policy.yaml"
    text = policy.read_text(encoding="utf-8")
    lines = [f"time_zone: {zone}" if line.startswith("time_zone:") else line for line in text.splitlines()]
    policy.write_text("\n".join(lines), encoding="utf-8")
    return folder


def clock_row(filing: Filing, number: str, name: str) -> tuple[ClaimClock, datetime]:
    """Return the latest row of the clock, and when it is due."""
    claim_id = filing.claim(number).id
    with filing.context():
        query = select(ClaimClock).where(ClaimClock.claim_id == claim_id, ClaimClock.clock == name)
        row = db.session.scalars(query.order_by(ClaimClock.id.desc()).limit(1)).one()
        db.session.expunge_all()
    assert row.due_at is not None
    return row, row.due_at


def swept(filing: Filing) -> set[tuple[str, str]]:
    with filing.context():
        return set(sweep(filing.desk).applied)


def test_a_deadline_ends_with_its_last_day_wherever_the_program_is(
    app: Flask, clock: FixedClock, zone: str
) -> None:
    filing = Filing(app, clock)
    number, due_at = filing.under_review(), clock.now()
    for start in STARTS:
        began = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(zone))
        clock.set(began)
        filing.do("request_information", number, REVIEWER, reason="missing_all_poe", message="Send it.")
        row, due_at = clock_row(filing, number, "partner_response")
        last_day = naive.due_on(began, BUSINESS_DAYS, True, COUNTRY, zone)
        assert row.due_on == last_day.isoformat(), start
        assert due_at == naive.over_at(last_day, zone), start
        # To the last moment of that day nothing ends, and an answer is taken.
        clock.set(due_at - MOMENT)
        assert (number, "partner_response") not in swept(filing)
        if start != STARTS[-1]:
            filing.do("resubmit", number, PARTNER, message=f"Here it is, as of {start}.")
            filing.do("start_review", number, REVIEWER)

    # The server is off for three days when the time ends: it ends once, and the partner loses none of
    # the days that they have to dispute, for those are counted from when they are told.
    back = due_at + timedelta(days=3)
    clock.set(back)
    assert swept(filing) == {(number, "partner_response")}
    assert swept(filing) == set()
    assert filing.claim(number).rejection_reasons == ["no_partner_response"]
    window, closes_at = clock_row(filing, number, "dispute_window")
    last_day = naive.due_on(back, CALENDAR_DAYS, False, COUNTRY, zone)
    assert (window.state, window.started_at) == (RUNNING, back)
    assert (window.due_on, closes_at) == (last_day.isoformat(), naive.over_at(last_day, zone))

    # Off again over the end of that window: the first request that needs it finds it ended.
    clock.set(closes_at + timedelta(days=3))
    assert swept(filing) == {(number, "dispute_window")}
    assert clock_row(filing, number, "dispute_window")[0].state == ENDED
    assert filing.claim(number).closed
    with filing.context():
        ends = select(func.count()).where(
            AuditEvent.subject == f"claim:{number}",
            AuditEvent.action.in_(["no_response", "dispute_window_ends"]),
        )
        assert db.session.scalar(ends) == 2
