"""How often the page of a claim asks the database about money."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select

from portal.claims.eligibility import eligibility_of
from portal.claims.model import Claim
from portal.db import db
from portal.incentives.claim_money import ClaimMoney
from tests.portal.incentives.sheets import earn, subscribe
from tests.portal.reviews.filing import Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OWN = "incentives@contoso.example"
Ask = Callable[[str], tuple[ClaimMoney | None, int]]


@contextmanager
def counted() -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture
def ask(filing: Filing) -> Ask:
    """Return what tells the money of a claim, and how many statements that took."""

    def asked(number: str) -> tuple[ClaimMoney | None, int]:
        with filing.context():
            session, desk = db.session(), filing.desk
            claim = session.scalars(select(Claim).where(Claim.number == number)).one()
            eligibility = eligibility_of(session, desk, claim)  # which the page has by then
            assert claim.products
            with counted() as sent:
                told = desk.money(session, desk, claim, filing.actors[OWN], eligibility)
            assert told is None or isinstance(told, ClaimMoney)
            return told, len(sent)

    return asked


@SQLITE
def test_where_nothing_was_ever_imported_one_cheap_question_is_enough(filing: Filing, ask: Ask) -> None:
    assert ask(filing.draft(product="intune")) == (None, 0)
    assert ask(filing.under_review(product="exchange_online")) == (None, 1)
    number = filing.approved()
    told, asked = ask(number)
    assert told is not None
    assert asked == 1
    filing.wait(8)
    filing.do("comment", number, OWN, message="Is it assessed?")
    told, asked = ask(number)
    assert told is not None
    assert asked == 1
    assert "No subscription of the customer for the products" in told.why_nothing[0]


@SQLITE
def test_what_was_imported_is_looked_for(filing: Filing, ask: Ask) -> None:
    number = filing.approved()
    filing.wait(8)
    filing.do("comment", number, OWN, message="Is it assessed?")
    subscribe(filing)
    told, asked = ask(number)
    assert told is not None
    assert "no earning was reported yet" in told.why_nothing[0]
    assert asked == 2
    earn(filing, {"claim": number}, {"claim": number, "amount": "5", "currency": "JPY"})
    told, asked = ask(number)
    assert told is not None
    assert [currency for currency, _, _ in told.sums] == ["EUR", "JPY"]
    assert (told.lines_in_all, len(told.lines), told.why_nothing, asked) == (2, 2, (), 3)
