"""A second review: drawn, blind until it is given, recorded once, and never a matter of the partner's."""

from pathlib import Path

import pytest
from sqlalchemy import select

from portal.audit.model import AuditEvent
from portal.audit.recording import verify
from portal.db import db
from portal.second_reviews.model import SecondReview
from tests import drawn
from tests.portal.reviews.filing import REVIEWER, REVIEWER2, Filing

SECRET_TEXT = "The zebra on page seven is not signed."


@pytest.fixture
def rules_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return drawn.rules(tmp_path_factory.getbasetemp() / "all-drawn", 100)


def rejected(filing: Filing) -> str:
    number = filing.under_review()
    filing.do("reject", number, REVIEWER, reason="insufficient_poe", message=SECRET_TEXT)
    return number


def reviews(filing: Filing) -> list[SecondReview]:
    with filing.context():
        rows = list(db.session.scalars(select(SecondReview).order_by(SecondReview.id)))
        db.session.expunge_all()
        return rows


def test_a_decision_is_judged_again_and_both_opinions_are_shown(filing: Filing) -> None:
    number = filing.approved()
    second = filing.browser(REVIEWER2)
    second.visit("/reviews")
    second.click("Second reviews")
    page = second.click(number)
    assert "Judge it as if nobody had" in page.text
    page = second.fill_and_submit("Record “Approve” as my opinion")
    assert "Both came to the same decision." in page.text
    assert "Reviewer of Program operator" in page.text
    [row] = reviews(filing)
    assert (row.agreed, row.opinion, row.action) == (True, "approve", "approve")
    assert filing.claim(number).status == "approved"
    with filing.context():
        assert verify(db.session(), filing.desk.secret) == []
        actions = select(AuditEvent.action).where(AuditEvent.subject == f"second_review:{row.id}")
        assert list(db.session.scalars(actions)) == ["second_review_drawn", "second_review_judged"]
