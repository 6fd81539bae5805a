"""The Excel export: the rows and columns of the CSV file, real dates, and no formula among them."""

import io
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from rustpy_xlsxwriter import write_worksheet

from portal.claims.export import CELLS
from portal.claims.workbook import CHARACTERS_IN_A_CELL, in_sheet
from portal.db import transaction
from tests import factories
from tests.browser import Browser, Page
from tests.portal.claims.rows import add_claims
from tests.portal.claims.test_export import rows_of as rows_of_csv
from tests.portal.claims.test_listing import contoso
from tests.portal.reviews.filing import Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def rows_of(page: Page) -> list[dict[str, Any]]:
    sheet = load_workbook(io.BytesIO(page.content)).active
    headings, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(headings, row, strict=True)) for row in rows]


def sheet_of(content: bytes) -> str:
    return ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()


def test_it_has_the_rows_and_columns_of_the_csv_file_in_its_order(filing: Filing, partner: Browser) -> None:
    add_claims(filing, *({"name": f"Claim {place % 7}", "products": ["teams"]} for place in range(230)))
    add_claims(filing, {"name": "closed", "status": "approved"})
    filters = "status=draft&sort=-name"
    rows = rows_of(partner.visit(f"/claims.xlsx?{filters}"))
    texts = rows_of_csv(partner.visit(f"/claims.csv?{filters}"))
    assert [row["Claim"] for row in rows] == [row["Claim"] for row in texts]
    assert len(rows) == 230
    assert [re.sub(r" \(UTC\)|, [^)]+(?=\))", "", heading) for heading in rows[0]] == list(CELLS)
    assert rows[0]["Created (UTC)"] == datetime.fromisoformat(texts[0]["Created"]).replace(tzinfo=None)
    assert "Until (end of day, Los Angeles)" in rows[0]


@SQLITE
def test_what_people_typed_is_text_and_made_safe_as_in_csv(filing: Filing, partner: Browser) -> None:
    with filing.context(), transaction() as session:
        customer_id = factories.customer(session, contoso(session), "=HYPERLINK(1)").id
    add_claims(filing, {"name": "@evil <b>&", "customer_id": customer_id})
    page = partner.visit("/claims.xlsx")
    (row,) = rows_of(page)
    assert row["Name"] == "'@evil <b>&"
    assert row["Customer"] == "'=HYPERLINK(1)"
    assert "<f>" not in sheet_of(page.content)


@SQLITE
def test_it_holds_own_claims_alone_and_needs_the_permission(filing: Filing, partner: Browser) -> None:
    own = add_claims(filing, {})[0]
    add_claims(filing, {}, partner="fabrikam")
    assert [row["Claim"] for row in rows_of(partner.visit("/claims.xlsx"))] == [own]
    filing.browser("reviewer@operator.example").visit("/claims.xlsx", status=403)


@SQLITE
def test_without_a_claim_there_are_the_headings(filing: Filing, partner: Browser) -> None:
    sheet = load_workbook(io.BytesIO(partner.visit("/claims.xlsx").content)).active
    assert [cell.value for cell in sheet[1]][:2] == list(CELLS)[:2]
    assert sheet.max_column == len(CELLS)
    assert sheet.max_row <= 2


@SQLITE
def test_the_dashboards_link_keeps_the_filters(filing: Filing, partner: Browser) -> None:
    add_claims(filing, {"name": "one"}, {"name": "two"})
    page = partner.visit("/claims?q=two&sort=name")
    rows = rows_of(partner.visit(page.links()["Export as Excel"]))
    assert [row["Name"] for row in rows] == ["two"]


def test_days_and_moments_are_real_ones() -> None:
    assert in_sheet(date(2026, 11, 23)) == date(2026, 11, 23)
    moment = datetime.fromisoformat("2026-11-01T01:30:00.5-04:00")
    assert in_sheet(moment) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC).replace(tzinfo=None)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_name_is_written_as_text_and_no_program_runs_it(name: str) -> None:
    file = io.BytesIO()
    write_worksheet([{"Name": in_sheet(name)}], file)
    sheet = sheet_of(file.getvalue())
    assert "<f>" not in sheet
    value = load_workbook(file).active["A2"]
    assert value.data_type in ("s", "n", "inlineStr")
    assert value.value is None or str(value.value).lstrip()[:1] not in ("=", "+", "-", "@")


def test_a_text_that_no_cell_holds_is_cut_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "long.xlsx"
    write_worksheet([{"A": in_sheet("😀" * CHARACTERS_IN_A_CELL)}], str(path))
    text = load_workbook(path).active["A2"].value
    assert text.endswith("the CSV file has all of it)")
