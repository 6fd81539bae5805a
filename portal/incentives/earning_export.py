"""Earnings as a CSV file: every line that the filters leave, in the order shown, safe in any program."""

from collections.abc import Callable, Iterator, Mapping
from tempfile import SpooledTemporaryFile
from typing import IO

from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.claims.desk import Desk
from portal.claims.export import BYTES_IN_MEMORY, ROWS_AT_ONCE, csv_lines
from portal.db import db
from portal.imports.columns import plain_amount
from portal.incentives.earning_filters import Wanted
from portal.incentives.earning_queries import lines_of
from portal.incentives.earnings import Shown, shown
from portal.languages.sentences import in_english
from portal.web.downloads import BYTE_ORDER_MARK, safe

# stays English: people's own programs find columns by their headings
CELLS: Mapping[str, Callable[[Shown], str]] = {
    "Line": lambda row: row.line.key,
    "Claim": lambda row: row.number,
    "Customer": lambda row: row.customer,
    "Tenant ID": lambda row: row.line.tenant_id,
    "Product": lambda row: row.product,
    "Subscription ID": lambda row: row.line.subscription_id,
    "Month": lambda row: row.line.month,
    "Engagement": lambda row: row.engagement,
    "Earned by": lambda row: row.lever,
    "Amount": lambda row: plain_amount(row.line.amount, row.line.currency),
    "Currency": lambda row: row.line.currency,
    "Payment status": lambda row: row.status,
    "Payment": lambda row: row.line.payment_id,
    "Paid on": lambda row: row.line.paid_on,
    "Reason": lambda row: row.reason,
}
# A negative amount is a number, and no formula that a spreadsheet would run.
# stays English: a heading
NUMBERS = ("Amount",)


def earnings_file(desk: Desk, actor: Actor, wanted: Wanted) -> IO[bytes]:
    """Return the file in UTF-8 (RFC 4180, with a byte order mark), to be read from its beginning.

    It is written whole before a byte of it is sent, from one state of the database.
    """
    file = SpooledTemporaryFile(max_size=BYTES_IN_MEMORY)  # noqa: SIM115  # closed when it was sent
    with in_english():
        for part in _parts(desk, actor, wanted):
            file.write(part)
    file.seek(0)
    return file


def _parts(desk: Desk, actor: Actor, wanted: Wanted) -> Iterator[bytes]:
    rulebook = desk.policies.in_force()
    yield csv_lines([list(CELLS)], BYTE_ORDER_MARK)
    with Session(db.engine) as session:
        found = session.scalars(lines_of(desk, actor, wanted).execution_options(yield_per=ROWS_AT_ONCE))
        for part in found.partitions():
            yield csv_lines([_cells(shown(rulebook, line)) for line in part])


def _cells(row: Shown) -> list[str]:
    return [cell(row) if name in NUMBERS else safe(cell(row)) for name, cell in CELLS.items()]
