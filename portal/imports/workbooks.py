"""Workbooks (XLSX) that are imported: their first sheet is read as CSV, in a process with limits."""

from io import BytesIO
from typing import BinaryIO

from portal.evidence.limits import read_sheet
from portal.evidence.sheet_reading import COLUMNS_AT_MOST
from portal.evidence.turns import Busy, Turns
from portal.imports.currencies import currencies
from portal.imports.sheets import NoSheet
from portal.languages.sentences import gettext, number
from portal.settings import Settings

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WORKBOOK = b"PK\x03\x04"
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Operators who import are few; whoever comes second waits.
_turns = Turns(places=2, seconds=90.0)


def sheet_of(settings: Settings, file: BinaryIO, whose: str) -> BinaryIO:
    """Return the file itself where it is no workbook, or the CSV of its first sheet. Raises NoSheet.

    `whose` tells who brings it, for one at a time is opened of each.
    """
    beginning = _beginning(file)
    if beginning.startswith(_OLD):
        raise NoSheet(
            gettext(
                "The file is an old or password-protected workbook. In the spreadsheet, save it without a "
                "password as a workbook (XLSX), or as “CSV UTF-8”."
            )
        )
    if not beginning.startswith(_WORKBOOK):
        return file
    try:
        with _turns.place(whose), _turns.turn():
            found = read_sheet(
                file.read(),
                seconds=settings.import_reading_seconds,
                mebibytes=settings.document_reading_mebibytes,
                rows_at_most=settings.import_rows_at_most,
                bytes_at_most=settings.import_bytes_at_most,
                currencies=sorted(currencies()),
            )
    except Busy:
        raise NoSheet(
            gettext("Other workbooks are being read at the moment. Choose the file again in a minute.")
        ) from None
    if found.problem is not None:
        known = problems(settings, found.where)
        raise NoSheet(known.get(found.problem, known["damaged"]))
    return BytesIO(found.content)


def problems(settings: Settings, where: str = "") -> dict[str, str]:
    """Return what the limited process finds, by its code, in words: what is so, and what to do about it."""
    csv = gettext("Delete what is not needed, or save the sheet as “CSV UTF-8” and import that.")
    return {
        "encrypted": gettext("The workbook is protected with a password. Save a copy without one."),
        "damaged": gettext(
            "The workbook is damaged. Open it in the spreadsheet, save it anew, and import that."
        ),
        "no_workbook": gettext(
            "The file is an archive or another Office file, and no workbook with a sheet. Choose a workbook "
            "(XLSX) or a CSV file."
        ),
        "too_many_columns": gettext("The file has more than %(count)s columns.", count=COLUMNS_AT_MOST),
        "too_many_rows": too_many_rows(settings),
        "shows_an_error": gettext(
            "The cell %(cell)s of the workbook shows an error, such as #N/A. Mend its formula, or clear it.",
            cell=where,
        ),
        "not_calculated": gettext(
            "The cell %(cell)s of the workbook holds a formula without its value. Open the file in "
            "the spreadsheet, save it there, and import that.",
            cell=where,
        ),
        "too_many_digits": gettext(
            "The number in the cell %(cell)s of the workbook has more than 15 digits, and a spreadsheet "
            "keeps no more, so its last ones are lost. Format the column as text, and enter its values anew.",
            cell=where,
        ),
        "zeros_before": gettext(
            "The cell %(cell)s of the workbook shows zeros before its number that are not in it. Format the "
            "column as text, and enter its values with their zeros.",
            cell=where,
        ),
        "text_beside": gettext(
            "The format of the cell %(cell)s of the workbook adds a text that is not in it, such as SUB- "
            "before 123. Where that text belongs to it, format the column as text, and enter its values as "
            "they are seen. Where it is an amount, give the column a format of numbers without the text.",
            cell=where,
        ),
        "merged_cells": gettext(
            "The cell %(cell)s of the workbook is merged with others, of which only the first holds "
            "something. Take the merging back, and fill in each cell.",
            cell=where,
        ),
        "too_large": gettext("The sheet is too large. %(advice)s", advice=csv),
        "unpacks_too_large": gettext("The workbook is too large when it is opened. %(advice)s", advice=csv),
        "needs_too_much": gettext("The workbook needs more memory than one may use. %(advice)s", advice=csv),
        "crashed": gettext(
            "The workbook is damaged, or needs more memory than one may use: cells far beyond its rows may "
            "hold something. %(advice)s",
            advice=csv,
        ),
        "takes_too_long": gettext("The workbook takes too long to open. %(advice)s", advice=csv),
    }


def too_many_rows(settings: Settings) -> str:
    """Return the sentence for a file with more rows than may be imported."""
    return gettext(
        "The file has more than %(count)s rows, empty ones that are formatted among them. Split it, and "
        "import each part.",
        count=number(settings.import_rows_at_most),
    )


def _beginning(file: BinaryIO) -> bytes:
    file.seek(0)
    found = file.read(len(_OLD))
    file.seek(0)
    return found
