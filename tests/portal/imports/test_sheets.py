"""CSV files as programs write them: separators, quotes, marks, blank rows; and files that are none."""

from io import BytesIO

import pytest

from portal.imports.sheets import Line, NoSheet, headings, lines


def read(content: bytes) -> list[Line]:
    return list(lines(BytesIO(content)))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_separator_and_line_end_is_understood(separator: str, end: str) -> None:
    content = f"\ufeffLine ID{separator}Month{end}L-1{separator} 2026-10 {end}".encode()
    assert headings(BytesIO(content)) == ("line_id", "month")
    assert read(content) == [Line(2, {"line_id": "L-1", "month": "2026-10"})]


def test_rows_are_numbered_as_a_spreadsheet_does_and_empty_ones_are_no_rows() -> None:
    content = b'a,b\n\n1,"x\ny"\n , \n2,z\n'
    assert [(one.number, one.cells["a"], one.cells["b"]) for one in read(content)] == [
        (3, "1", "x\ny"),
        (5, "2", "z"),
    ]


def test_a_heading_may_have_a_line_break_and_empty_columns_may_follow() -> None:
    assert read(b'"line\nid",b,,\n1,2,,\n') == [Line(4 - 2, {"line_id": "1", "b": "2"})]


def test_what_is_missing_in_a_row_is_empty_and_what_is_beyond_is_counted() -> None:
    assert read(b"a,b\n1\n1,2,3,,4\n") == [Line(2, {"a": "1", "b": ""}), Line(3, {"a": "1", "b": "2"}, 2)]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"\n1,2", "empty"),
        (b"a,,b\n", "no name"),
        (b"a,A\n", "twice"),
        (",".join(f"c{n}" for n in range(101)).encode(), "100 columns"),
        ("ä,b\n".encode("latin-1"), "UTF-8"),
        (b"a,b\n1,2\n" + "ä".encode("latin-1"), "UTF-8"),
        (b"a\0,b\n", "CSV"),
        (b"a" * 300_000, "CSV"),
        (b"a,b\n1,2\n1\x00,2\n", "from row 3 on"),
        (b'a,b\n1,2\n"1,2\n', "from row 3 on"),
        (b"a,b\n" + b"x" * 2001 + b",2\n", "from row 2 on"),
        (b"a,b\n1,2\n" + b"ab," * 70_000 + b"\n", "Row 3 is longer"),
        (b"a,b\n1,2\n" + b'"\n",' * 50_000 + b"\n", "Row 3 is longer"),
        (b"a,b\n" + b"\n" * 1_048_577 + b"1,2\n", "more than 1,048,576 rows"),
    ],
)
def test_what_is_no_sheet_is_refused_with_what_to_do(content: bytes, told: str) -> None:
    with pytest.raises(NoSheet, match=told):
        read(content)
