"""A Flask app that has a database and nothing else, for tests of the parts that need only that."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from flask import Flask

from portal.db import attach, db


@contextmanager
def bare_app(url: str) -> Iterator[Flask]:
    """Yield an app on the migrated database at `url`; several may be open on one."""
    app = Flask("bare")
    attach(app, url)
    try:
        yield app
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def at_once(works: Iterable[Callable[[], object]]) -> None:
    """Do `works` at the same time, each in a thread of its own; fails with the first error of any of them."""
    errors: list[Exception] = []

    def run(work: Callable[[], object]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001  # raised again below, in the test's own thread
            errors.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
