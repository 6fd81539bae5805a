"""What a partner waits for on the pages of earnings: 100 lines of an organization beside 100,000 of it.

Run: .venv/bin/python -m benchmarks.earnings [LINES] [ROUNDS]
Measured on SQLite and on the PostgreSQL that the tests use, each with the sample's data. The lines are
written straight into the database; half of the approved claims earn nothing. The figures of one run are to
be compared with each other, not with those of another machine.
"""

import random
import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import delete, insert, select, text

from benchmarks.pages import RULES, counted, signed_in
from portal.accounts.model import Person, PersonLocation
from portal.app import create_app
from portal.backups.restoring import restore
from portal.backups.taking import take_backup
from portal.claims.desk import Desk
from portal.claims.model import Association, Claim, ClaimProduct
from portal.customers.model import Customer
from portal.db import db, transaction
from portal.incentives.earning_sheet import COLUMNS
from portal.incentives.earning_sums import sum_up
from portal.incentives.model import EarningLine
from portal.sample.loading import load_sample
from portal.settings import read_settings
from tests.databases import migration_config, postgresql

FEW, MANY, ROUNDS = 100, 100_000, 15
PARTNER = "billing@contoso.example"  # who may export
RESTRICTED = "incentives@contoso.example"  # who works for one location
# A whole ID of a subscription, a line and a payment; a part of a customer's name; what fits no line; what all
# claims begin with; what a thousand lines begin with, and what all subscriptions do.
SEARCHED = ("sub-00001", "L-0000042", "P-00001", "vanarsdel", "nothing-of-this", "CL-", "l-0000", "sub-")
PAGES = (
    (PARTNER, "/earnings"),
    (PARTNER, "/earnings?status=paid"),
    (PARTNER, "/earnings?month=2026-05"),
    *((PARTNER, f"/earnings?q={searched}") for searched in SEARCHED),
    (PARTNER, "/earnings/nothing-earned"),
    (RESTRICTED, "/earnings"),
    (RESTRICTED, "/earnings?status=paid"),
    (RESTRICTED, "/earnings?q=sub-00001"),
    (RESTRICTED, "/earnings?q=vanarsdel"),
)
FILE = "/earnings.csv"
STATUSES = ("earned", "scheduled", "paid")
# So many lines have one subscription, and so many one payment, however many lines there are.
OF_A_SUBSCRIPTION, OF_A_PAYMENT = 20, 50


def fill(count: int) -> None:
    """Let `count` lines of the partner's approved claims count, and no others."""
    chance = random.Random(1)
    with transaction() as session:
        session.execute(delete(EarningLine))
        organization = select(Person.organization_id).where(Person.email == PARTNER).scalar_subquery()
        query = (
            select(
                Claim.id, Claim.organization_id, Claim.engagement, Customer.tenant_id, ClaimProduct.product
            )
            .join(Customer, Customer.id == Claim.customer_id)
            .join(ClaimProduct, ClaimProduct.claim_id == Claim.id)
            .where(Claim.id.in_(select(Association.claim_id)), Claim.organization_id == organization)
            .order_by(Claim.id)
        )
        claimed = session.execute(query).all()
        claimed = claimed[: max(1, len(claimed) // 2)]  # the others earned nothing
        said = {column.name: column.example for column in COLUMNS}  # rows as long as those of files
        rows = []
        for number in range(count):
            claim_id, organization_id, engagement, tenant, product = chance.choice(claimed)
            rows.append(
                {"key": f"l-{number:07d}", "digest": f"{number:064d}", "said": said, "live": True}
                | {"line_id": f"L-{number:07d}"}
                | {"claim_id": claim_id, "organization_id": organization_id, "engagement": engagement}
                | {"tenant_id": tenant, "product": product}
                | {"subscription_id": f"sub-{number // OF_A_SUBSCRIPTION:05d}"}
                | {"month": f"2026-{chance.randint(1, 11):02d}", "lever": "usage_growth"}
                | {"amount": chance.randint(-2000, 90000), "currency": chance.choice(("EUR", "USD"))}
                | {"payment_status": chance.choice(STATUSES), "paid_on": "", "reason": ""}
                | {"payment_id": f"P-{number // OF_A_PAYMENT:05d}"}
            )
        session.execute(insert(EarningLine), rows)
        person = session.scalars(select(Person).where(Person.email == RESTRICTED)).one()
        places = [PersonLocation(location_id=place.id) for place in person.organization.locations[:1]]
        person.locations = places
        sum_up(session, EarningLine.live)
    with db.engine.begin() as connection:
        connection.execute(text("ANALYZE"))  # as PostgreSQL does by itself within a minute


def page(client: FlaskClient, path: str) -> float:
    """Return how long a page takes, in milliseconds."""
    began = perf_counter()
    assert client.get(path).status_code == 200, path
    return (perf_counter() - began) * 1000


def first_byte(client: FlaskClient, path: str) -> float:
    """Return how long the first byte of a file takes, in milliseconds."""
    began = perf_counter()
    response = client.get(path)
    assert next(iter(response.iter_encoded()))
    took = (perf_counter() - began) * 1000
    response.close()
    return took


def compare(name: str, few: Flask, many: Flask, rounds: int) -> None:
    """Print one line a page. Both are asked in turn, so that what else the machine does slows down both."""
    whose = {who: [signed_in(app, who) for app in (few, many)] for who in (PARTNER, RESTRICTED)}
    for who, path, take in (*((*one, page) for one in PAGES), (PARTNER, FILE, first_byte)):
        clients = whose[who]
        queries, times = [], [[], []]
        for app, client in zip((few, many), clients, strict=True):
            with app.app_context(), counted() as statements:
                take(client, path)
            queries.append(len(statements))
        for _ in range(rounds):
            for found, client in zip(times, clients, strict=True):
                found.append(take(client, path))
        shown = f"{path} (restricted)" if who == RESTRICTED else path
        was, now = (median(found) for found in times)
        grown = "" if queries[0] == queries[1] else f" (was {queries[0]})"
        print(
            f"{name:12}{shown:36}{was:>14.1f}{now:>18.1f}{now / was:>8.2f}{queries[1]:>9}{grown}",
            flush=True,
        )


def opened(folder: Path, url: str = "") -> Flask:
    """Return a portal whose data are in `folder`, or in the database at `url`."""
    return create_app(read_settings(data_dir=folder, demo=True, rules_dir=RULES, database_url=url))


def sampled(folder: Path, backup: Path) -> None:
    """Fill a folder with the sample's data, and back them up."""
    app = opened(folder)
    with app.app_context():
        upgrade()
        desk: Desk = app.extensions["desk"]
        desk.policies.in_force()
        load_sample(desk, seed=1)
        take_backup(desk, backup)
        db.engine.dispose()


def filled(data: Path, backup: Path, count: int, url: str = "") -> Flask:
    """Return a portal with the data of `data`, at `url` restored from their backup, and `count` lines."""
    folder = data.with_name(f"{count}{'-postgresql' if url else ''}")
    if url:
        folder.mkdir()
        shutil.copy(data / "secret-key", folder)
    else:
        shutil.copytree(data, folder)
    app = opened(folder, url)
    with app.app_context():
        if url:
            restore(app.extensions["desk"], backup, migration_config(url))
        app.extensions["desk"].policies.in_force()
        fill(count)
    return app


def main(many: int, rounds: int) -> None:
    """Measure on both databases."""
    print(f"{'database':12}{'page':36}{FEW:>5,} lines, ms{many:>9,} lines, ms{'ratio':>8}{'queries':>9}")
    server = postgresql()
    with (
        tempfile.TemporaryDirectory() as place,
        server.database("template1") as one,
        server.database("template1") as other,
    ):
        data, backup = Path(place) / "data", Path(place) / "backup"
        sampled(data, backup)
        for name, urls in (("SQLite", ("", "")), ("PostgreSQL", (one, other))):
            apps = [filled(data, backup, count, url) for count, url in zip((FEW, many), urls, strict=True)]
            compare(name, *apps, rounds)
            for app in apps:
                with app.app_context():
                    db.engine.dispose()


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*given, *(MANY, ROUNDS)[len(given) :])
