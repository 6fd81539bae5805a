"""Turns the first sheet of a workbook into CSV inside the limited process; `limits.py` runs this file.

It reads the workbook (XLSX) from stdin and writes MARK and the CSV to stdout, or one JSON object:
`{"problem": "damaged", "where": ""}`. Like `reading.py` beside it, it knows nothing of the portal.
"""

import csv
import importlib.util
import io
import json
import posixpath
import re
import sys
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import IO, Any
from xml.etree import ElementTree as ET

MARK = b"sheet\n"
KIND = "xlsx"

# A sheet of 250,000 rows and thirteen columns unpacks to 200 MB; what unpacks to more is no list of rows.
UNPACKED_BYTES_AT_MOST = 500 * 1000 * 1000
PARTS_AT_MOST = 5000
COLUMNS_AT_MOST = 100
LETTERS = 26
CHUNK = 1024 * 1024
USUAL_STYLE = b"0"  # of a cell that names none; it has the format of the style called Normal
PLACE_CHARACTERS_AT_MOST = 10  # "XFD1048576"
# Spreadsheets calculate with fifteen digits; what is behind them in a file is the noise of its fractions.
DIGITS = 15
# A whole number of more digits was cut short already, so that two long IDs may have become the same.
LARGEST_NUMBER = 10**DIGITS

_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_SHOWS_AN_ERROR = re.compile(rb"""<(?:\w+:)?c\s[^<>]*?t=["']e["'][^<>]*>""")
_NOT_CALCULATED = re.compile(
    rb"""<(?:\w+:)?c(?=[\s>])(?![^<>]*\st=["']str["'])[^<>]*>\s*"""  # an empty text is a value too
    rb"""<(?:\w+:)?f(?:\s[^<>]*)?(?:/>|>[^<>]*</(?:\w+:)?f>)\s*"""
    rb"""(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"""
)
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^<>]*?ref=["'](?P<place>[A-Z]{1,3}[0-9]{1,7})""")
_NUMBER_WITH_FORMAT = re.compile(
    rb"""<(?:\w+:)?c(?=[\s>])(?![^<>]*\st=["'](?!n["']))(?:[^<>]*\ss=["']([0-9]{1,6})["'])?[^<>]*>\s*"""
    rb"""(?:<(?:\w+:)?f[^<>]*(?:/>|>[^<>]*</(?:\w+:)?f>)\s*)?<(?:\w+:)?v>"""
)
_TEXT_WITH_FORMAT = re.compile(
    rb"""<(?:\w+:)?c(?=\s)(?=[^<>]*\st=["'](?:s|str|inlineStr)["'])(?:[^<>]*\ss=["']([0-9]{1,6})["'])?[^<>]*>"""
)
_PLACE = re.compile(rb"""\sr=["']([A-Z]{1,3}[0-9]{1,7})["']""")
# Cells of one kind, and which of their styles show what is not in them, with the problem's code.
Formats = tuple[re.Pattern[bytes], Mapping[bytes, str]]
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class Problem(Exception):
    """The workbook is refused; `code` is one of `workbooks.problems`, `where` the cell, "" for none."""

    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.where = where


def csv_of(content: bytes, rows_at_most: int, bytes_at_most: int, currencies: Collection[str]) -> bytes:
    """Return the first sheet that is not hidden as CSV in UTF-8, row for row from its top.

    Only `currencies` are shown with numbers and not told. Raises Problem.
    """
    import python_calamine as calamine

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _weigh(archive)
            names = _sheets(archive)
            book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
            number = _first(book, calamine)
            if number < len(names):
                _look_through(archive, names[number], rows_at_most, _formats(archive, currencies))
        sheet = book.get_sheet_by_index(number)
        if sheet.end and sheet.end[1] >= COLUMNS_AT_MOST:  # counted from 0
            raise Problem("too_many_columns")
        return _written(sheet.iter_rows(), sheet.start[1] if sheet.start else 0, bytes_at_most)
    except (Problem, MemoryError):
        raise
    except calamine.PasswordError:
        raise Problem("encrypted") from None
    except Exception as error:
        raise Problem("damaged") from error


def _weigh(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise Problem("encrypted")
    if len(parts) > PARTS_AT_MOST or sum(part.file_size for part in parts) > UNPACKED_BYTES_AT_MOST:
        raise Problem("unpacks_too_large")
    if "xl/workbook.xml" not in archive.namelist():
        raise Problem("no_workbook")


def _sheets(archive: zipfile.ZipFile) -> list[str]:
    """Return the part of each sheet in the workbook's order, as far as they can be found."""
    # stays English: names of attributes
    related = {
        one.get("Id"): posixpath.normpath(posixpath.join("xl", one.get("Target", "")))
        for one in ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314  # limited
    }
    book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314  # as above
    sheets = [one for one in book.iter() if one.tag.endswith("}sheet")]
    return [related.get(one.get(_RELATION), "").removeprefix("/") for one in sheets]


def _first(book: Any, calamine: ModuleType) -> int:
    for number, sheet in enumerate(book.sheets_metadata):
        shown = sheet.visible == calamine.SheetVisibleEnum.Visible
        if shown and sheet.typ == calamine.SheetTypeEnum.WorkSheet:
            return number
    raise Problem("no_workbook")


def _formats(archive: zipfile.ZipFile, currencies: Collection[str]) -> Sequence[Formats]:
    """Return which cell styles show something that is not in the cell, for numbers and for texts."""
    if "xl/styles.xml" not in archive.namelist():
        return ()
    told = _beside("sheet_formats")
    styles = ET.fromstring(archive.read("xl/styles.xml"))  # noqa: S314  # limited
    # stays English: names of attributes
    codes = {one.get("numFmtId"): one.get("formatCode", "") for one in styles.iter() if _is(one, "numFmt")}
    beside = {key: "text_beside" for key, code in codes.items() if told.adds_to_numbers(code, currencies)}
    zeros = {key: "zeros_before" for key, code in codes.items() if told.fills_with_zeros(code)}
    texts = {key: "text_beside" for key, code in codes.items() if told.adds_to_texts(code, currencies)}
    used = [one.get("numFmtId") for cells in styles.iter() if _is(cells, "cellXfs") for one in cells]
    return [
        (sign, {b"%d" % place: problems[key] for place, key in enumerate(used) if key in problems})
        for sign, problems in ((_NUMBER_WITH_FORMAT, beside | zeros), (_TEXT_WITH_FORMAT, texts))
    ]


def _is(element: ET.Element, name: str) -> bool:
    return element.tag.rpartition("}")[2] == name


def _look_through(archive: zipfile.ZipFile, name: str, rows_at_most: int, formats: Sequence[Formats]) -> None:
    """Refuse what is too long before it is loaded, and cells of which loading would make something else.

    These show an error, which would be empty; were merged, so that all but one are empty; or show zeros or
    a text that are not in them.
    """
    rows = 0
    with archive.open(name) as part:
        for piece in _pieces(part):
            rows += len(_ROW.findall(piece))
            if rows > rows_at_most + 1:  # with the headings
                raise Problem("too_many_rows")
            for code, sign in (("shows_an_error", _SHOWS_AN_ERROR), ("not_calculated", _NOT_CALCULATED)):
                if cell := sign.search(piece):
                    raise Problem(code, _place_of(cell[0]))
            if merged := _MERGED.search(piece):
                raise Problem("merged_cells", merged["place"].decode())
            for kind, problems in formats:
                for cell in kind.finditer(piece) if problems else ():
                    style = cell[1] or USUAL_STYLE
                    if style in problems:
                        raise Problem(problems[style], _place_of(cell[0]))


def _place_of(cell: bytes) -> str:
    place = _PLACE.search(cell)
    return place[1].decode() if place else ""


def _pieces(part: IO[bytes]) -> Iterator[bytes]:
    """Yield the part about a chunk at a time, never with a row cut in two."""
    kept = b""
    while chunk := part.read(CHUNK):
        kept += chunk
        prefixed = kept.rfind(b"<", 0, max(kept.rfind(b":row"), 0))
        cut = max(kept.rfind(b"<row"), prefixed, 0)
        yield kept[:cut]
        kept = kept[cut:]
    yield kept


def _written(rows: Iterable[Sequence[object]], first: int, bytes_at_most: int) -> bytes:
    result = io.BytesIO()
    text = io.TextIOWrapper(result, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row, first):
            if isinstance(cell, int | float) and abs(cell) >= LARGEST_NUMBER:
                raise Problem("too_many_digits", f"{_letters(column)}{number}")
        writer.writerow([as_text(cell) for cell in row])
        if result.tell() > bytes_at_most:
            raise Problem("too_large")
    return result.getvalue()


def _letters(column: int) -> str:
    """Return what a spreadsheet calls a column, counted from 0: "A", "Z", "AA"."""
    before = _letters(column // LETTERS - 1) if column >= LETTERS else ""
    return before + chr(ord("A") + column % LETTERS)


def as_text(cell: object) -> str:
    """Return a cell as one writes it: days as 2026-11-30, numbers with a point and no noise behind it."""
    if isinstance(cell, str):
        return cell
    match cell:
        case bool():
            return "TRUE" if cell else "FALSE"
        case int() | float():
            number = f"{Decimal(f'{cell:.{DIGITS}g}'):f}"
            return number.rstrip("0").rstrip(".") if "." in number else number
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case date() | time():
            return cell.isoformat()
    return str(cell)


def answer(content: bytes, rows_at_most: int, bytes_at_most: int, currencies: Collection[str]) -> bytes:
    """Return MARK with the CSV, or the JSON object that tells the problem."""
    where = ""
    try:
        return MARK + csv_of(content, rows_at_most, bytes_at_most, currencies)
    except Problem as problem:
        code, where = problem.code, problem.where
    except MemoryError:
        code = "needs_too_much"
    return json.dumps({"problem": code, "where": where}).encode()


def _beside(name: str) -> ModuleType:
    """Return the module beside this file: in isolated mode no folder is searched for it."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(
    mebibytes: int, seconds: int, rows_at_most: int, bytes_at_most: int, *, currencies: Collection[str]
) -> None:
    """Read the workbook on stdin within the limits and answer on stdout."""
    reading = _beside("reading")
    reading.limit(mebibytes, seconds, bytes_at_most + CHUNK)
    reading.load_library(KIND)
    sys.stdout.buffer.write(answer(sys.stdin.buffer.read(), rows_at_most, bytes_at_most, currencies))


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:5]), currencies=frozenset(sys.argv[5].split(",")))
