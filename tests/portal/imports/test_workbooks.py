"""Workbooks become CSV: what is seen in a cell is what is read, and what is too much is refused in words."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook
from rustpy_xlsxwriter import write_worksheet

from portal.imports.sheets import NoSheet
from portal.imports.workbooks import problems, sheet_of
from portal.settings import Settings, read_settings


@pytest.fixture
def limits() -> Settings:
    return read_settings(
        secret_key="k" * 40, import_rows_at_most=1000, import_bytes_at_most=60_000, import_reading_seconds=20
    )


def book(*rows: list[Any], change: Callable[[Workbook], object] = lambda _: None) -> bytes:
    made = Workbook()
    for row in rows:
        made.worksheets[0].append(row)
    change(made)
    saved = io.BytesIO()
    made.save(saved)
    return saved.getvalue()


def changed(content: bytes, name: str, before: str, after: str) -> bytes:
    """Return the workbook with a text of one part exchanged."""
    result = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            text = old.read(part)
            if part == name:
                assert before.encode() in text
                text = text.replace(before.encode(), after.encode())
            new.writestr(part, text)
    return result.getvalue()


def read(settings: Settings, content: bytes) -> str:
    return sheet_of(settings, io.BytesIO(content), "somebody").read().decode()


def test_what_is_no_workbook_is_left_as_it_is(limits: Settings) -> None:
    assert read(limits, b"a,b\n1,2\n") == "a,b\n1,2\n"


def test_cells_are_read_as_they_are_seen(limits: Settings) -> None:
    cells = [
        "L-1",
        12,
        12.0,
        1234.5,
        0.1 + 0.2,
        -5,
        999_999_999_999_999,
        date(2026, 10, 1),
        datetime.fromisoformat("2026-10-01T09:30"),
        True,
    ]
    written = read(limits, book(["a"] * len(cells), cells))
    assert written.splitlines()[1] == (
        "L-1,12,12,1234.5,0.3,-5,999999999999999,2026-10-01,2026-10-01T09:30:00,TRUE"
    )


def test_an_amount_may_be_shown_with_its_currency(limits: Settings) -> None:
    def formatted(made: Workbook) -> None:
        made.worksheets[0]["A2"].number_format = '0 "EUR"'
        made.worksheets[0]["B2"].number_format = '#,##0.00\\ "€"'

    assert read(limits, book(["a", "b"], [1500, 1.5], change=formatted)) == "a,b\r\n1500,1.5\r\n"


@pytest.mark.parametrize("code", ["0.00", "#,##0.00", "0%", "0E+00", "yyyy-mm-dd"])
def test_formats_that_add_no_zeros_are_no_hindrance(limits: Settings, code: str) -> None:
    def formatted(made: Workbook) -> None:
        made.worksheets[0]["A2"].number_format = code

    assert read(limits, book(["a"], [1.5], change=formatted)).startswith("a\r\n1")


def test_of_a_formula_its_value_is_read(limits: Settings) -> None:
    content = changed(book(["a"], ["=600+34.5"]), "xl/worksheets/sheet1.xml", "<v></v>", "<v>634.5</v>")
    assert read(limits, content) == "a\r\n634.5\r\n"


def test_rows_keep_their_numbers_and_quotes(limits: Settings) -> None:
    assert read(limits, book(["a", "b"], [], ['x "y", z', None])) == 'a,b\r\n,\r\n"x ""y"", z",\r\n'


def test_the_first_sheet_that_is_not_hidden_is_read(limits: Settings) -> None:
    def second(made: Workbook) -> None:
        made.worksheets[0].sheet_state = "hidden"
        made.create_sheet("Seen").append(["seen"])

    assert read(limits, book(["hidden"], change=second)) == "seen\r\n"


def bomb() -> bytes:
    """Return a workbook with a part of 510 MB that is packed into half of one."""
    made = io.BytesIO(book(["a"]))
    nothing = bytes(1_000_000)
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as file, file.open("xl/media/a.bmp", "w") as part:
        for _ in range(510):
            part.write(nothing)
    return made.getvalue()


def formula(made: Workbook) -> None:
    made.worksheets[0]["B3"] = "=1+1"  # which no spreadsheet has calculated yet


def error(made: Workbook) -> None:
    made.worksheets[0]["B3"] = "#N/A"


def long_number(made: Workbook) -> None:
    made.worksheets[0]["B3"] = 12345678901234567  # of which a spreadsheet keeps fifteen digits


def merged(made: Workbook) -> None:
    made.worksheets[0].merge_cells("B3:B4")  # of which all but the first say nothing


def filled_with_zeros(made: Workbook) -> None:
    made.worksheets[0]["B3"] = 123
    made.worksheets[0]["B3"].number_format = "00000"  # seen as 00123


def shown_with_a_text(made: Workbook) -> None:
    made.worksheets[0]["B3"] = 123
    made.worksheets[0]["B3"].number_format = '"SUB-"0'  # seen as SUB-123


def number_with_thousands_shown_with_a_text(made: Workbook) -> None:
    made.worksheets[0]["B3"] = 1234
    made.worksheets[0]["B3"].number_format = '"SUB-"#,##0'  # seen as SUB-1,234


def text_shown_with_more(made: Workbook) -> None:
    made.worksheets[0]["B3"] = "123"
    made.worksheets[0]["B3"].number_format = '0;-0;0;"SUB-"@'


def in_the_usual_style(change: Callable[[Workbook], object]) -> bytes:
    """Return a workbook whose every cell has the format of B3, as no cell says which style it has."""
    plain = changed(book(["a"], change=change), "xl/worksheets/sheet1.xml", ' s="1"', "")
    before, after = (f'cellXfs count="2"><xf numFmtId="{code}"' for code in (0, 164))
    return changed(plain, "xl/styles.xml", before, after)


def archive() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("a.txt", "a")
    return made.getvalue()


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: book(["a"], change=error), "shows_an_error"),
        (lambda: book(["a"], change=formula), "not_calculated"),
        (lambda: book(["a"], change=long_number), "too_many_digits"),
        (lambda: book([None, "a"], change=long_number), "too_many_digits"),
        (lambda: book(["a"], change=merged), "merged_cells"),
        (lambda: book(["a"], change=filled_with_zeros), "zeros_before"),
        (lambda: book(["a"], change=shown_with_a_text), "text_beside"),
        (lambda: book(["a"], change=number_with_thousands_shown_with_a_text), "text_beside"),
        (lambda: book(["a"], change=text_shown_with_more), "text_beside"),
        (lambda: in_the_usual_style(filled_with_zeros), "zeros_before"),
        (lambda: in_the_usual_style(shown_with_a_text), "text_beside"),
        (lambda: book(*[["a"]] * 1002), "too_many_rows"),
        (lambda: book(["a"] * 101), "too_many_columns"),
        (lambda: book(*[["a" * 500] * 20] * 10), "too_large"),
        (archive, "no_workbook"),
        (lambda: book(["a"])[:-200], "damaged"),
        (lambda: b"PK\x03\x04" + b"x" * 200, "damaged"),
        (bomb, "unpacks_too_large"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(
    limits: Settings, make: Callable[[], bytes], code: str
) -> None:
    with pytest.raises(NoSheet) as refused:
        read(limits, make())
    assert str(refused.value) == problems(limits, "B3")[code]


def test_a_text_of_the_usual_style_that_shows_more_is_refused(limits: Settings) -> None:
    with pytest.raises(NoSheet) as refused:
        read(limits, in_the_usual_style(text_shown_with_more))
    assert str(refused.value) == problems(limits, "A1")["text_beside"]


def test_a_cell_far_below_needs_no_more_memory_than_is_allowed(limits: Settings) -> None:
    far = book(["a"], ["b"], change=lambda made: made.worksheets[0].cell(1_048_576, 100, "x"))
    with pytest.raises(NoSheet):
        read(limits.model_copy(update={"document_reading_mebibytes": 512}), far)


def test_a_sheet_of_a_million_rows_is_refused_before_it_is_loaded(limits: Settings, tmp_path: Any) -> None:
    path = tmp_path / "long.xlsx"
    write_worksheet(({"a": "x"} for _ in range(1_000_000)), str(path), sheet_name="x")
    with pytest.raises(NoSheet, match="more than 1,000 rows"):
        read(limits, path.read_bytes())
