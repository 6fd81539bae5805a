"""The rows of all tables as files that either database can read, written from one snapshot."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Connection, Engine

# Rows that are read or inserted at once: few enough for the memory of a small machine.
ROWS_AT_ONCE = 500
VERSIONS = "alembic_version"
KEY = "key_"  # before the names of parameters that find a row


class KeptJson(sa.types.UserDefinedType[str]):
    """JSON as the database keeps it, letter by letter; SQL NULL and the JSON null stay apart."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "JSON"

    def column_expression(self, column: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
        return sa.cast(column, sa.Text)


class KeptJsonCast(KeptJson):
    """The same on PostgreSQL, which must be told that a text is JSON."""

    cache_ok = True

    def bind_expression(self, bindparam: sa.BindParameter[str]) -> sa.ColumnElement[str]:
        return sa.cast(sa.type_coerce(bindparam, sa.Text), postgresql.JSON)


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """Open a connection that sees the database as it is at its first question, whatever is written later.

    Nobody waits for it: SQLite reads from its log of writes, PostgreSQL from old row versions.
    """
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        yield connection


def revision_of(connection: Connection) -> str | None:
    """Return the migration revision of the database, None where it has no tables of the portal."""
    if not sa.inspect(connection).has_table(VERSIONS):
        return None
    found: str | None = connection.execute(sa.text(f"SELECT version_num FROM {VERSIONS}")).scalar()  # noqa: S608  # a constant
    return found


def tables_of(connection: Connection) -> list[sa.Table]:
    """Return the tables as they are in the database, referenced ones first, without the migrations' own."""
    metadata = sa.MetaData()
    kept = KeptJsonCast() if connection.dialect.name == "postgresql" else KeptJson()

    def keep_json(_inspector: object, _table: object, column: dict[str, Any]) -> None:
        if isinstance(column["type"], sa.JSON):
            column["type"] = kept

    sa.event.listen(metadata, "column_reflect", keep_json)
    metadata.reflect(connection, resolve_fks=True)
    return [table for table in metadata.sorted_tables if table.name != VERSIONS]


def count_rows(connection: Connection, table: sa.Table) -> int:
    """Return how many rows the table has."""
    return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def write_rows(connection: Connection, table: sa.Table, path: Path) -> int:
    """Write the table to a new file, a line of column names and a line for each row; return the rows.

    Rows come in the order of their key. Raises OSError, and TypeError for a value that has no form here.
    """
    count = 0
    query = sa.select(table).order_by(*table.primary_key.columns)
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps([column.name for column in table.columns]) + "\n")
        rows = connection.execution_options(yield_per=ROWS_AT_ONCE).execute(query)
        for row in rows:
            file.write(json.dumps([_written(value) for value in row], ensure_ascii=False) + "\n")
            count += 1
    return count


def insert_rows(connection: Connection, table: sa.Table, path: Path) -> int:
    """Insert the rows of a file of `write_rows`; return how many. Columns are found by their names.

    A row may point to a later one of its own table, as a replaced document does to the one that replaced
    it; such columns are filled when all rows are there.
    """
    count, later = 0, _Later(table)
    naive = connection.dialect.name == "sqlite"
    with path.open(encoding="utf-8", newline="\n") as file:
        names = json.loads(next(file))
        batch: list[dict[str, Any]] = []
        for line in file:
            values = (_read(value, naive) for value in json.loads(line))
            batch.append(later.without(dict(zip(names, values, strict=True))))
            if len(batch) == ROWS_AT_ONCE:
                connection.execute(sa.insert(table), batch)
                count += len(batch)
                batch = []
        if batch:
            connection.execute(sa.insert(table), batch)
    later.fill(connection)
    return count + len(batch)


class _Later:
    """The values of a table's columns that point to the table itself, until all of its rows are there."""

    def __init__(self, table: sa.Table) -> None:
        self._table = table
        self._names = [
            column.name
            for column in table.columns
            if any(key.column.table is table for key in column.foreign_keys)
        ]
        self._rows: list[dict[str, Any]] = []

    def without(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return the row with those columns empty; what they hold is kept for `fill`."""
        held = {name: row[name] for name in self._names}
        if any(value is not None for value in held.values()):
            self._rows.append({f"{KEY}{column.name}": row[column.name] for column in self._keys()} | held)
        return row | dict.fromkeys(held)

    def fill(self, connection: Connection) -> None:
        """Write what was kept."""
        if self._rows:
            found = [column == sa.bindparam(f"{KEY}{column.name}") for column in self._keys()]
            connection.execute(sa.update(self._table).where(*found), self._rows)

    def _keys(self) -> list[sa.Column[Any]]:
        return list(self._table.primary_key.columns)


def go_on_counting(connection: Connection, table: sa.Table) -> None:
    """Let PostgreSQL's counters go on after the highest inserted key; SQLite looks at the rows itself."""
    if connection.dialect.name != "postgresql":
        return
    for column in table.primary_key.columns:
        if isinstance(column.type, sa.Integer):
            sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
            highest = sa.select(sa.func.max(column)).scalar_subquery()
            counter = sa.func.setval(sequence, sa.func.coalesce(highest, 1), highest.is_not(None))
            connection.execute(sa.select(counter))


def _written(value: object) -> object:
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return {"at": aware.astimezone(UTC).isoformat()}
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode("ascii")}
    raise TypeError(f"A backup has no form for a {type(value).__name__} yet; add it in portal/backups.")


def _read(value: Any, naive: bool) -> object:
    if not isinstance(value, dict):
        return value
    if "at" in value:
        moment = datetime.fromisoformat(value["at"])
        return moment.replace(tzinfo=None) if naive else moment
    return base64.b64decode(value["bytes"], validate=True)
