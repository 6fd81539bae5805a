"""Models and migrations agree, and migrations carry data up and down, on both databases."""

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from portal.db import Base
from tests.databases import migration_config

Rows = dict[str, list[dict[str, Any]]]


def engine_of(config: Config) -> sa.Engine:
    engine: sa.Engine = config.attributes["engine"]
    return engine


def tables(engine: sa.Engine) -> sa.MetaData:
    """Return the tables as they are in the database, Alembic's own left out."""
    found = sa.MetaData()
    found.reflect(engine, resolve_fks=True)
    if "alembic_version" in found.tables:
        found.remove(found.tables["alembic_version"])
    return found


def made_up(column: sa.Column[Any], table: str) -> Any:
    """Return a value that the column takes and that no default would give."""
    match column.type.python_type:
        case kind if kind is int:
            return 7
        case kind if kind is bool:
            return True
        case kind if kind is datetime:
            zoned = getattr(column.type, "timezone", False)
            return datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC if zoned else None)
        case kind if kind is bytes:
            return b"\x00kept"
        case kind if kind is dict:
            return {"kept": ["as", 1]}
        case _:
            return f"{table} {column.name}"


def fill(engine: sa.Engine) -> Rows:
    """Put one row into every table, pointing to the others as foreign keys ask; return all rows."""
    found = tables(engine)
    made: dict[str, dict[str, Any]] = {}
    with engine.begin() as connection:
        for table in found.sorted_tables:
            row = {}
            for column in table.columns:
                keys = [key for key in column.foreign_keys if key.column.table is not table]
                if keys:
                    row[column.name] = made[keys[0].column.table.name][keys[0].column.name]
                elif not column.foreign_keys:
                    row[column.name] = made_up(column, table.name)
            connection.execute(table.insert().values(row))
            made[table.name] = row
    return contents(engine)


def contents(engine: sa.Engine) -> Rows:
    with engine.connect() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(table.select()).mappings()]
            for table in tables(engine).sorted_tables
        }


def shared(rows: Rows, others: Rows) -> Rows:
    """Return `rows` without the tables and columns that `others` does not have."""
    return {
        name: [
            {column: value for column, value in row.items() if column in others[name][0]}
            for row in rows[name]
        ]
        for name in rows
        if others.get(name)
    }


@pytest.fixture
def migrated(database_url: str) -> Config:
    return migration_config(database_url)


def test_models_and_migrations_agree(migrated: Config) -> None:
    with engine_of(migrated).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_every_table_is_in_the_first_form_after_going_down_and_up_again(migrated: Config) -> None:
    engine = engine_of(migrated)
    before = {table.name: set(table.columns.keys()) for table in tables(engine).sorted_tables}
    assert len(before) > 20
    fill(engine)

    command.downgrade(migrated, "base")
    assert tables(engine).sorted_tables == []

    command.upgrade(migrated, "head")
    assert {table.name: set(table.columns.keys()) for table in tables(engine).sorted_tables} == before
    assert fill(engine)


@pytest.mark.broad
def test_each_migration_keeps_the_rows_it_finds(migrated: Config) -> None:
    engine = engine_of(migrated)
    revisions = [one.revision for one in ScriptDirectory.from_config(migrated).walk_revisions()][::-1]
    command.downgrade(migrated, revisions[0])
    before = fill(engine)
    assert all(before.values())
    for earlier, later in pairwise(revisions):
        command.upgrade(migrated, later)
        above = contents(engine)
        assert shared(above, before) == shared(before, above), later
        command.downgrade(migrated, earlier)
        assert contents(engine) == before, f"going down from {later}"
        command.upgrade(migrated, later)
        before = contents(engine)


REBUILDS_A_PARENT = """
import sqlalchemy as sa
from alembic import op

revision = "rebuilds_a_parent"
down_revision = "{head}"


def upgrade() -> None:
    with op.batch_alter_table("organizations") as table:
        table.add_column(sa.Column("note", sa.String(), nullable=False, server_default="new"))
        table.alter_column("side", existing_type=sa.String(), type_=sa.String(40))
    op.execute("{statement}")


def downgrade() -> None:
    with op.batch_alter_table("organizations") as table:
        table.drop_column("note")
        table.alter_column("side", existing_type=sa.String(40), type_=sa.String())
"""


def with_revision(config: Config, folder: Path, statement: str) -> Config:
    """Return the configuration with one invented migration on top, which rebuilds a table others point to."""
    head = ScriptDirectory.from_config(config).get_current_head()
    (folder / "rebuilds_a_parent.py").write_text(
        REBUILDS_A_PARENT.format(head=head, statement=statement), encoding="utf-8"
    )
    own = ScriptDirectory.from_config(config).versions
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", f"{own}\n{folder}")
    return config


def test_rebuilding_a_table_keeps_the_rows_that_point_to_it(migrated: Config, tmp_path: Path) -> None:
    engine = engine_of(migrated)
    before = fill(engine)

    config = with_revision(migrated, tmp_path, "SELECT 1")
    command.upgrade(config, "head")

    after = contents(engine)
    assert after["organizations"][0]["note"] == "new"
    assert shared(after, before) == before
    command.downgrade(config, "-1")
    assert contents(engine) == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_migration_that_leaves_dangling_rows_is_rolled_back(migrated: Config, tmp_path: Path) -> None:
    engine = engine_of(migrated)
    before = fill(engine)

    config = with_revision(migrated, tmp_path, "DELETE FROM organizations")
    with pytest.raises(RuntimeError, match="point to nothing"):
        command.upgrade(config, "head")

    assert contents(engine) == before
