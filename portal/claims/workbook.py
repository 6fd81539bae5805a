"""The list of claims as an Excel workbook: the rows and columns of the CSV file, with real dates.

No cell is a formula: texts are written as strings, and what a program might still run is made safe as in CSV.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from tempfile import NamedTemporaryFile
from typing import IO

from rustpy_xlsxwriter import Format, write_worksheet

from portal.accounts.actor import Actor
from portal.claims.desk import Desk
from portal.claims.export import CELLS, Cell, parts_of_rows
from portal.claims.filters import Wanted
from portal.claims.listing import Row
from portal.languages.dates import zone_in_words
from portal.web.downloads import safe

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET = "Customer claims"  # stays English: as the headings do
# What Excel takes in one cell; a longer text would make the whole file impossible to write.
CHARACTERS_IN_A_CELL = 32_767
# stays English: as all of the file that the portal itself says
CUT = "… (cut here: a cell holds no more; the CSV file has all of it)"
# A sheet's moments have no zone of their own, so the heading names it.
# stays English: headings, by which people's own programs find the columns
ZONES: Mapping[str, str] = {
    "Until (end of day)": "Until (end of day, {zone})",
    "Created": "Created (UTC)",
    "First submitted": "First submitted (UTC)",
    "Changed": "Changed (UTC)",
}
# stays English: the formats of Excel
_DAY, _MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"
# stays English: as above
_FORMATS = {
    "Until (end of day)": _DAY,
    "Created": _MOMENT,
    "First submitted": _MOMENT,
    "Changed": _MOMENT,
}
_WIDTH = 22.0  # characters: a moment fits, and names are seen for the most part


def workbook(desk: Desk, actor: Actor, chosen: Wanted, numbers: tuple[str, ...] = ()) -> IO[bytes]:
    """Return the file (Office Open XML), to be read from its beginning; it is gone when it is closed.

    With `numbers` it holds these claims alone, as far as the filters leave them.

    As the CSV file it is written whole before a byte is sent, to the disk a row at a time: memory stays
    the same however many claims there are.
    """
    file = NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115  # closed when it was sent
    headings = _headings(desk)
    write_worksheet(
        _records(desk, actor, chosen, numbers, headings),
        file.name,
        sheet_name=SHEET,
        freeze_row=1,
        bold_headers=True,
        column_width=_WIDTH,
        column_formats={headings[name]: Format().set_num_format(form) for name, form in _FORMATS.items()},
    )
    file.seek(0)
    return file


def _headings(desk: Desk) -> dict[str, str]:
    """Return the heading of each column of the CSV file in the sheet."""
    zone = zone_in_words(desk.policies.in_force().policy.time_zone)
    return {name: ZONES.get(name, name).format(zone=zone) for name in CELLS}


def _records(
    desk: Desk, actor: Actor, chosen: Wanted, numbers: tuple[str, ...], headings: Mapping[str, str]
) -> Iterator[dict[str, Cell]]:
    empty = True
    for rows in parts_of_rows(desk, actor, chosen, numbers):
        empty = False
        yield from (_record(row, headings) for row in rows)
    if empty:
        # The headings come with the first row; without any, an empty one brings them.
        yield dict.fromkeys(headings.values())


def _record(row: Row, headings: Mapping[str, str]) -> dict[str, Cell]:
    return {headings[name]: in_sheet(cell(row)) for name, cell in CELLS.items()}


def in_sheet(value: Cell) -> Cell:
    """Return what is written for `value`: moments in UTC without a zone, texts safe and never too long."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    if value is None or isinstance(value, date):
        return value
    text = safe(value)
    # Excel counts a letter beyond the basic plane twice.
    if len(text.encode("utf-16-le")) <= 2 * CHARACTERS_IN_A_CELL:
        return text or None
    kept = text.encode("utf-16-le")[: 2 * (CHARACTERS_IN_A_CELL - len(CUT))]
    return kept.decode("utf-16-le", "ignore") + CUT
