"""A house with people and customers, whose claims the tests bring wherever they need them."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import event

from portal.db import db


@pytest.fixture
def count_queries(app: Flask) -> Callable[[Callable[[], object]], int]:
    """Return what runs something and tells how many statements the database was sent meanwhile."""

    def counted(do: Callable[[], object]) -> int:
        sent: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            sent.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        do()
        event.remove(engine, "before_cursor_execute", note)
        return len(sent)

    return counted
