"""What the money of a checked file comes to, to be compared with what the sender of the file says."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.imports.importer import Importer
from portal.imports.kinds import Sum
from portal.imports.model import IN_USE, READY, Import, ImportedRow


@dataclass(frozen=True)
class Totals:
    """What the rows of one currency come to, in its smallest unit, and what they are made of.

    Each row of the file is in it once, however often it stands there. `new` is what those of the rows come
    to that count nowhere yet.
    """

    currency: str
    rows: int
    amount: int
    new: int
    parts: tuple[Sum, ...]


def totals_of(session: Session, importer: Importer, row: Import) -> tuple[Totals, ...]:
    """Return the totals of the import by currency.

    There are none for rows that are no money, nor where nothing of the file counts or can come to count.
    """
    kind = importer.kinds[row.kind]
    if kind.sums is None or row.state not in (READY, IN_USE):
        return ()
    mine = kind.table.id.in_(select(ImportedRow.row_id).where(ImportedRow.import_id == row.id))
    found = kind.sums(session, importer.policies.in_force(), mine)
    currencies = sorted({one.currency for one in found})
    return tuple(_of(code, tuple(one for one in found if one.currency == code)) for code in currencies)


def _of(currency: str, parts: tuple[Sum, ...]) -> Totals:
    return Totals(
        currency,
        rows=sum(one.rows for one in parts),
        amount=sum(one.amount for one in parts),
        new=sum(one.new for one in parts),
        parts=parts,
    )
