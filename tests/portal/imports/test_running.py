"""Imports as a whole: a command's at once, a page's short file at once, and long ones in the background."""

from dataclasses import replace
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.claims.desk import Desk
from portal.db import db, transaction
from portal.imports import running
from portal.imports.importer import Importer, NotNow
from portal.imports.model import READING, Import
from portal.imports.reading import read_in
from portal.imports.running import FileTotals, Outcome, Part, bring, import_at_once
from portal.imports.using import drop, use
from portal.rulebook.rulebook import Rulebook
from portal.work.loop import run_once
from tests.bare_app import at_once
from tests.portal.imports.conftest import Imports, subscriptions
from tests.portal.imports.earnings import Earnings, Said

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def _reset(_importer: Importer, import_id: int, _actor: Actor) -> None:
    with transaction() as session:
        row = session.get_one(Import, import_id)
        row.state, row.read, row.fresh = READING, 0, 0


BY_OTHERS = {"dropped": drop, "used": use, "reset": _reset}


def run(imports: Imports, content: bytes, *, dry_run: bool = False) -> Outcome:
    with imports.filing.context():
        file = BytesIO(content)
        return import_at_once(
            imports.importer, "subscriptions", "s.csv", file, imports.actor, dry_run=dry_run
        )


def test_a_file_without_mistakes_is_used_and_known_the_second_time(imports: Imports) -> None:
    first, second = run(imports, subscriptions(3)), run(imports, subscriptions(3))
    assert (first.used, first.fresh, first.same) == (True, 3, 0)
    assert (second.used, second.fresh, second.same) == (True, 0, 3)
    assert (len(imports.live()), imports.count()) == (3, 3)


def test_a_dry_run_tells_the_same_and_leaves_no_row(imports: Imports) -> None:
    outcome = run(imports, subscriptions(3), dry_run=True)
    assert (outcome.used, outcome.fresh, outcome.problem) == (False, 3, "")
    assert imports.count() == 0
    assert imports.row(outcome.number).state == "dropped"


def test_a_file_with_a_mistake_leaves_no_row_and_keeps_what_is_wrong(imports: Imports) -> None:
    content = subscriptions(2) + b"\n" + subscriptions(1, start=7, as_of="x").splitlines()[1]
    outcome = run(imports, content)
    assert (outcome.used, outcome.fresh, outcome.wrong, imports.count()) == (False, 2, 1, 0)
    ((row, column, cell),) = [(one.row, one.column, one.cell) for one in outcome.mistakes]
    assert (row, column, cell) == (4, "as_of", "x")
    assert len(imports.mistakes(outcome.number)) == 1


@SQLITE
def test_a_dry_run_tells_what_the_rows_come_to_in_each_currency(imports: Imports) -> None:
    earnings = Earnings(imports)
    content = earnings.file([Said("L-1", 123456, "EUR"), Said("L-2", -56, "EUR"), Said("L-3", 5, "USD")])
    with imports.filing.context():
        file = BytesIO(content)
        outcome = import_at_once(imports.importer, "earnings", "e.csv", file, imports.actor, dry_run=True)
    status = earnings.row["payment_status"]
    assert (outcome.used, imports.count("earnings")) == (False, 0)
    assert outcome.totals == (
        FileTotals("EUR", 2, "1234.00", (Part(status, 2, "1234.00"),)),
        FileTotals("USD", 1, "0.05", (Part(status, 1, "0.05"),)),
    )


@SQLITE
def test_what_no_further_try_changes_is_tried_once(imports: Imports) -> None:
    tries: list[int] = []

    def refuse(_session: Session, _changed: object) -> None:
        tries.append(1)
        raise NotNow("They come to more than can be added up.")

    kinds = imports.importer.kinds
    refusing = replace(kinds["subscriptions"], changed=refuse)
    imports.importer = replace(imports.importer, kinds={**kinds, "subscriptions": refusing})
    outcome = run(imports, subscriptions(3))
    assert (outcome.used, outcome.problem) == (False, "They come to more than can be added up.")
    assert (len(tries), imports.live(), imports.row(outcome.number).state) == (1, set(), "dropped")


@SQLITE
def test_a_file_that_is_to_be_checked_once_more_is_tried_again(imports: Imports) -> None:
    checked: list[int] = []

    def misplaced(_session: Session, _rulebook: Rulebook, _mine: object) -> bool:
        checked.append(1)
        return len(checked) == 1  # as where a claim was approved at the very moment

    kinds = imports.importer.kinds
    moving = replace(kinds["subscriptions"], misplaced=misplaced)
    imports.importer = replace(imports.importer, kinds={**kinds, "subscriptions": moving})
    outcome = run(imports, subscriptions(3))
    assert (outcome.used, outcome.problem, len(checked)) == (True, "", 2)


@SQLITE
@pytest.mark.parametrize("meanwhile", ["dropped", "used", "reset"])
def test_a_command_tells_what_became_of_its_file_by_other_hands(
    imports: Imports, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    reads: list[int] = []

    def read_and_lose(importer: Importer, import_id: int) -> None:
        read_in(importer, import_id)
        reads.append(import_id)
        if len(reads) == 1:
            BY_OTHERS[meanwhile](importer, import_id, imports.actor)

    monkeypatch.setattr(running, "read_in", read_and_lose)
    outcome = run(imports, subscriptions(3))
    assert outcome.used == (meanwhile != "dropped") == bool(imports.live())
    assert (outcome.problem == "") == outcome.used
    assert len(reads) == (2 if meanwhile == "reset" else 1)


def test_a_command_and_the_background_work_may_read_the_same_file(imports: Imports) -> None:
    outcomes: list[Outcome] = []

    def work() -> None:
        desk: Desk = imports.filing.desk
        while not outcomes:
            with imports.filing.context():
                run_once(desk)

    at_once([lambda: outcomes.append(run(imports, subscriptions(3000))), work])
    assert (outcomes[0].used, outcomes[0].fresh, outcomes[0].problem) == (True, 3000, "")
    assert len(imports.live()) == 3000


@SQLITE
def test_a_long_file_waits_for_the_background_work(imports: Imports) -> None:
    at_most = imports.importer.settings.import_rows_at_once
    with imports.filing.context():
        short, long = (
            bring(imports.importer, "subscriptions", "s.csv", BytesIO(subscriptions(count)), imports.actor)
            for count in (3, at_most + 1)
        )
    assert imports.row(short).state == "ready"
    assert imports.row(long).state == "reading"
    with imports.filing.context():
        run_once(imports.filing.desk)
    assert (imports.row(long).state, imports.row(long).read) == ("ready", at_most + 1)


@SQLITE
def test_one_import_that_cannot_be_read_holds_up_no_other(imports: Imports) -> None:
    lost, other = imports.take(subscriptions(1)), imports.take(subscriptions(2))
    imports.importer.files.path(imports.row(lost).sha256).unlink()
    with imports.filing.context():
        run_once(imports.filing.desk)
        run_once(imports.filing.desk)
    assert [imports.row(one).state for one in (lost, other)] == ["reading", "ready"]
    assert (imports.row(lost).attempts, imports.row(other).error) == (1, None)
    assert imports.row(lost).error == "FileNotFoundError"  # and not where it lay
    with imports.filing.context():
        drop(imports.importer, lost, imports.actor)
        assert db.session.scalars(select(Import.state).where(Import.id == lost)).one() == "dropped"
