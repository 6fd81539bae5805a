"""What a test takes over from an earlier one is what it would have filed itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.engine import Engine

from portal.app import create_app
from portal.audit.model import AuditEvent
from portal.claims.refusals import Refused
from portal.clock import FixedClock
from portal.db import db
from portal.settings import Settings
from tests.kept_houses import KeptHouse
from tests.portal.reviews.filing import REVIEWER, Filing


@contextmanager
def statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", count)
    yield seen
    event.remove(Engine, "before_cursor_execute", count)


class Houses:
    """Fresh houses of one kind of database, each with an app and files of its own."""

    def __init__(self, settings: Settings, clock: FixedClock, made: Callable[[], str], folder: Path) -> None:
        self.settings, self.clock, self.made, self.folder = settings, clock, made, folder
        self.apps: list[Flask] = []

    def another(self) -> Filing:
        data = self.folder / f"house {len(self.apps)}"
        own = self.settings.model_copy(update={"database_url": self.made(), "data_dir": data})
        app = create_app(own, clock=self.clock)
        self.apps.append(app)
        return Filing(app, self.clock, KeptHouse(app))

    def close(self) -> None:
        for app in self.apps:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()


def told(filing: Filing) -> tuple[object, ...]:
    """Return what the house holds: its events in their order, and the names of its files."""
    with filing.context():
        events = db.session.execute(select(AuditEvent.action, AuditEvent.at).order_by(AuditEvent.id)).all()
    files = sorted(path.parent.name for path in filing.desk.settings.data_dir.rglob("*") if path.is_file())
    return ([tuple(row) for row in events], files)


def test_what_was_filed_before_is_copied_and_the_rest_is_done(
    settings: Settings, clock: FixedClock, another_database: Callable[[], str], tmp_path: Path
) -> None:
    houses = Houses(settings, clock, another_database, tmp_path)
    try:
        houses.another().under_review()
        filing = houses.another()  # the second finds that it is worth keeping
        number = filing.under_review()
        done = told(filing)

        with statements() as seen:
            third = houses.another()
            assert third.under_review() == number
        assert seen == []
        assert told(third) == done
        assert third.claim(number).status == filing.claim(number).status

        # Somebody has looked: from here on everything is done, and the kept house stays as it was.
        with statements() as seen:
            third.do("approve", number, REVIEWER)
        assert seen
        fourth = houses.another()
        fourth.under_review()
        assert told(fourth) == done
    finally:
        houses.close()


def test_what_is_refused_or_done_with_another_desk_is_shared_with_nobody(
    settings: Settings, clock: FixedClock, another_database: Callable[[], str], tmp_path: Path
) -> None:
    houses = Houses(settings, clock, another_database, tmp_path)
    try:
        for _ in range(3):
            filing = houses.another()
            number = filing.submitted()
            try:
                filing.do("approve", number, REVIEWER)
            except Refused:
                pass
            else:
                raise AssertionError("a claim that nobody reviews was approved")
            with statements() as seen:
                filing.draft("fabrikam")
            assert seen
    finally:
        houses.close()
