"""What an earlier test of this process filed, lent to the next that files the same: copied, not done again.

Bringing a claim to a state takes hundreds of statements, and most tests bring theirs to one of a few. A test
may use what is kept as long as nobody but its `Filing` has opened its database: whoever connects first gets
the database as the filing left it, and from then on everything is done for real.
"""

import pickle
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast
from uuid import uuid4

from flask import Flask
from sqlalchemy import event, make_url
from sqlalchemy.engine import Engine

from portal.claims.desk import Desk
from portal.db import db
from tests import databases

T = TypeVar("T")

# What only one test files is not worth a copy; the second that files it has it kept for the others.
WORTH_KEEPING = 2

# Each is a whole database, of ten megabytes on PostgreSQL.
KEPT_AT_MOST = 60


@dataclass(frozen=True)
class Kept:
    """A database after a step, the files beside it, and what the step returned."""

    database: str  # a file of SQLite, or the name of a template of PostgreSQL
    files: Path
    returned: bytes


_kept: dict[Hashable, Kept] = {}
_seen: Counter[Hashable] = Counter()

# The databases of PostgreSQL that are lent and not yet made: making one takes longer than most steps do.
_unmade: set[str] = set()

# The houses whose databases nobody but their filing has opened, by the name of the database.
_untouched: dict[str, "KeptHouse"] = {}


class KeptHouse:
    """The past of one house: what was filed, one step after the other, until somebody else looked."""

    def __init__(self, app: Flask) -> None:
        desk: Desk = app.extensions["desk"]
        self._app = app
        self._files = desk.settings.data_dir
        self._url = make_url(desk.settings.database)
        self._waiting: Kept | None = None  # what the database is to become when it is opened
        self._at_work = False
        self._past: tuple[Hashable, ...] | None = (self._url.drivername, _settings(desk))
        _untouched[self._name] = self

    @property
    def _name(self) -> str:
        return self._url.database or ""

    def step(self, name: Hashable, do: Callable[[], T]) -> T:
        """Return what `do` returns, having done it here or taken over what an earlier test of this past did.

        Raises as `do`; what is refused ends the past that can be shared. Steps within a step are its own.
        """
        if self._at_work or self._past is None:
            return do()
        self._past = (*self._past, name)
        if self._past in _kept:
            self._waiting = _kept[self._past]
            _replace(self._waiting.files, self._files)
            return cast(T, pickle.loads(self._waiting.returned))
        with self._alone():
            returned = do()
        self._keep(returned)
        return returned

    def opened(self) -> None:
        """Make the database what it should be; somebody is about to connect to it."""
        if not self._at_work:
            self.close()
        if self._waiting is not None:
            kept, self._waiting = self._waiting, None
            _become(kept.database, self._url.drivername, self._name)
        if self._past is None:
            _untouched.pop(self._name, None)

    def close(self) -> None:
        """Share nothing of this house any more: others than its filing have it in their hands.

        What was taken over until here is still there for whoever connects.
        """
        self._past = None
        if self._waiting is None:
            _untouched.pop(self._name, None)

    def forget(self) -> None:
        """Let go of the house; its test is over."""
        self._waiting = None
        self.close()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._at_work = True
        try:
            yield
        except BaseException:
            self.close()
            raise
        finally:
            self._at_work = False
            with self._app.app_context():
                db.engine.dispose()  # so that whoever comes next has to connect, and is seen

    def _keep(self, returned: object) -> None:
        _seen[self._past] += 1
        if _seen[self._past] < WORTH_KEEPING or len(_kept) >= KEPT_AT_MOST:
            return
        files = _folder() / uuid4().hex
        _replace(self._files, files)
        database = _copied(self._url.drivername, self._name)
        _kept[self._past] = Kept(database, files, pickle.dumps(returned))


@contextmanager
def made_when_opened() -> Iterator[str]:
    """Lend the URL of a fresh database of PostgreSQL that is there as soon as SQLAlchemy connects to it."""
    with databases.postgresql().database(template="") as url:
        name = make_url(url).database or ""
        _unmade.add(name)
        try:
            yield url
        finally:
            _unmade.discard(name)


def _settings(desk: Desk) -> Hashable:
    """Return all that the same steps could come out differently for, but for where things lie."""
    lies = {"data_dir", "database_url", "rules_dir"}
    rules = sorted((path.name, path.read_text()) for path in desk.settings.rules_dir.rglob("*.yaml"))
    return repr(desk.settings.model_dump(exclude=lies)), tuple(rules)


@lru_cache(maxsize=1)
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="portal-kept-"))


def _replace(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    if source.exists():
        shutil.copytree(source, target)


def _copied(kind: str, name: str) -> str:
    if kind == "sqlite":
        copy = str(_folder() / f"{uuid4().hex}.sqlite")
        _copy_sqlite(name, copy)
        return copy
    copy = f"kept_{uuid4().hex}"
    databases.postgresql().copy(name, copy)
    return copy


def _become(kept: str, kind: str, name: str) -> None:
    _unmade.discard(name)
    if kind == "sqlite":
        _copy_sqlite(kept, name)
    else:
        databases.postgresql().copy(kept, name)


def _copy_sqlite(source: str, target: str) -> None:
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


@event.listens_for(Engine, "do_connect")
def _on_connect(_dialect: object, _record: object, cargs: tuple[Any, ...], cparams: dict[str, Any]) -> None:
    name = str(cparams.get("dbname") or (cargs[0] if cargs else ""))
    if name in _untouched:
        _untouched[name].opened()
    if name in _unmade:
        _become(databases.TEMPLATE, "postgresql", name)
