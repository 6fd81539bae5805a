"""How long each report takes with the sample's claims and with many, for a partner and for the operator.

Run: .venv/bin/python -m benchmarks.reports [CLAIMS] [ROUNDS]
Each claim of the sample is copied whole, with what happened to it and what it earned, for a customer of its
own. The figures of one run are to be compared with each other, not with those of another machine.
"""

import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import func, insert, select, text

from benchmarks.pages import RULES, measure, signed_in
from portal.accounts.model import Person
from portal.accounts.queries import actor_of
from portal.app import create_app
from portal.audit.model import AuditEvent
from portal.claims.chain import PREFIX
from portal.claims.desk import Desk
from portal.claims.model import Association, Claim, ClaimClock, ClaimProduct
from portal.claims.units import parts_of
from portal.customers.model import Customer, SubscriptionReading
from portal.db import Base, db, transaction
from portal.incentives.model import EarningLine
from portal.reports.kinds import offered
from portal.sample.loading import load_sample
from portal.settings import read_settings

PARTNER, OPERATOR = "incentives@contoso.example", "admin@operator.example"
CLAIMS, ROUNDS = 10_000, 3
Row = dict[str, Any]


class Copy:
    """What differs in the copies of one time; the ids of two times are `apart` from each other."""

    def __init__(self, time: int, apart: int) -> None:
        self._mark, self._step = f"-{time:04d}", time * apart
        self.of: Mapping[type[Base], Callable[[Row], Row]] = {
            Customer: self._customer,
            Claim: self._claim,
            ClaimProduct: self._of_claim,
            ClaimClock: self._of_claim,
            Association: self._association,
            AuditEvent: lambda row: {"subject": row["subject"] + self._mark},
            SubscriptionReading: self._imported,
            EarningLine: lambda row: self._imported(row) | self._of_claim(row),
        }

    def _customer(self, row: Row) -> Row:
        return {"id": row["id"] + self._step, "tenant_id": row["tenant_id"] + self._mark}

    def _claim(self, row: Row) -> Row:
        customer = row["customer_id"] and row["customer_id"] + self._step
        return {"id": row["id"] + self._step, "customer_id": customer, "number": row["number"] + self._mark}

    def _of_claim(self, row: Row) -> Row:
        return {"claim_id": row["claim_id"] + self._step}

    def _association(self, row: Row) -> Row:
        tenant = parts_of(row["unit"])["tenant"]
        return self._of_claim(row) | {"unit": row["unit"].replace(tenant, tenant + self._mark)}

    def _imported(self, row: Row) -> Row:
        return {"key": row["key"] + self._mark, "tenant_id": row["tenant_id"] + self._mark}


def multiply(wanted: int) -> int:
    """Copy the sample until there are `wanted` claims at least; return how many there are."""
    with transaction() as session:
        have = session.scalar(select(func.count()).select_from(Claim)) or 0
        apart = 1 + max(session.scalar(select(func.max(one.id))) or 0 for one in (Claim, Customer))
        copies = [Copy(time, apart) for time in range(1, -(-wanted // have))]
        for model in Copy(0, 0).of:
            query = select(model.__table__)
            if model is AuditEvent:
                query = query.where(AuditEvent.subject.startswith(PREFIX))
            rows = [dict(row) for row in session.execute(query).mappings()]
            new = [_without_id(row) | copy.of[model](row) for copy in copies for row in rows]
            if new:
                session.execute(insert(model.__table__), new)
    with db.engine.begin() as connection:
        connection.execute(text("ANALYZE"))
    return have * (1 + len(copies))


def _without_id(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "id"}


def main(wanted: int, rounds: int) -> None:
    """Print one line a report and reader, with few claims and with many."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(read_settings(data_dir=Path(folder), demo=True, rules_dir=RULES))
        desk: Desk = app.extensions["desk"]
        readers = {}
        with app.app_context():
            upgrade()
            desk.policies.in_force()
            few = load_sample(desk, seed=1)
            for email in (PARTNER, OPERATOR):
                person = db.session.scalars(select(Person).where(Person.email == email)).one()
                readers[email] = tuple(offered(desk, actor_of(person)))
        clients = {email: signed_in(app, email) for email in readers}
        asked = [(email, code) for email, codes in readers.items() for code in codes]

        def measured() -> list[tuple[float, int, int]]:
            return [measure(app, clients[email], f"/reports/{code}", rounds) for email, code in asked]

        before = measured()
        with app.app_context():
            many = multiply(wanted)
        print(f"{'report':52}{few:>6} claims, ms{many:>8} claims, ms{'ratio':>8}{'queries':>9}{'kB':>7}")
        for (email, code), (was, _, _), (now, queries, size) in zip(asked, before, measured(), strict=True):
            name = f"{email.partition('@')[0]} {code}"
            print(f"{name:52}{was:>17.1f}{now:>19.1f}{now / was:>8.1f}{queries:>9}{size / 1000:>7.0f}")


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*given, *(CLAIMS, ROUNDS)[len(given) :])
