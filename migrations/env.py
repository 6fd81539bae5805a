"""Runs migrations inside one transaction, on the database of the app at hand or of the connection given."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Literal

from alembic import context
from flask import current_app
from sqlalchemy.engine import Connection, Engine

import portal
from portal.db import Base, Moment

# Every model registers itself by being imported; none can be forgotten.
for model in sorted(Path(portal.__file__).parent.glob("*/model.py")):
    import_module(f"portal.{model.parent.name}.model")


def engine() -> Engine:
    """Return the engine handed over in the configuration, or the current app's."""
    given = context.config.attributes.get("engine")
    return given or current_app.extensions["migrate"].db.engine


@contextmanager
def tables_may_be_rebuilt(connection: Connection) -> Iterator[None]:
    """Let SQLite rebuild tables without following foreign keys, and prove afterwards that all of them hold.

    Alembic changes a SQLite table by copying it and dropping the old one; with foreign keys enforced,
    the drop would delete every row that points to it.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    # The pragma counts only outside a transaction, so it goes past SQLAlchemy, which would begin one.
    sqlite = connection.connection.cursor()
    sqlite.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        sqlite.execute("PRAGMA foreign_keys=ON")


def refuse_dangling_rows(connection: Connection) -> None:
    """Raise RuntimeError, and so roll back, when a migration left rows that point to nothing."""
    if connection.dialect.name == "sqlite":
        dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if dangling:
            raise RuntimeError(f"The migration would leave rows that point to nothing: {dangling[:5]}")


def column_type(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write a column's type so that a migration keeps its meaning when the portal's own types change."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


with engine().connect() as connection, tables_may_be_rebuilt(connection):
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=column_type,
        compare_type=True,
        # SQLite can undo changes of tables too, but Alembic believes so only when told.
        transactional_ddl=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()
        refuse_dangling_rows(connection)
    connection.commit()
