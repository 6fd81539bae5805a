"""Runs migrations inside one transaction, on the database of the app at hand or of the connection given."""

from importlib import import_module
from pathlib import Path
from typing import Literal

from alembic import context
from flask import current_app
from sqlalchemy.engine import Connection, Engine

import portal
from portal.db import Base, Moment, keys_unenforced, refuse_dangling_rows

# Every model registers itself by being imported; none can be forgotten.
for model in sorted(Path(portal.__file__).parent.glob("*/model.py")):
    import_module(f"portal.{model.parent.name}.model")


def engine() -> Engine:
    """Return the engine handed over in the configuration, or the current app's."""
    given = context.config.attributes.get("engine")
    return given or current_app.extensions["migrate"].db.engine


def column_type(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write a column's type so that a migration keeps its meaning when the portal's own types change."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


def migrate(connection: Connection) -> None:
    """Run the migrations; within the caller's transaction where one is open."""
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


if (given := context.config.attributes.get("connection")) is not None:
    migrate(given)
else:
    with engine().connect() as own, keys_unenforced(own):
        migrate(own)
        own.commit()
