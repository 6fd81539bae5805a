"""A reviewer says when they are away; their claims say so, and do not wait for them."""

import pytest
from sqlalchemy import select

from portal.accounts.model import Person
from portal.db import db, transaction
from tests import factories
from tests.portal.claims.test_impartiality import belonged
from tests.portal.reviews.filing import REVIEWER, REVIEWER2, Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ADMIN = "admin@operator.example"


def away(filing: Filing, who: str, begins: str, ends: str, status: int = 200) -> str:
    browser = filing.browser(who)
    browser.visit("/profile")
    return browser.fill_and_submit("Save absence", away_from=begins, away_until=ends, status=status).text


def next_of(filing: Filing, who: str) -> str:
    page = filing.browser(who).visit("/reviews")
    return next(iter(page.texts("#next-claim")), "").partition(",")[0]


def test_an_absence_is_kept_shown_and_taken_back(filing: Filing) -> None:
    number = filing.under_review("contoso", by=REVIEWER)
    assert "Your absence is kept." in away(filing, REVIEWER, "2026-11-20", "2026-12-04")
    page = filing.browser(REVIEWER2).visit("/reviews")
    assert "away until 4 December 2026" in page.region("review-queue")
    page = filing.browser(REVIEWER2).visit(f"/reviews/{number}")
    assert "away until 4 December 2026; you can hand the claim over" in page.region("review-standing")
    assert page.select("#action-reassign form")
    assert "No absence is kept" in away(filing, REVIEWER, "", "")
    assert "away until" not in filing.browser(REVIEWER2).visit("/reviews").text


@SQLITE
def test_one_to_come_and_one_that_is_over_are_none(filing: Filing) -> None:
    filing.under_review("contoso", by=REVIEWER)
    away(filing, REVIEWER, "2026-12-01", "2026-12-04")
    assert "away until" not in filing.browser(REVIEWER2).visit("/reviews").text
    filing.wait(9)
    assert "away until" in filing.browser(REVIEWER2).visit("/reviews").text
    filing.wait(5)
    assert "away until" not in filing.browser(REVIEWER2).visit("/reviews").text


@SQLITE
@pytest.mark.parametrize(
    ("begins", "ends"),
    [("2026-12-04", "2026-12-01"), ("2026-11-01", "2026-11-02"), ("", "2026-12-01"), ("soon", "later")],
)
def test_days_that_make_no_absence_are_refused_and_stay_in_the_form(
    filing: Filing, begins: str, ends: str
) -> None:
    away(filing, REVIEWER, begins, ends, status=422)
    with filing.context():
        assert db.session.scalars(select(Person.away_until).where(Person.email == REVIEWER)).one() == ""


def test_what_cannot_wait_is_offered_to_the_others(filing: Filing) -> None:
    number = filing.under_review("contoso", by=REVIEWER)
    away(filing, REVIEWER, "2026-11-20", "2027-01-30")
    assert next_of(filing, REVIEWER2) == "", "there is time enough until they are back"
    filing.wait(20)  # the review is due within three days
    assert next_of(filing, REVIEWER2) == number
    away(filing, REVIEWER, "", "")
    assert next_of(filing, REVIEWER2) == ""


@SQLITE
def test_no_dispute_is_given_to_who_is_away_while_somebody_is_here(filing: Filing) -> None:
    with filing.context(), transaction() as session:
        operator = session.scalars(select(Person).where(Person.email == REVIEWER)).one().organization
        third = factories.person(session, operator, "reviewer", account="reviewer3").id
    away(filing, REVIEWER2, "2026-11-20", "2026-12-04")
    number = filing.under_review("contoso")
    filing.do("reject", number, REVIEWER, reason="insufficient_poe", message="Nothing is signed.")
    filing.do("dispute", number, "global@contoso.example", justification="It is.")
    assert filing.claim(number).reviewer_id == third


@SQLITE
def test_partners_have_no_absence(filing: Filing) -> None:
    browser = filing.browser("global@contoso.example")
    assert not browser.visit("/profile").select("#absence")
    browser.post("/profile/absence", away_from="2026-11-20", away_until="2026-12-04", status=403)


@SQLITE
def test_next_leaves_out_claims_of_where_one_worked_lately(filing: Filing) -> None:
    number = filing.submitted("contoso")
    other = filing.submitted("fabrikam", "intune")
    belonged(filing, REVIEWER, "Contoso", "2026-06-30")
    assert next_of(filing, REVIEWER) == other
    assert next_of(filing, REVIEWER2) == number


def test_claims_of_a_reviewer_who_is_deactivated_return_to_the_queue(filing: Filing) -> None:
    number = filing.under_review("contoso", by=REVIEWER)
    assert next_of(filing, REVIEWER2) == ""
    with filing.context():
        person = db.session.scalars(select(Person.id).where(Person.email == REVIEWER)).one()
    admin = filing.browser(ADMIN)
    admin.visit(f"/people/{person}")
    admin.fill_and_submit("Deactivate account")
    page = filing.browser(REVIEWER2).visit("/reviews?show=unassigned")
    (row,) = page.rows("#review-queue table")
    assert row["Claim"] == number
    assert row["Reviewer"].startswith("Unassigned, was Reviewer")
    assert next_of(filing, REVIEWER2) == number
