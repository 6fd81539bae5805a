"""The operator's own check: a pack held against the secret and the recorded chain."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select, update

from portal.audit.model import AuditEvent
from portal.db import db, transaction
from portal.proof.own import unlike_own
from tests.portal.proof.packs import PARTNER, edited, falsified, files_of, pack_of
from tests.portal.proof.test_verifying import relinked
from tests.portal.reviews.filing import REVIEWER, Filing


def problems(filing: Filing, path: Path) -> list[str]:
    with filing.context():
        return [one.problem for one in unlike_own(db.session(), filing.desk, path)]


@pytest.mark.parametrize("email", [PARTNER, REVIEWER])
def test_a_pack_is_as_it_was_recorded_also_when_more_happened_since(
    filing: Filing, number: str, tmp_path: Path, email: str
) -> None:
    path = tmp_path / "pack.zip"
    path.write_bytes(pack_of(filing, number, email))
    assert problems(filing, path) == []
    filing.do("comment", number, PARTNER, message="One more thing.")
    assert problems(filing, path) == []


def test_a_reviewers_pack_holds_what_was_recorded(filing: Filing, number: str) -> None:
    events = json.loads(files_of(pack_of(filing, number, REVIEWER))["audit/events.json"])["events"]
    with filing.context():
        query = select(AuditEvent).where(AuditEvent.subject == f"claim:{number}")
        rows = {row.place: row for row in db.session.scalars(query)}
        for event in events:
            assert event["recorded"]["hash"] == rows[event["place"]].hash
    whole = [event for event in events if event["recorded"]["said"]]
    assert len(whole) > len(events) / 2
    partners = files_of(pack_of(filing, number, PARTNER))["audit/events.json"]
    assert b"recorded" not in partners


def test_what_was_told_otherwise_than_recorded_is_found(filing: Filing, file: Path) -> None:
    false = falsified(
        file, lambda files: relinked(files, lambda events: events[4].update(at="2026-01-01T00:00:00+00:00"))
    )
    assert problems(filing, false) == ["Event 5 is not as this installation recorded it."]
    more = falsified(file, lambda files: relinked(files, lambda events: events.append(dict(events[-1]))))
    assert "and this installation recorded" in problems(filing, more)[0]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_false_hash_and_a_changed_record_are_found(filing: Filing, number: str, tmp_path: Path) -> None:
    path = tmp_path / "pack.zip"
    path.write_bytes(pack_of(filing, number, REVIEWER))

    def change(files: dict[str, bytes]) -> None:
        edited(files, "audit/events.json", lambda content: content["events"][4]["recorded"].update(hash="0"))

    assert "Event 5 was not recorded so by this installation." in problems(filing, falsified(path, change))
    with filing.context(), transaction() as session:
        third = (AuditEvent.subject == f"claim:{number}", AuditEvent.place == 3)
        session.execute(update(AuditEvent).where(*third).values(actor_name="Nobody"))
    found = problems(filing, path)
    assert found[0] == "The recorded event 3 does not hold here either: The event is not as it was written."
    assert "Event 3 is not as this installation recorded it." in found


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_claim_of_another_installation_is_unknown(filing: Filing, file: Path) -> None:
    def change(files: dict[str, bytes]) -> None:
        edited(files, "audit/events.json", lambda content: content.update(claim="CL-2020-000001"))

    assert problems(filing, falsified(file, change)) == [
        "There is no claim CL-2020-000001 in this installation."
    ]
