"""A report as a CSV file, safe in any program."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from portal.claims.export import csv_lines
from portal.imports.columns import plain_amount
from portal.reports.shapes import Amounts, Cell, ClaimLink, Month, OpinionsLink, Report, Share
from portal.web.downloads import BYTE_ORDER_MARK, safe


def report_file(report: Report) -> bytes:
    """Return the whole table in UTF-8 (RFC 4180, with a byte order mark).

    A column of amounts becomes one for each currency that is in it, named in its heading.
    """
    columns = list(_columns(report))
    headings = [heading for heading, _ in columns]
    rows = zip(*(cells for _, cells in columns), strict=True)
    return csv_lines([headings], BYTE_ORDER_MARK) + csv_lines([list(row) for row in rows])


def _columns(report: Report) -> Iterator[tuple[str, list[str]]]:
    for place, (heading, _) in enumerate(report.columns):
        cells = [row[place] for row in report.rows]
        amounts = [cell for cell in cells if isinstance(cell, Amounts)]
        currencies = sorted({money.currency for cell in amounts for money in cell.each})
        if not currencies:
            yield heading, [_said(cell) for cell in cells]
        for currency in currencies:
            yield f"{heading} ({currency})", [_amount(cell, currency) for cell in cells]


def _amount(cell: Cell, currency: str) -> str:
    found = cell.each if isinstance(cell, Amounts) else ()
    return next((plain_amount(one.minor, currency) for one in found if one.currency == currency), "")


def _said(cell: Cell) -> str:
    match cell:
        case None | Amounts():
            return ""
        case ClaimLink() | OpinionsLink():
            return cell.number
        case Month():
            return cell.iso
        case Share():
            return f"{cell.percent}%"
        case date():
            return cell.isoformat()
        case int() | Decimal():
            return str(cell)
    return safe(cell)
