"""Lines of earnings: known again in any case, in currencies that there are, and no more than can be added."""

import pytest
from sqlalchemy import func, select, update

from portal.db import db, transaction
from portal.imports.columns import LARGEST_AMOUNT
from portal.imports.importer import NotNow
from portal.imports.using import undo, use
from portal.incentives.earning_sums import SUM_AT_MOST
from portal.incentives.model import EarningLine, EarningSum
from tests.browser import Browser
from tests.portal.imports.conftest import Imports
from tests.portal.imports.earnings import Earnings, Said
from tests.portal.incentives.sheets import LINE, bring, csv_of, earn
from tests.portal.reviews.filing import Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def imports(filing: Filing) -> Imports:
    return Imports(filing)


# ── IDs in any case ────────────────────────────────────────────────────────────────────────────


def test_a_line_written_in_another_case_counts_once(imports: Imports) -> None:
    earnings = Earnings(imports)
    first = imports.used(earnings.file([Said("L-Ab1", 150, "EUR"), Said("l-aB1", 150, "EUR")]), "earnings")
    again = imports.used(earnings.file([Said("l-ab1", 150, "EUR"), Said("X", 1, "EUR")]), "earnings")
    assert (imports.row(first).fresh, imports.row(first).same) == (1, 1)
    assert (imports.row(again).fresh, imports.row(again).same) == (1, 1)
    assert sorted(one.line.casefold() for one in earnings.counting()) == ["l-ab1", "x"]


def test_a_line_in_another_case_that_says_something_else_is_a_mistake(imports: Imports) -> None:
    earnings = Earnings(imports)
    imports.used(earnings.file([Said("L-1", 150, "EUR")]), "earnings")
    wrong = imports.checked(earnings.file([Said("l-1", 250, "EUR")]), "earnings")
    ((_, _, _, reason),) = imports.mistakes(wrong)
    assert "amount was “1.5”" in reason


@SQLITE
def test_people_read_and_find_a_line_as_it_was_typed(filing: Filing, partner: Browser) -> None:
    earn(filing, {"claim": filing.approved(), "line_id": "Line-Ab1"})
    assert "Line-Ab1" in partner.visit("/earnings?q=line-ab1").text
    file = filing.browser("billing@contoso.example").visit("/earnings.csv").content.decode()
    assert "Line-Ab1," in file


# ── currencies ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("currency", "month", "told"),
    [
        ("DEM", "2026-10", "DEM is legal tender nowhere any more; its last day was 2002-05-15."),
        ("FRF", "2026-10", "FRF is legal tender nowhere any more; its last day was 2002-02-17."),
        ("XAU", "2026-10", "It is no currency."),
        ("HRK", "2022-12", ""),
        ("HRK", "2023-02", "HRK is legal tender nowhere any more; its last day was 2023-01-14."),
        ("CHF", "2026-10", ""),
    ],
)
@SQLITE
def test_a_currency_that_ended_is_taken_for_a_month_before_alone(
    filing: Filing, currency: str, month: str, told: str
) -> None:
    row = {"claim": filing.approved(), "currency": currency, "month": month}
    outcome = bring(filing, "earnings", csv_of(LINE, [row]), dry_run=True)
    assert [one.column for one in outcome.mistakes] == ["currency"] * bool(told)
    assert all(one.reason.startswith(told) for one in outcome.mistakes)


# ── sums ───────────────────────────────────────────────────────────────────────────────────────


def counting(filing: Filing) -> list[int]:
    with filing.context():
        return list(db.session.scalars(select(EarningSum.amount).order_by(EarningSum.amount)))


def test_what_could_not_be_added_up_does_not_come_to_count(imports: Imports) -> None:
    """The largest amounts that files may hold would take millions of rows, so what counts is made large."""
    filing, earnings = imports.filing, Earnings(imports)
    imports.used(earnings.file([Said("A", 1, "EUR"), Said("B", -1, "EUR")]), "earnings")
    half = SUM_AT_MOST // 2 - 2000  # a float knows numbers of this size to some hundreds
    with filing.context(), transaction() as session:
        session.execute(update(EarningLine).values(amount=EarningLine.amount * half))
    fits = imports.used(earnings.file([Said("C", 1000, "EUR")]), "earnings")
    assert counting(filing) == [1000]
    other = imports.used(earnings.file([Said("D", 900_000, "USD")]), "earnings")
    beyond = imports.checked(earnings.file([Said("E", -900_000, "EUR")]), "earnings")
    with filing.context(), pytest.raises(NotNow, match="the amounts in EUR would come to more"):
        use(imports.importer, beyond, imports.actor)
    assert imports.row(beyond).state == "ready"
    assert counting(filing) == [1000, 900_000]
    for one in (other, fits):
        with filing.context():
            undo(imports.importer, one, imports.actor)
    assert counting(filing) == [0]


def test_lines_of_the_largest_amount_are_added_up(imports: Imports) -> None:
    """More of them than a database could add, were each as large as before they were limited."""
    earnings = Earnings(imports)
    lines = [Said(f"L-{n}", LARGEST_AMOUNT, "EUR") for n in range(1030)]
    imports.used(earnings.file(lines), "earnings")
    assert counting(imports.filing) == [1030 * LARGEST_AMOUNT]
    with imports.filing.context():
        assert db.session.scalar(select(func.sum(EarningLine.amount))) == 1030 * LARGEST_AMOUNT
