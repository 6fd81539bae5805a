"""The list of claims as a CSV file: every row the filters leave, in the order shown, safe in any program.

Its columns and rows are those of every other kind of file that the list is handed over as.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from tempfile import SpooledTemporaryFile
from typing import IO

from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.claims.desk import Desk
from portal.claims.filters import Wanted
from portal.claims.listing import Row, in_order, row_of
from portal.claims.model import Claim
from portal.db import db
from portal.web.downloads import BYTE_ORDER_MARK, safe

ROWS_AT_ONCE = 200
# Some ten thousand rows; a larger file is written to the disk until it was sent.
BYTES_IN_MEMORY = 4_000_000

Cell = str | date | datetime | None  # moments are aware; None stays empty

# stays English: people's own programs find columns by their headings, and compare the portal's own words in
# them, whoever wrote the file.
MOVES: Mapping[str, str] = {
    "partner": "Your organization",
    "operator": "Review team",
    "customer": "Customer",
    "nobody": "Nobody",
}
# stays English: as MOVES
CELLS: Mapping[str, Callable[[Row], Cell]] = {
    "Claim": lambda row: row.claim.number,
    "Name": lambda row: row.claim.name,
    "Status": lambda row: row.status_label,
    "Whose move": lambda row: MOVES[row.claim.waits_for],
    "Until (end of day)": lambda row: row.due_on,
    "Overdue": lambda row: "yes" if row.claim.overdue else "no",
    "Closed": lambda row: "yes" if row.claim.closed else "no",
    "Customer": lambda row: row.claim.customer.name if row.claim.customer else "",
    "Customer domain": lambda row: row.claim.customer.domain if row.claim.customer else "",
    "Tenant ID": lambda row: row.claim.customer.tenant_id if row.claim.customer else "",
    "Partner location ID (MPN)": lambda row: row.claim.location.code if row.claim.location else "",
    "Location": lambda row: row.claim.location.name if row.claim.location else "",
    "Engagement": lambda row: row.engagement,
    "Solution area": lambda row: row.solution_area,
    "Activity": lambda row: row.activity,
    "Products": lambda row: "; ".join(row.products),
    "Subscription IDs": lambda row: "; ".join(
        product.subscription_id for product in row.claim.products if product.subscription_id
    ),
    "Incentive eligibility": lambda row: row.eligibility,
    "Created": lambda row: row.claim.created_at,
    "First submitted": lambda row: row.claim.first_submitted_at,
    "Changed": lambda row: row.claim.changed_at,
}


def export(desk: Desk, actor: Actor, chosen: Wanted, numbers: tuple[str, ...] = ()) -> IO[bytes]:
    """Return the file in UTF-8 (RFC 4180, with a byte order mark), to be read from its beginning.

    With `numbers` it holds these claims alone, as far as the filters leave them.

    It is written whole before a byte of it is sent: one query sees one state of the database, and a
    slow download keeps neither a transaction open nor the request of the person who asked for it.
    """
    file = SpooledTemporaryFile(max_size=BYTES_IN_MEMORY)  # noqa: SIM115  # closed when it was sent
    for part in _parts(desk, actor, chosen, numbers):
        file.write(part)
    file.seek(0)
    return file


def _parts(desk: Desk, actor: Actor, chosen: Wanted, numbers: tuple[str, ...]) -> Iterator[bytes]:
    yield csv_lines([list(CELLS)], BYTE_ORDER_MARK)
    for rows in parts_of_rows(desk, actor, chosen, numbers):
        yield csv_lines([[safe(_written(cell(row))) for cell in CELLS.values()] for row in rows])


def parts_of_rows(
    desk: Desk, actor: Actor, chosen: Wanted, numbers: tuple[str, ...] = ()
) -> Iterator[list[Row]]:
    """Yield the rows that `actor` may see and the filters leave, in order, a part of them at a time.

    One query in a session of its own sees one state of the database; no more than a part is in memory.
    """
    query = in_order(desk, actor, chosen)
    if numbers:
        query = query.where(Claim.number.in_(numbers))
    with Session(db.engine) as session:
        found = session.scalars(query.execution_options(yield_per=ROWS_AT_ONCE))
        for part in found.partitions():
            yield [row_of(desk, claim) for claim in part]


def _written(value: Cell) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else value or ""


def csv_lines(rows: list[list[str]], before: str = "") -> bytes:
    """Return rows of a CSV file (RFC 4180) in UTF-8, after `before`; the cells must be safe already."""
    text = io.StringIO(before, newline="")
    text.seek(0, io.SEEK_END)
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8")
