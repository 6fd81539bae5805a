"""The migration by which lines of earnings are known again in any case keeps what counts, up and down."""

import hashlib
import json
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from portal.db import db
from portal.imports.model import ImportedRow
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
