"""The database's base class, its column types, its tuning, and the one way to open a transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, MetaData, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

# Every constraint gets a name of this form, so that a migration can drop it on both databases.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of every table; typed, unlike `db.Model`."""

    metadata = MetaData(naming_convention=NAMING)


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC. SQLite has no zones, so the zone is taken off and put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment without a time zone cannot be stored; use the clock's.")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


db = SQLAlchemy(
    model_class=Base,
    disable_autonaming=True,
    session_options={"expire_on_commit": False, "autoflush": True},
)

_WRITES = "portal_writes"

# Ids of rows are small; a longer run of digits is no id, and a database would choke on it.
ID_DIGITS_AT_MOST = 9


def row_id(typed: str) -> int | None:
    """Return a typed id of a row as a number, or None for anything that can be none."""
    if not (typed.isascii() and typed.isdigit() and len(typed) <= ID_DIGITS_AT_MOST):
        return None
    return int(typed)


def attach(app: Flask, url: str) -> None:
    """Bind the database at `url` (a SQLAlchemy URL; `postgresql://` means psycopg) to `app`."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url.replace("postgresql://", "postgresql+psycopg://", 1)
    # A writer on SQLite waits up to this many seconds for another to finish before it gives up;
    # transitions hold the lock for milliseconds, so a full queue of 64 requests still gets through.
    wait = {"connect_args": {"timeout": 20}} if url.startswith("sqlite") else {}
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "pool_pre_ping": True,
        "hide_parameters": True,  # an error in the log tells no values of claims or people
        **wait,
    }
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            tune_sqlite(db.engine)


def tune_sqlite(engine: Engine) -> None:
    """Make SQLite durable and let transactions say whether they write.

    WAL lets readers go on while one writes; FULL keeps the last commits through a power loss.
    The driver's own transactions are switched off because they begin too late to be serializable.
    """

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def keys_unenforced(connection: Connection) -> Iterator[None]:
    """Let SQLite rebuild tables without following foreign keys; `refuse_dangling_rows` proves them after it.

    Alembic changes a SQLite table by copying it and dropping the old one; with foreign keys enforced,
    the drop would delete every row that points to it. No transaction may be open yet.
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
    """Raise RuntimeError, and so roll back, where SQLite has rows that point to nothing."""
    if connection.dialect.name == "sqlite":
        dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if dangling:
            raise RuntimeError(f"There would be rows that point to nothing: {dangling[:5]}")


@contextmanager
def hurried() -> Iterator[None]:
    """Let SQLite commit without waiting for the disk: a power loss meanwhile leaves a broken file.

    For filling a new database with samples alone. Other databases are as they were.
    """
    sqlite = db.engine.dialect.name == "sqlite"

    def _set(value: str) -> None:
        if sqlite:
            db.session.rollback()
            with db.engine.connect() as connection:
                # Not by a statement of SQLAlchemy: it would begin a transaction, in which this cannot change.
                connection.connection.cursor().execute(f"PRAGMA synchronous={value}").close()

    _set("OFF")
    try:
        yield
    finally:
        _set("FULL")


@contextmanager
def transaction() -> Iterator[Session]:
    """Open the use case's one writing transaction: commits at the end, rolls back on any error.

    Whatever was read before is let go of first, so that the transaction sees the latest committed
    rows. Nesting is a mistake of the caller and raises RuntimeError.
    """
    session: Session = db.session()
    if session.info.get(_WRITES):
        raise RuntimeError("A use case opens exactly one transaction; this one is already open.")
    session.rollback()
    session.info[_WRITES] = True
    try:
        session.connection(execution_options={_WRITES: True})
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(_WRITES, None)
        session.expire_all()
