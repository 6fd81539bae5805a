"""The kept sums are always what the lines that count come to, whatever was imported, undone and migrated."""

from collections import Counter

import pytest
from alembic import command
from sqlalchemy import select

from portal.db import db
from portal.imports.using import undo
from portal.incentives.earning_sums import CLAIM_GROUPS, GROUPS
from portal.incentives.model import EarningClaimSum, EarningLine, EarningSum
from tests.browser import Browser
from tests.databases import migration_config
from tests.portal.imports.conftest import Imports, sheet
from tests.portal.imports.earnings import Earnings
from tests.portal.incentives.sheets import earn
from tests.portal.reviews.filing import Filing

BEFORE = "keep_former_affiliations"  # the migration before there were sums
Sums = dict[tuple[str, ...], tuple[int, int]]
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def imports(filing: Filing) -> Imports:
    return Imports(filing)


def kept(filing: Filing) -> Sums:
    """Return the sums of organizations, which are the same as those of their claims."""
    with filing.context():
        rows = db.session.scalars(select(EarningSum)).all()
        of_claims = db.session.scalars(select(EarningClaimSum)).all()
        by_claim = {tuple(getattr(row, name) for name in CLAIM_GROUPS): row for row in of_claims}
        assert {key: (row.amount, row.lines) for key, row in by_claim.items()} == added(filing, CLAIM_GROUPS)
        return {tuple(getattr(row, name) for name in GROUPS): (row.amount, row.lines) for row in rows}


def added(filing: Filing, names: tuple[str, ...] = GROUPS) -> Sums:
    """Return what the lines that count come to, added one by one."""
    amounts: Counter[tuple[str, ...]] = Counter()
    lines: Counter[tuple[str, ...]] = Counter()
    with filing.context():
        for line in db.session.scalars(select(EarningLine).where(EarningLine.live)):
            key = tuple(getattr(line, name) for name in names)
            amounts[key] += line.amount
            lines[key] += 1
    return {key: (amounts[key], lines[key]) for key in lines}


def test_sums_follow_every_use_and_undo(imports: Imports) -> None:
    filing, row = imports.filing, Earnings(imports).row
    files = [
        sheet(
            row
            | {"line_id": f"L-{n}", "amount": f"{n - 3}.05", "month": f"2026-{8 + n % 3:02d}"}
            | {"currency": "JPY" if n % 4 == 0 else "EUR", "amount": str(n) if n % 4 == 0 else f"{n - 3}.05"}
            for n in range(start, start + 6)
        )
        for start in (0, 3, 6)
    ]
    used = []
    for content in files:
        used.append(imports.used(content, "earnings"))
        assert kept(filing) == added(filing) != {}
    for import_id in (used[1], used[0], used[2]):
        with filing.context():
            undo(imports.importer, import_id, imports.actor)
        assert kept(filing) == added(filing)
    assert kept(filing) == {}


def test_an_import_of_one_organization_leaves_the_sums_of_others(filing: Filing) -> None:
    mine, theirs = filing.approved(), filing.approved("fabrikam", "intune")
    earn(filing, {"claim": mine, "line_id": "A"})
    earn(filing, {"claim": theirs, "line_id": "B", "product": "intune"})
    assert len(kept(filing)) == 2
    assert kept(filing) == added(filing)


@SQLITE
def test_a_filter_and_a_search_come_to_the_same(filing: Filing, partner: Browser) -> None:
    number = filing.approved()
    paid = {"payment_status": "paid", "payment_id": "P-1", "paid_on": "2026-11-15"}
    earn(filing, {"claim": number, "amount": "1"}, {"claim": number, "amount": "2.50"} | paid)
    for path in ("/earnings?status=paid", f"/earnings?status=paid&q={number}"):
        assert partner.visit(path).region("totals-EUR").startswith("EUR 2.50 in 1 line"), path


def test_what_counted_before_there_were_sums_is_summed_up_by_the_migration(
    filing: Filing, database_url: str
) -> None:
    number = filing.approved()
    earn(filing, {"claim": number, "amount": "1"}, {"claim": number, "amount": "-0.20"})
    with filing.context():
        db.engine.dispose()
    config = migration_config(database_url)
    command.downgrade(config, BEFORE)
    command.upgrade(config, "head")
    assert kept(filing) == added(filing)
    assert list(kept(filing).values()) == [(80, 2)]
