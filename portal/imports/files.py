"""Files that the pages of imports hand over: templates of each kind, and lists of mistakes."""

import csv
import io
from collections.abc import Iterable, Sequence
from tempfile import NamedTemporaryFile

from rustpy_xlsxwriter import write_worksheet

from portal.imports.kinds import Kind
from portal.imports.model import ImportMistake
from portal.web.downloads import BYTE_ORDER_MARK, safe

# stays English: headings, by which people's own programs find the columns
HEADINGS = ("Row", "Column", "What stands there", "Why it cannot be taken")
_WIDTH = 22.0  # characters


def template_csv(kind: Kind) -> bytes:
    """Return a CSV file with the headings of a kind and one example row, which imports as it is written."""
    return _csv([[one.name for one in kind.columns], [one.example for one in kind.columns]])


def template_xlsx(kind: Kind) -> bytes:
    """Return the same as a workbook."""
    with NamedTemporaryFile(suffix=".xlsx") as file:
        example = {one.name: one.example or None for one in kind.columns}
        write_worksheet(
            [example], file.name, sheet_name=kind.code, freeze_row=1, bold_headers=True, column_width=_WIDTH
        )
        return file.read()


def mistakes_csv(mistakes: Sequence[ImportMistake]) -> bytes:
    """Return the mistakes as a CSV file that no spreadsheet runs."""
    rows = [[str(one.row or ""), one.column, one.cell, one.reason] for one in mistakes]
    return _csv([HEADINGS, *([safe(cell) for cell in row] for row in rows)])


def _csv(rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO(BYTE_ORDER_MARK, newline="")
    text.seek(0, io.SEEK_END)
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8")
