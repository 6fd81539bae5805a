"""Earnings as a CSV file: every line that the filters leave, in the order shown, safe in any program."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.claims.desk import Desk
from portal.claims.export import BYTES_IN_MEMORY, ROWS_AT_ONCE, csv_lines
from portal.db import db
from portal.imports.columns import plain_amount
from portal.incentives.earning_filters import Wanted
from portal.incentives.earning_queries import lines_of
from portal.languages.sentences import in_english
from portal.rulebook.rulebook import Rulebook
from portal.web.downloads import BYTE_ORDER_MARK, safe


@dataclass(frozen=True)
class _Words:
    """What the codes of lines are called, looked up once for the whole file."""

    products: Mapping[str, str]
    engagements: Mapping[str, str]
    levers: Mapping[str, str]
    statuses: Mapping[str, str]
    reasons: Mapping[str, str]


# stays English: people's own programs find columns by their headings
CELLS: Mapping[str, Callable[[Any, _Words], str]] = {
    "Line": lambda row, _: row.line_id,
    "Claim": lambda row, _: row.number,
    "Customer": lambda row, _: row.name or "",
    "Tenant ID": lambda row, _: row.tenant_id,
    "Product": lambda row, words: words.products.get(row.product, row.product),
    "Subscription ID": lambda row, _: row.subscription_id,
    "Month": lambda row, _: row.month,
    "Engagement": lambda row, words: words.engagements.get(row.engagement, row.engagement),
    "Earned by": lambda row, words: words.levers.get(row.lever, row.lever),
    "Amount": lambda row, _: plain_amount(row.amount, row.currency),
    "Currency": lambda row, _: row.currency,
    "Payment status": lambda row, words: words.statuses.get(row.payment_status, row.payment_status),
    "Payment": lambda row, _: row.payment_id,
    "Paid on": lambda row, _: row.paid_on,
    "Reason": lambda row, words: words.reasons.get(row.reason, row.reason),
}
# A negative amount is a number, and no formula that a spreadsheet would run.
# stays English: a heading
NUMBERS = ("Amount",)


def earnings_file(desk: Desk, actor: Actor, wanted: Wanted) -> IO[bytes]:
    """Return the file in UTF-8 (RFC 4180, with a byte order mark), to be read from its beginning.

    It is written whole before a byte of it is sent, from one state of the database: a server that had
    begun to send and then failed would leave a file that looks whole, and lacks money.
    """
    file = SpooledTemporaryFile(max_size=BYTES_IN_MEMORY)  # noqa: SIM115  # closed when it was sent
    with in_english():
        for part in _parts(desk, actor, wanted):
            file.write(part)
    file.seek(0)
    return file


def length_of(file: IO[bytes]) -> int:
    """Return how many bytes a file has: a browser that was told them sees when some did not come."""
    file.seek(0, os.SEEK_END)
    length = file.tell()
    file.seek(0)
    return length


def _parts(desk: Desk, actor: Actor, wanted: Wanted) -> Iterator[bytes]:
    words = _words(desk.policies.in_force())
    yield csv_lines([list(CELLS)], BYTE_ORDER_MARK)
    with Session(db.engine) as session:
        query = lines_of(session, desk, actor, wanted)
        found = session.execute(query.execution_options(yield_per=ROWS_AT_ONCE))
        for part in found.partitions():
            yield csv_lines([_cells(row, words) for row in part])


def _cells(row: Any, words: _Words) -> list[str]:
    return [cell(row, words) if name in NUMBERS else safe(cell(row, words)) for name, cell in CELLS.items()]


def _words(rulebook: Rulebook) -> _Words:
    programs, incentives = rulebook.programs, rulebook.incentives
    catalogs: tuple[Mapping[str, Any], ...] = (
        programs.products,
        programs.engagements,
        incentives.levers,
        incentives.payment_statuses,
        incentives.payment_reasons,
    )
    return _Words(*({code: str(row.label) for code, row in catalog.items()} for catalog in catalogs))
