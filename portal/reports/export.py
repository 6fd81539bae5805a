"""A report as a CSV file, safe in any program."""

from datetime import date

from portal.claims.export import csv_lines
from portal.incentives.earning_export import plain_amount
from portal.reports.shapes import Cell, ClaimLink, Money, OpinionsLink, Report
from portal.web.downloads import BYTE_ORDER_MARK, safe


def report_file(report: Report) -> bytes:
    """Return the table in UTF-8 (RFC 4180, with a byte order mark); an amount stands with its currency."""
    headings = [heading for heading, _ in report.columns]
    rows = [[_said(one) for one in row] for row in report.rows]
    return csv_lines([headings], BYTE_ORDER_MARK) + csv_lines(rows)


def _said(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case ClaimLink() | OpinionsLink():
            return cell.number
        case Money():
            return f"{plain_amount(cell.minor, cell.currency)} {cell.currency}"
        case date():
            return cell.isoformat()
        case int():
            return str(cell)
    return safe(cell)
