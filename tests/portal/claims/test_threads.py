"""Comments are answered beneath what they answer, by whoever may comment, and nowhere else."""

import pytest
from sqlalchemy import select

from portal.claims.model import Claim, ClaimComment
from portal.claims.refusals import Invalid
from portal.db import db
from tests.portal.reviews.filing import REVIEWER, Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PARTNER = "incentives@contoso.example"


def asked(filing: Filing) -> tuple[str, str]:
    """Return a claim on which the reviewer wrote a comment, and the comment's id."""
    number = filing.under_review()
    filing.do("comment", number, REVIEWER, message="Which month?")
    return number, str(comments_of(filing, number)[0].id)


def comments_of(filing: Filing, number: str) -> list[ClaimComment]:
    with filing.context():
        query = select(ClaimComment).join(Claim, Claim.id == ClaimComment.claim_id)
        found = list(db.session.scalars(query.where(Claim.number == number).order_by(ClaimComment.id)))
        db.session.expunge_all()
        return found


def threads_of(filing: Filing, number: str) -> list[list[str]]:
    page = filing.browser(PARTNER).visit(f"/claims/{number}")
    return [
        [comment.text_content().strip() for comment in thread.cssselect(".comment")]
        for thread in page.select("#claim-comments .thread")
    ]


def test_a_reply_stands_beneath_what_it_answers(filing: Filing) -> None:
    number, question = asked(filing)
    filing.do("comment", number, REVIEWER, message="Another thing.")
    browser = filing.browser(PARTNER)
    browser.visit(f"/claims/{number}")
    page = browser.fill_and_submit(f"#action-comment-{question}", message="May.")
    assert "Incentives of Contoso answers Review team," in page.region(f"comment-{question}")
    (reply,) = (row for row in comments_of(filing, number) if row.text == "May.")
    assert str(reply.answers_id) == question
    filing.do("comment", number, REVIEWER, message="Of which year?", answers=str(reply.id))
    assert threads_of(filing, number) == [["Which month?", "May.", "Of which year?"], ["Another thing."]]


@SQLITE
def test_reviewers_answer_beneath_the_comment_too(filing: Filing) -> None:
    number = filing.under_review()
    filing.do("comment", number, PARTNER, message="Is May enough?")
    (asked,) = comments_of(filing, number)
    browser = filing.browser(REVIEWER)
    browser.visit(f"/reviews/{number}")
    page = browser.fill_and_submit(f"#action-comment-{asked.id}", message="It is.")
    assert "answers Incentives of Contoso," in page.region(f"comment-{asked.id}")
    assert threads_of(filing, number) == [["Is May enough?", "It is."]]


@SQLITE
def test_a_reply_that_came_back_is_where_it_was_typed(filing: Filing) -> None:
    number, question = asked(filing)
    browser = filing.browser(PARTNER)
    browser.visit(f"/claims/{number}")
    filled = browser.filled(f"#action-comment-{question}", message="May.")
    filing.do("comment", number, REVIEWER, message="Another thing.")
    page = browser.send_filled(filled, status=409)
    (reply,) = page.select(f"#action-comment-{question} textarea")
    assert reply.text_content().strip() == "May."
    assert page.select(f"#action-comment-{question} [role=alert]")
    assert page.select(f"#comment-{question} details")[0].get("open") is not None
    assert page.select("#action-comment textarea")[0].text_content().strip() == ""
    assert not page.select("#action-comment [role=alert]")


@SQLITE
@pytest.mark.parametrize("named", ["0", "x", "999999", "-1", "9" * 40])
def test_what_is_not_on_the_claim_cannot_be_answered(filing: Filing, named: str) -> None:
    number, _ = asked(filing)
    with pytest.raises(Invalid) as invalid:
        filing.do("comment", number, PARTNER, message="May.", answers=named)
    assert "is not on this claim" in invalid.value.errors["message"]
    assert len(comments_of(filing, number)) == 1


@SQLITE
def test_a_comment_of_another_claim_cannot_be_answered(filing: Filing) -> None:
    _, elsewhere = asked(filing)
    number = filing.under_review("fabrikam", "intune")
    with pytest.raises(Invalid):
        filing.do("comment", number, "incentives@fabrikam.example", message="May.", answers=elsewhere)


@SQLITE
def test_nobody_is_offered_to_reply_where_comments_are_closed(filing: Filing) -> None:
    number, _ = asked(filing)
    filing.do("request_rejection", number, PARTNER, reason="wrong_activity")
    page = filing.browser(PARTNER).visit(f"/claims/{number}")
    assert "Reply" not in page.region("claim-comments")
    assert "Which month?" in page.region("claim-comments")
