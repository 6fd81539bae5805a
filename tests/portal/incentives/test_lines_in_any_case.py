"""The migration by which lines of earnings are known again in any case keeps what counts, up and down."""

import hashlib
import json
from collections import Counter
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from portal.db import db, transaction
from portal.imports.model import ImportedRow
from portal.imports.using import undo, use
from portal.incentives.model import EarningLine
from tests.databases import migration_config
from tests.portal.imports.conftest import Imports
from tests.portal.imports.earnings import Earnings, Said
from tests.portal.reviews.filing import Filing

BEFORE = "judge_decisions_twice"
Row = dict[str, Any]


@pytest.fixture
def imports(filing: Filing) -> Imports:
    return Imports(filing)


def as_before(said: Row) -> str:
    """Return the digest of a line as it was made before."""
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def migrate(imports: Imports, url: str, revision: str) -> None:
    with imports.filing.context():
        db.session.rollback()
        db.engine.dispose()
    config = migration_config(url)
    (command.downgrade if revision == BEFORE else command.upgrade)(config, revision)


def rows(imports: Imports) -> list[tuple[str, str, bool]]:
    with imports.filing.context():
        table = EarningLine
        query = sa.select(table.line_id, table.key, table.live).order_by(table.id)
        return [tuple(row) for row in db.session.execute(query)]  # type: ignore[misc]  # three each


def test_every_line_is_known_again_after_going_up_and_before_going_down(
    imports: Imports, database_url: str
) -> None:
    earnings = Earnings(imports)
    lines = [Said("L-1", 100, "EUR"), Said("l-2", 200, "EUR"), Said("Straße", 300, "EUR")]
    file = earnings.file(lines)
    imports.used(file, "earnings")
    migrate(imports, database_url, BEFORE)
    with imports.filing.context():
        table = sa.table("earning_lines", *(sa.column(name) for name in ("key", "digest")))
        said = sa.column("said", sa.JSON())
        found = db.session.execute(sa.select(table.c.key, table.c.digest, said).select_from(table)).all()
        assert {key for key, _, _ in found} == {"L-1", "l-2", "Straße"}
        assert all(digest == as_before(said) for _, digest, said in found)
    migrate(imports, database_url, "head")
    assert earnings.counting() == set(lines)
    assert [key for _, key, _ in rows(imports)] == ["l-1", "l-2", "strasse"]
    again = imports.used(file.replace(b"L-1", b"l-1"), "earnings")
    assert (imports.row(again).same, imports.row(again).fresh) == (3, 0)


def before_migration(imports: Imports, lines: list[tuple[str, str, bool, int]], url: str) -> None:
    """Put lines there as they were before: typed ID, amount, whether it counts, import."""
    engine = migration_config(url).attributes["engine"]
    found = sa.MetaData()
    found.reflect(engine, only=["earning_lines", "imported_rows"], resolve_fks=False)
    table, brought = found.tables["earning_lines"], found.tables["imported_rows"]
    with engine.begin() as connection:
        first = dict(connection.execute(table.select().limit(1)).mappings().one())
        for place, (typed, amount, live, import_id) in enumerate(lines, start=100):
            said = {"line_id": typed, "amount": amount}
            row = first | {"id": place, "key": typed, "digest": as_before(said), "live": live, "said": said}
            connection.execute(table.insert().values(row))
            connection.execute(brought.insert().values(import_id=import_id, row_id=place))


def test_lines_that_count_beside_each_other_go_on_and_doubles_that_do_not_become_one(
    imports: Imports, database_url: str
) -> None:
    earnings = Earnings(imports)
    first = imports.used(earnings.file([Said("Z", 1, "EUR")]), "earnings")
    second = imports.used(earnings.file([Said("Z", 1, "EUR"), Said("Y", 1, "EUR")]), "earnings")
    migrate(imports, database_url, BEFORE)
    before_migration(
        imports,
        [
            ("A-1", "5", True, first),  # two that count …
            ("a-1", "5", True, second),
            ("B-1", "5", False, first),  # two that say the same, of which one counts …
            ("b-1", "5", True, second),
            ("C-1", "5", False, first),  # and two that say something else
            ("c-1", "6", False, second),
            ("D-1", "5", False, first),  # brought twice by one import
            ("d-1", "5", False, first),
        ],
        database_url,
    )
    migrate(imports, database_url, "head")
    assert rows(imports)[2:] == [
        ("A-1", "A-1", True),
        ("a-1", "a-1", True),
        ("b-1", "b-1", True),
        ("C-1", "c-1", False),
        ("c-1", "c-1", False),
        ("d-1", "d-1", False),
    ]
    with imports.filing.context():
        query = sa.select(ImportedRow.import_id, ImportedRow.row_id).where(ImportedRow.row_id >= 100)
        assert {(row.import_id, row.row_id) for row in db.session.execute(query)} == {
            (first, 100),
            (second, 101),
            (first, 103),
            (second, 103),
            (first, 104),
            (second, 105),
            (first, 107),
        }
    migrate(imports, database_url, BEFORE)
    migrate(imports, database_url, "head")
    assert len(rows(imports)) == 8


Doubled = tuple[Earnings, int, int, str]


@pytest.fixture(params=["a-1", "ä-1"])
def doubled(imports: Imports, database_url: str, request: pytest.FixtureRequest) -> Doubled:
    """A line that counts twice since before, small and in capitals, each by an import of its own."""
    small: str = request.param
    earnings = Earnings(imports)
    first = imports.used(earnings.file([Said("Z", 1, "EUR"), Said(small, 500, "EUR")]), "earnings")
    second = imports.used(earnings.file([Said("Y", 1, "EUR")]), "earnings")
    migrate(imports, database_url, BEFORE)
    engine = migration_config(database_url).attributes["engine"]
    found = sa.MetaData()
    found.reflect(engine, only=["earning_lines", "imported_rows"], resolve_fks=False)
    table, brought = found.tables["earning_lines"], found.tables["imported_rows"]
    with engine.begin() as connection:
        line = dict(connection.execute(table.select().where(table.c.key == small)).mappings().one())
        said = line["said"] | {"line_id": small.upper()}
        other = line | {"id": 100, "key": small.upper(), "digest": as_before(said), "said": said}
        connection.execute(table.insert().values(other))
        connection.execute(brought.insert().values(import_id=second, row_id=100))
    migrate(imports, database_url, "head")
    assert {one.line for one in earnings.counting()} == {"Z", "Y", small, small.upper()}
    return earnings, first, second, small


@pytest.mark.parametrize(
    ("capitals", "amount", "told"), [(False, 500, ("ready", 1)), (True, 600, ("wrong", 0))]
)
def test_of_a_doubled_line_the_one_that_is_left_is_known_again(
    imports: Imports, doubled: Doubled, amount: int, told: tuple[str, int], *, capitals: bool
) -> None:
    earnings, first, second, small = doubled
    typed = small.upper() if capitals else small
    with imports.filing.context():
        undo(imports.importer, first, imports.actor)
    assert {one.line for one in earnings.counting()} == {"Y", small.upper()}
    again = imports.row(imports.checked(earnings.file([Said(typed, amount, "EUR")]), "earnings"))
    assert (again.state, again.same) == told
    with imports.filing.context():
        undo(imports.importer, second, imports.actor)
    assert earnings.counting() == set()


def test_a_file_that_waited_while_a_doubled_line_was_undone_counts_beside_none(
    imports: Imports, doubled: Doubled
) -> None:
    earnings, first, _, small = doubled
    waiting = imports.checked(earnings.file([Said(small, 500, "EUR"), Said("X", 1, "EUR")]), "earnings")
    with imports.filing.context():
        undo(imports.importer, first, imports.actor)
        use(imports.importer, waiting, imports.actor)
    counting = Counter((one.line.casefold(), one.amount) for one in earnings.counting())
    assert counting == {("x", 1): 1, ("y", 1): 1, (small, 500): 1}


def test_a_file_that_brought_a_doubled_line_before_counts_beside_none_when_that_was_undone(
    imports: Imports, doubled: Doubled
) -> None:
    earnings, _, second, small = doubled
    waiting = imports.checked(
        earnings.file([Said(small.upper(), 500, "EUR"), Said("X", 1, "EUR")]), "earnings"
    )
    with imports.filing.context(), transaction() as session:
        known = sa.select(EarningLine.id).where(EarningLine.key == small).scalar_subquery()
        mine = ImportedRow.import_id == waiting, ImportedRow.row_id == known
        session.execute(sa.update(ImportedRow).where(*mine).values(row_id=100))  # as it was read before
    with imports.filing.context():
        undo(imports.importer, second, imports.actor)
    assert (imports.row(waiting).same, imports.row(waiting).fresh) == (1, 1)
    with imports.filing.context():
        use(imports.importer, waiting, imports.actor)
    counting = Counter((one.line.casefold(), one.amount) for one in earnings.counting())
    assert counting == {("z", 1): 1, ("x", 1): 1, (small, 500): 1}


def test_a_doubled_line_that_was_undone_is_known_again_with_what_else_it_says(
    imports: Imports, doubled: Doubled
) -> None:
    earnings, first, second, _ = doubled
    waiting = imports.checked(earnings.file([Said("X", 1, "EUR")]), "earnings")
    with imports.filing.context(), transaction() as session:
        session.execute(sa.update(EarningLine).where(EarningLine.id == 100).values(said={"line_id": "!"}))
        session.add(ImportedRow(import_id=waiting, row_id=100))
    with imports.filing.context():
        undo(imports.importer, second, imports.actor)
    assert imports.row(waiting).against == 1
    with imports.filing.context():
        undo(imports.importer, first, imports.actor)
    assert imports.row(waiting).against == 0
