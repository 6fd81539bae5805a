"""How long the hot pages take, how many queries they make, and what ten times as many claims change.

Run: .venv/bin/python -m benchmarks.pages [CLAIMS]
Rows are written straight into a database of its own in a temporary folder: this measures reading. The
figures of one run are to be compared with each other, not with those of another machine.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from lxml import html
from sqlalchemy import event, func, insert, select

from portal.app import create_app
from portal.claims.desk import Desk
from portal.claims.model import Claim
from portal.db import db, transaction
from portal.sample.loading import load_sample
from portal.settings import read_settings

RULES = Path(__file__).resolve().parents[1] / "rules"
ROUNDS = 15


def signed_in(app: Flask, email: str) -> FlaskClient:
    """Return a client that signed in through the page."""
    client = app.test_client()
    page = html.fromstring(client.get("/sign-in").get_data())
    token = page.xpath("//input[@name='csrf_token']/@value")[0]
    settings = app.extensions["desk"].settings
    typed = {"csrf_token": token, "email": email, "password": settings.demo_password}
    assert client.post("/sign-in", data=typed).status_code == 303
    return client


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements that are executed within."""
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def measure(app: Flask, client: FlaskClient, path: str, rounds: int = ROUNDS) -> tuple[float, int, int]:
    """Return the median time of `path` in milliseconds, its queries, and its size in bytes."""
    with app.app_context(), counted() as statements:
        size = len(client.get(path).get_data())
    times = []
    for _ in range(rounds):
        began = perf_counter()
        assert client.get(path).status_code == 200, path
        times.append(perf_counter() - began)
    return median(times) * 1000, len(statements), size


def multiply(app: Flask, wanted: int) -> None:
    """Copy the submitted claims until there are `wanted`; numbers and moments differ."""
    with app.app_context(), transaction() as session:
        columns = [column for column in Claim.__table__.columns if column.name != "id"]
        rows = [dict(row) for row in session.execute(select(*columns)).mappings()]
        have = session.scalar(select(func.count()).select_from(Claim)) or 0
        copies = []
        for place in range(wanted - have):
            row = dict(rows[place % len(rows)])
            row["number"] = f"CL-2025-{place + 1:06d}"
            row["changed_at"] -= timedelta(minutes=place)
            copies.append(row)
        if copies:
            session.execute(insert(Claim.__table__), copies)


def main(claims: int) -> None:
    """Print one line a page, with few claims and with many."""
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings(data_dir=Path(folder), demo=True, rules_dir=RULES)
        app = create_app(settings)
        with app.app_context():
            upgrade()
            desk: Desk = app.extensions["desk"]
            desk.policies.in_force()
            few = load_sample(desk, seed=1)
            number = db.session.scalar(
                select(Claim.number).where(Claim.first_submitted_at.is_not(None)).limit(1)
            )
        partner, reviewer = (
            signed_in(app, "incentives@contoso.example"),
            signed_in(app, "reviewer@operator.example"),
        )
        pages = (
            (partner, "/claims"),
            (partner, "/claims?q=adatum&sort=due"),
            (partner, f"/claims/{number}"),
            (reviewer, "/reviews"),
            (reviewer, f"/reviews/{number}"),
            (partner, "/policy"),
        )
        before = {path: measure(app, client, path) for client, path in pages}
        multiply(app, claims)
        print(f"{'page':32}{few:>6} claims, ms{claims:>8} claims, ms{'ratio':>8}{'queries':>9}{'kB':>7}")
        for client, path in pages:
            now, queries, size = measure(app, client, path)
            was, queries_before, _ = before[path]
            grown = "" if queries == queries_before else f" (was {queries_before})"
            print(f"{path:32}{was:>17.1f}{now:>19.1f}{now / was:>8.1f}{queries:>9}{size / 1000:>7.0f}{grown}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
