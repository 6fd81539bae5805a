"""What all apps of a test process share as long as its source is the same: templates, rulebooks, readings."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

import portal.db
from portal.evidence.limits import Drawn, Reading, draw, read
from portal.rulebook.loading import load
from portal.rulebook.rulebook import Rulebook

READINGS = 500  # of some kilobytes each, most of them the same few letters
STATEMENTS = 3000  # more than the portal has; a test with its own does not push them out
RULEBOOKS = 8  # more than tests have at work at a time; each holds some megabytes


class KeptTemplates(BytecodeCache):
    """Jinja's cache of compiled templates, in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])  # checks the checksum of the source

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


def kept_rulebook(files: Mapping[str, str]) -> Rulebook:
    """Return the rulebook of `files`, which are loaded once: a rulebook never changes. Raises as `load`."""
    return _loaded(tuple(sorted(files.items())))


@lru_cache(maxsize=RULEBOOKS)
def _loaded(files: tuple[tuple[str, str], ...]) -> Rulebook:
    return load(dict(files))


@lru_cache(maxsize=READINGS)
def kept_reading(kind: str, content: bytes, *, seconds: int, mebibytes: int) -> Reading:
    """Return what came of opening `content`, which is opened once: it depends on nothing else.

    Raises as `read`; what is raised is not kept. The tests of the reading itself begin with nothing kept.
    """
    return read(kind, content, seconds=seconds, mebibytes=mebibytes)


@lru_cache(maxsize=READINGS)
def kept_drawing(
    kind: str, content: bytes, page: int, *, as_text: bool, seconds: int, mebibytes: int
) -> Drawn:
    """Return the page of `content`, which is drawn once. Raises as `draw`; what is raised is not kept."""
    return draw(kind, content, page, as_text=as_text, seconds=seconds, mebibytes=mebibytes)


def hurry_sqlite() -> None:
    """Let SQLite commit without waiting for the disk: a test loses its database with its folder anyway.

    A process that a test starts, and may kill, commits as the portal does.
    """
    tune = portal.db.tune_sqlite

    def tuned(engine: Engine) -> None:
        tune(engine)
        event.listen(engine, "connect", lambda made, _: made.execute("PRAGMA synchronous=NORMAL").close())

    portal.db.tune_sqlite = tuned


def keep_compiled_sql() -> None:
    """Let all engines of one kind of database share the statements that were compiled for one of them.

    What is compiled is kept by its dialect, so the dialects of one kind, all made alike, become equal.
    A test that made an engine with another way to read JSON would be given that of the first.
    """
    kept: LRUCache[Any, Any] = LRUCache(STATEMENTS)
    for kind in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        kind.__eq__ = _is_same_kind  # type: ignore[method-assign, assignment]  # for tests alone
        kind.__hash__ = _hash_of_kind  # type: ignore[method-assign, assignment]  # as well
    shared = property(lambda _: kept, lambda *_: None)
    Engine._compiled_cache = shared  # type: ignore[assignment]  # noqa: SLF001  # no engine has its own


def _is_same_kind(one: Dialect, other: object) -> bool:
    return type(one) is type(other)


def _hash_of_kind(one: Dialect) -> int:
    return hash(type(one))


def keep_compiled_routes() -> None:
    """Let the routes of all apps share the code that builds their addresses."""
    compiled: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}
    make = Rule._compile_builder  # noqa: SLF001  # werkzeug has no place of its own to keep it

    def make_once(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (rule.rule, rule.endpoint, rule.host, rule.subdomain, repr(rule.defaults), append_unknown)
        if key not in compiled:
            compiled[key] = make(rule, append_unknown)
        return compiled[key]

    setattr(Rule, "_compile_builder", make_once)  # noqa: B010  # a name that is werkzeug's own
