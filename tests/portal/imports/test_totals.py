"""The sums of a checked file: by currency and status, each row once, and none where nothing can count."""

import pytest

from portal.db import db
from portal.imports.model import Import
from portal.imports.totals import Totals, totals_of
from portal.imports.using import drop, undo
from tests.portal.imports.conftest import Imports, sheet, subscriptions
from tests.portal.imports.earnings import Earnings, Said

PAID = {"payment_status": "paid", "payment_id": "P-1", "paid_on": "2026-11-15"}
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def earnings(imports: Imports) -> Earnings:
    return Earnings(imports)


def totals(imports: Imports, import_id: int) -> dict[str, Totals]:
    with imports.filing.context():
        row = db.session.get_one(Import, import_id)
        return {one.currency: one for one in totals_of(db.session(), imports.importer, row)}


def test_sums_are_told_by_currency_and_status_and_what_of_them_is_new(
    imports: Imports, earnings: Earnings
) -> None:
    imports.used(earnings.file([Said("L-1", 1000, "EUR")]), "earnings")
    lines = [("L-1", "10.00", "EUR"), ("L-2", "-2.50", "EUR"), ("L-3", "7", "JPY")]
    rows = [
        earnings.row | {"line_id": line, "amount": amount, "currency": currency, **dict.fromkeys(PAID, "")}
        for line, amount, currency in lines
    ]
    rows = [row | {"payment_status": earnings.row["payment_status"]} for row in rows]
    rows += [rows[1], rows[0] | {"line_id": "L-4"} | PAID]  # a row that stands twice is one
    import_id = imports.checked(sheet(rows), "earnings")
    found = totals(imports, import_id)
    assert list(found) == ["EUR", "JPY"]
    euros = found["EUR"]
    assert (euros.rows, euros.amount, euros.new) == (3, 1750, 750)
    assert [(one.status, one.rows, one.amount, one.new) for one in euros.parts] == [
        (earnings.row["payment_status"], 2, 750, -250),
        ("paid", 1, 1000, 1000),
    ]
    assert (found["JPY"].amount, found["JPY"].parts[0].label) == (7, "Calculated")


@SQLITE
def test_a_file_in_use_tells_its_sums_and_one_that_is_over_tells_none(
    imports: Imports, earnings: Earnings
) -> None:
    content = earnings.file([Said("L-1", 1000, "EUR")])
    used, dropped = imports.used(content, "earnings"), imports.checked(content, "earnings")
    assert totals(imports, used)["EUR"].amount == totals(imports, dropped)["EUR"].amount == 1000
    with imports.filing.context():
        drop(imports.importer, dropped, imports.actor)
        undo(imports.importer, used, imports.actor)
    assert (totals(imports, used), totals(imports, dropped)) == ({}, {})


@SQLITE
def test_where_a_mistake_keeps_the_file_out_there_are_no_sums(imports: Imports, earnings: Earnings) -> None:
    good = earnings.row | {"line_id": "L-1", "amount": "1", "currency": "EUR"}
    import_id = imports.checked(sheet([good, good | {"line_id": "L-2", "amount": "x"}]), "earnings")
    assert imports.row(import_id).fresh == 1
    assert totals(imports, import_id) == {}


@SQLITE
def test_rows_that_are_no_money_have_no_sums(imports: Imports) -> None:
    assert totals(imports, imports.checked(subscriptions(2))) == {}
