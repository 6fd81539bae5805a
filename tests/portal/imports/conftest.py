"""A house in which files are imported: subscriptions, which need no claim, and earnings of one claim."""

from collections.abc import Iterable, Mapping
from io import BytesIO

import pytest
from sqlalchemy import delete, func, select

from portal.accounts.actor import Actor
from portal.db import db, transaction
from portal.imports.importer import Importer
from portal.imports.model import Import, ImportedRow, ImportMistake
from portal.imports.reading import read_in
from portal.imports.taking import take_in
from portal.imports.using import use
from portal.rulebook.rulebook import Rulebook
from tests.portal.reviews.filing import Filing

ADMIN = "admin@operator.example"
SUBSCRIPTION = {
    "tenant_id": "8D7F9A52-7c1e-4c57-9f60-1d2ab2f1c001",
    "product": "Microsoft Teams",
    "subscription_id": "SUB-1",
    "state": "active",
    "as_of": "2026-11-01",
    "ends_on": "",
}
Row = Mapping[str, str]


def sheet(rows: Iterable[Row]) -> bytes:
    """Return a CSV file with these rows, whose headings are those of the first."""
    listed = list(rows)
    lines = [",".join(listed[0]), *(",".join(row.values()) for row in listed)]
    return "\n".join(lines).encode()


def subscriptions(count: int, start: int = 0, **changed: str) -> bytes:
    """Return a file of `count` subscriptions whose IDs are counted from `start` on."""
    return sheet(SUBSCRIPTION | {"subscription_id": f"SUB-{start + n}"} | changed for n in range(count))


class Imports:
    """Imports into one house. Every method opens and closes its own app context."""

    def __init__(self, filing: Filing) -> None:
        self.filing = filing
        self.importer: Importer = filing.app.extensions["importer"]
        self.actor: Actor = filing.actors[ADMIN]

    def take(self, content: bytes, kind: str = "subscriptions", name: str = "november.csv") -> int:
        with self.filing.context():
            return take_in(self.importer, kind, name, BytesIO(content), self.actor)

    def read(self, import_id: int) -> Import:
        with self.filing.context():
            read_in(self.importer, import_id)
        return self.row(import_id)

    def checked(self, content: bytes, kind: str = "subscriptions") -> int:
        import_id = self.take(content, kind)
        self.read(import_id)
        return import_id

    def used(self, content: bytes, kind: str = "subscriptions") -> int:
        import_id = self.checked(content, kind)
        with self.filing.context():
            use(self.importer, import_id, self.actor)
        return import_id

    def row(self, import_id: int) -> Import:
        with self.filing.context():
            found = db.session.get_one(Import, import_id)
            db.session.expunge_all()
            return found

    def mistakes(self, import_id: int) -> list[tuple[int, str, str, str]]:
        """Return (row, column, cell, reason) of each listed mistake."""
        with self.filing.context():
            query = select(ImportMistake).where(ImportMistake.import_id == import_id)
            rows = db.session.scalars(query.order_by(ImportMistake.row, ImportMistake.id))
            return [(one.row, one.column, one.cell, one.reason) for one in rows]

    def live(self, kind: str = "subscriptions") -> set[str]:
        """Return the keys of the rows that count."""
        table = self.importer.kinds[kind].table
        with self.filing.context():
            return set(db.session.scalars(select(table.key).where(table.live)))

    def count(self, kind: str = "subscriptions") -> int:
        """Return how many rows there are, whether they count or not."""
        with self.filing.context():
            return db.session.scalar(select(func.count()).select_from(self.importer.kinds[kind].table)) or 0

    def forget_all(self) -> None:
        """Begin anew, as if nothing had ever been imported."""
        with self.filing.context(), transaction() as session:
            for kind in self.importer.kinds.values():
                session.execute(delete(kind.table))
            for table in (ImportedRow, ImportMistake, Import):
                session.execute(delete(table))


@pytest.fixture
def imports(filing: Filing) -> Imports:
    return Imports(filing)


@pytest.fixture
def rulebook(filing: Filing) -> Rulebook:
    with filing.context():
        return filing.desk.policies.in_force()
