"""Reads a sheet of rows from a CSV file, one at a time, however long the file is."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, TextIO

from portal.languages.sentences import gettext
from portal.languages.sentences import number as in_digits

# A heading or cell is a name, an ID or an amount; a longer one is a file that is no sheet.
CHARACTERS_OF_A_CELL_AT_MOST = 2000
COLUMNS_AT_MOST = 100
# A longer row is none of cells that one may read, and would be held in memory as a whole.
CHARACTERS_OF_A_ROW_AT_MOST = CHARACTERS_OF_A_CELL_AT_MOST * COLUMNS_AT_MOST
ROWS_AT_MOST = 1_048_576  # as many as a spreadsheet has, empty ones among them
FIRST_ROW = 1  # as a spreadsheet counts: that of the headings
_SEPARATORS = (",", ";", "\t")


class NoSheet(Exception):
    """The file cannot be read as a sheet at all; the message says what is so and what to do."""


@dataclass(frozen=True)
class Line:
    """One row: its number as a spreadsheet counts (the headings are row 1) and its cells, by heading."""

    number: int
    cells: dict[str, str]
    surplus: int = 0  # cells beyond the last heading


def headings(file: BinaryIO) -> tuple[str, ...]:
    """Return the headings in small letters, with `_` for blanks. Raises NoSheet."""
    _, first = _reader(file)
    return first


def lines(file: BinaryIO) -> Iterator[Line]:
    """Yield every row that has something in it, from the file's beginning. Raises NoSheet."""
    rows, names = _reader(file)
    number = FIRST_ROW
    try:
        for number, cells in enumerate(rows, start=FIRST_ROW + 1):
            if number > ROWS_AT_MOST:
                raise NoSheet(_too_many_rows())
            if any("\0" in cell for cell in cells):
                raise NoSheet(_broken_row(number))
            if any(cell.strip() for cell in cells):
                beyond = sum(bool(cell.strip()) for cell in cells[len(names) :])
                yield Line(number, dict(zip(names, _stripped(cells, len(names)), strict=True)), beyond)
    except UnicodeDecodeError:
        raise NoSheet(_not_utf8()) from None
    except _TooLong:
        raise NoSheet(_too_long_row(number + 1)) from None
    except csv.Error:
        raise NoSheet(_broken_row(number + 1)) from None


def _reader(file: BinaryIO) -> tuple[Iterator[list[str]], tuple[str, ...]]:
    file.seek(0)
    text = io.TextIOWrapper(io.BufferedReader(_Unclosed(file)), encoding="utf-8-sig", newline="")
    try:
        first = text.readline(CHARACTERS_OF_A_ROW_AT_MOST)
        if "\0" in first or len(first) == CHARACTERS_OF_A_ROW_AT_MOST:
            raise NoSheet(_no_csv())
        separator = max(_SEPARATORS, key=first.count)
        csv.field_size_limit(CHARACTERS_OF_A_CELL_AT_MOST)
        rows = _rows(_Text(first, text), separator)
        found = next(rows, [])
    except UnicodeDecodeError:
        raise NoSheet(_not_utf8()) from None
    except csv.Error:
        raise NoSheet(_no_csv()) from None
    names = tuple(_plain(name) for name in found)
    while names and not names[-1]:
        names = names[:-1]
    if not names:
        raise NoSheet(gettext("The file is empty. Its first row must hold the names of the columns."))
    _check(names)
    return rows, names


class _TooLong(csv.Error):
    """A row is longer than CHARACTERS_OF_A_ROW_AT_MOST."""


class _Text:
    """The lines of a text for a CSV reader, which would gather a row of any length; `row` is what it has."""

    def __init__(self, first: str, text: TextIO) -> None:
        self._first = first
        self._text = text
        self.row = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._first or self._text.readline(CHARACTERS_OF_A_ROW_AT_MOST - self.row + 1)
        self._first, self.row = "", self.row + len(line)
        if self.row > CHARACTERS_OF_A_ROW_AT_MOST:
            raise _TooLong
        if not line:
            raise StopIteration
        return line


def _rows(text: _Text, separator: str) -> Iterator[list[str]]:
    for cells in csv.reader(text, delimiter=separator, strict=True):
        text.row = 0
        yield cells


def _check(names: Sequence[str]) -> None:
    if len(names) > COLUMNS_AT_MOST:
        raise NoSheet(gettext("The file has more than %(count)s columns.", count=COLUMNS_AT_MOST))
    if "" in names:
        raise NoSheet(gettext("A column has no name. Write it into the first row, or delete the column."))
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise NoSheet(gettext("The column “%(name)s” stands in the file twice. Delete one.", name=twice))


def _plain(heading: str) -> str:
    return "_".join(heading.strip().casefold().split())


def _stripped(cells: Sequence[str], count: int) -> list[str]:
    found = [cell.strip() for cell in cells[:count]]
    return found + [""] * (count - len(found))


def _not_utf8() -> str:
    return gettext("The file is not text in UTF-8. In the spreadsheet, save it as “CSV UTF-8”.")


def _no_csv() -> str:
    return gettext("The file is not a CSV file that can be read. In the spreadsheet, save it as “CSV UTF-8”.")


def _broken_row(number: int) -> str:
    return gettext(
        "The file cannot be read from row %(row)s on: a quotation mark is not closed, a cell is longer than "
        "%(count)s characters, or it holds what is no text. Mend the row, or save the file anew as “CSV "
        "UTF-8”.",
        row=number,
        count=CHARACTERS_OF_A_CELL_AT_MOST,
    )


def _too_long_row(number: int) -> str:
    return gettext(
        "Row %(row)s is longer than %(count)s characters, so it is no row of cells. Check its separators and "
        "quotation marks.",
        row=number,
        count=in_digits(CHARACTERS_OF_A_ROW_AT_MOST),
    )


def _too_many_rows() -> str:
    return gettext(
        "The file has more than %(count)s rows, most of them empty. Delete the empty ones, or split it.",
        count=in_digits(ROWS_AT_MOST),
    )


class _Unclosed(io.RawIOBase):
    """The file for a text wrapper, which closes what it wraps when it is thrown away."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # any writable buffer comes
        read = self._file.read(len(buffer))
        buffer[: len(read)] = read
        return len(read)
