import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from portal.claims.model import ClaimDocument
from portal.db import transaction
from portal.evidence.discarding import discard
from portal.evidence.intake import Taken
from portal.evidence.model import StoredFile
from portal.evidence.recording import record
from portal.evidence.store import FileStore
from tests.bare_app import at_once, bare_app

AT = datetime(2026, 11, 23, 17, tzinfo=UTC)
TAKEN = Taken("ab" * 32, "application/pdf", 1725, 3, "letter.pdf")
OTHER = Taken("cd" * 32, "image/png", 99, 1, "scan.png")


def test_a_content_has_one_row_that_stays(app: Flask) -> None:
    with app.app_context():
        with transaction() as session:
            record(session, TAKEN, AT)
        with transaction() as session:
            again = record(
                session, Taken("ab" * 32, "application/pdf", 1725, 3, "other.pdf"), AT + timedelta(days=1)
            )
            assert again.stored_at == AT
        with transaction() as session:
            (row,) = session.query(StoredFile)
            assert (row.sha256, row.media_type, row.size, row.pages) == (
                "ab" * 32,
                "application/pdf",
                1725,
                3,
            )


def test_several_transactions_may_bring_the_same_content_at_once(app: Flask, database_url: str) -> None:
    def bring() -> None:
        with bare_app(database_url) as own, own.app_context(), transaction() as session:
            assert record(session, TAKEN, AT).size == 1725

    at_once([bring] * 6)

    with app.app_context(), transaction() as session:
        assert session.query(StoredFile).count() == 1


@pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
def test_the_callers_work_stays_when_another_was_first(app: Flask, database_url: str) -> None:
    """SQLite lets one writer in at a time; on PostgreSQL a rival may add the row after it was looked for."""

    def rival_is_first(*_: Any) -> None:
        with bare_app(database_url) as own, own.app_context(), transaction() as rival:
            record(rival, TAKEN, AT)

    with app.app_context():
        with transaction() as session:
            record(session, OTHER, AT)
            event.listen(session.get_bind(), "savepoint", rival_is_first, once=True)
            assert record(session, TAKEN, AT + timedelta(days=1)).stored_at == AT
        with transaction() as session:
            assert session.query(StoredFile).count() == 2


def test_nobody_discards_a_content_while_a_transaction_is_about_to_refer_to_it(
    app: Flask, database_url: str, tmp_path: Path
) -> None:
    outcome: list[bool] = []

    def rival() -> None:
        with bare_app(database_url) as own, own.app_context():
            outcome.append(discard(FileStore(tmp_path), TAKEN.sha256, (ClaimDocument.sha256,), AT))

    with app.app_context():
        with transaction() as session:
            record(session, TAKEN, AT)
        discarding = threading.Thread(target=rival, daemon=True)
        with transaction() as session:
            record(session, TAKEN, AT)
            discarding.start()
            discarding.join(0.4)
            assert discarding.is_alive()
            assert outcome == []
        discarding.join()
    assert outcome == [True]  # in the end nothing came to refer to it
