"""A line that names no claim belongs to the claim that held its unit when the line came to count."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from portal.claims.model import Claim
from portal.db import db
from portal.imports.importer import NotNow
from portal.imports.running import use_now
from portal.imports.using import undo
from portal.incentives.earning_claims import LINES_AT_ONCE
from portal.incentives.model import EarningLine
from tests.portal.imports.conftest import Imports
from tests.portal.incentives.sheets import LINE, csv_of
from tests.portal.reviews.filing import Filing

PARTNER = "incentives@contoso.example"


@pytest.fixture
def imports(filing: Filing) -> Imports:
    return Imports(filing)


def unnamed(count: int = 1) -> bytes:
    """Return a file of lines that name no claim."""
    return csv_of(LINE, [{"line_id": f"L-{n}"} for n in range(count)])


def use(imports: Imports, import_id: int) -> str:
    """Return "" where the rows count, or the sentence that refused it."""
    with imports.filing.context():
        try:
            use_now(imports.importer, import_id, imports.actor)
        except NotNow as refused:
            return str(refused)
    return ""


def claims_of_lines(imports: Imports) -> list[str]:
    """Return the number of the claim of each line that counts."""
    with imports.filing.context():
        query = select(Claim.number).join(EarningLine, EarningLine.claim_id == Claim.id)
        return list(db.session.scalars(query.where(EarningLine.live).order_by(EarningLine.id)))


def leave(filing: Filing, number: str) -> None:
    filing.do("disassociate", number, PARTNER, reason="We do not work with them any more.")


def another_holds_it_too(filing: Filing, number: str) -> None:
    leave(filing, number)
    filing.approved("fabrikam")


def test_a_line_whose_claim_became_ambiguous_since_its_check_is_refused(imports: Imports) -> None:
    number = imports.filing.approved()
    ready = imports.checked(unnamed(), "earnings")
    another_holds_it_too(imports.filing, number)
    assert "claims were approved or ended" in use(imports, ready)
    assert imports.row(ready).state == "wrong"
    ((line, column, _, reason),) = imports.mistakes(ready)
    assert (line, column) == (2, "claim")
    assert reason.startswith("More than one claim held")
    assert claims_of_lines(imports) == []


def test_every_line_is_compared_however_many_there_are(imports: Imports) -> None:
    """The one whose claim changed is the last, behind as many as are compared at once."""
    filing = imports.filing
    filing.approved(product="exchange_online")
    number = filing.approved()
    others = [{"line_id": f"O-{n}", "product": "exchange_online"} for n in range(LINES_AT_ONCE)]
    ready = imports.checked(csv_of(LINE, [*others, {"line_id": "L-1"}]), "earnings")
    assert imports.row(ready).state == "ready"
    another_holds_it_too(filing, number)
    assert "claims were approved or ended" in use(imports, ready)


@pytest.mark.parametrize(
    "happens",
    [
        pytest.param(leave, id="ended"),
        pytest.param(lambda filing, _: filing.approved(product="exchange_online"), id="other"),
    ],
)
def test_what_does_not_touch_the_claim_of_a_line_does_not_keep_it_out(
    imports: Imports, happens: Callable[[Filing, str], object]
) -> None:
    number = imports.filing.approved()
    ready = imports.checked(unnamed(), "earnings")
    happens(imports.filing, number)
    assert use(imports, ready) == ""
    assert claims_of_lines(imports) == [number]


def test_a_file_that_counts_is_known_whatever_happened_to_its_claims_since(imports: Imports) -> None:
    number = imports.filing.approved()
    imports.used(unnamed(2), "earnings")
    another_holds_it_too(imports.filing, number)
    again = imports.checked(unnamed(2), "earnings")
    row = imports.row(again)
    assert (row.state, row.fresh, row.same, row.wrong) == ("ready", 0, 2, 0)
    assert use(imports, again) == ""
    assert claims_of_lines(imports) == [number, number]


def test_a_line_that_an_undone_import_gave_another_claim_goes_to_the_one_that_holds_it(
    imports: Imports,
) -> None:
    """The row of the undone import stays, and is the one that the same file brings once more."""
    filing = imports.filing
    filing.clock.set(datetime(2026, 11, 30, 12, tzinfo=UTC))
    before = filing.approved()
    december = csv_of(LINE, [{"month": "2026-12"}])  # it begins in an hour, somewhere
    first = imports.used(december, "earnings")
    assert claims_of_lines(imports) == [before]
    with filing.context():
        undo(imports.importer, first, imports.actor)
    leave(filing, before)
    filing.wait(2)
    now = filing.approved("fabrikam")
    again = imports.checked(december, "earnings")
    assert use(imports, again) == ""
    assert claims_of_lines(imports) == [now]
