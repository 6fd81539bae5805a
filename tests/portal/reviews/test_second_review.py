"""A second review: drawn, given once by somebody who may, and never a matter of the claim or its partner."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts.model import FormerAffiliation, Person, PersonRole
from portal.app import create_app
from portal.audit.model import AuditEvent
from portal.audit.recording import verify
from portal.claims.answers import Answers
from portal.db import db, transaction
from portal.reviews.judging import JudgedMeanwhile, judge
from portal.second_reviews.lots import lot_of
from portal.second_reviews.model import SecondReview
from portal.work.sweep import sweep
from tests import drawn, factories
from tests.browser import Browser
from tests.portal.reviews.filing import REVIEWER, REVIEWER2, Filing

INES = "incentives@contoso.example"
REVIEWER3 = "reviewer3@operator.example"
WORDS = "The zebra on page seven is not signed."
OPINION = "Page seven shows no signature."


@pytest.fixture
def rules_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return drawn.rules(tmp_path_factory.getbasetemp() / "all-drawn", 100)


@pytest.fixture
def second(filing: Filing) -> Browser:
    return filing.browser(REVIEWER2)


def disputed(filing: Filing) -> tuple[str, int | None, str]:
    """Return a rejected claim in dispute: its number, who has it now, and whose opinion is asked."""
    third_reviewer(filing)
    number = rejected(filing)
    filing.do("dispute", number, INES, justification="Look again.")
    has_it = filing.claim(number).reviewer_id
    return (
        number,
        has_it,
        next(email for email in (REVIEWER2, REVIEWER3) if filing.actors[email].person_id != has_it),
    )


def rejected(filing: Filing) -> str:
    number = filing.under_review()
    filing.do("reject", number, REVIEWER, reason="insufficient_poe", message=WORDS)
    return number


def third_reviewer(filing: Filing) -> None:
    with filing.context(), transaction() as session:
        made = factories.person(
            session, session.merge(filing.house.operator), "reviewer", account="reviewer3"
        )
        filing.actors[REVIEWER3] = factories.actor(made)


def review(filing: Filing) -> SecondReview:
    with filing.context():
        row = db.session.scalars(select(SecondReview)).one()
        db.session.expunge_all()
        return row


def numbers_waiting(browser: Browser) -> list[str]:
    page = browser.visit("/reviews/second")
    return [row["Claim"] for row in page.rows("#waiting table")] if page.select("#waiting") else []


def test_a_decision_is_judged_again_and_both_opinions_are_shown(filing: Filing, second: Browser) -> None:
    number = filing.approved()
    before = filing.claim(number)
    second.visit("/reviews")
    second.click("Second reviews")
    assert "Judge it as if nobody had" in second.click(number).text
    page = second.fill_and_submit("Record “Approve” as my opinion")
    assert "Both came to the same decision." in page.text
    assert "Reviewer of Program operator" in page.region("first-opinion")
    row, after = review(filing), filing.claim(number)
    assert (row.agreed, row.opinion, row.action) == (True, "approve", "approve")
    assert (after.status, after.version, after.reviewer_id) == (
        before.status,
        before.version,
        before.reviewer_id,
    )
    with filing.context():
        assert verify(db.session(), filing.desk.secret) == []
        actions = select(AuditEvent.action).where(AuditEvent.subject == f"second_review:{row.id}")
        assert list(db.session.scalars(actions)) == ["second_review_drawn", "second_review_judged"]


def test_the_lot_is_kept_and_the_same_when_drawn_again(filing: Filing) -> None:
    filing.approved()
    row = review(filing)
    assert (row.lot, row.percent) == (lot_of(filing.desk.secret, row.decision_id), 100)


class TestOfNone:
    @pytest.fixture
    def rules_dir(self, tmp_path_factory: pytest.TempPathFactory) -> Path:
        return drawn.rules(tmp_path_factory.getbasetemp() / "none-drawn", 0)

    def test_nothing_is_drawn_and_the_lot_is_kept_all_the_same(self, filing: Filing, second: Browser) -> None:
        number = filing.approved()
        assert not review(filing).drawn
        assert numbers_waiting(second) == []
        second.visit(f"/reviews/{number}")
        assert second.page.heading == number


def test_another_opinion_is_shown_beside_the_decision(filing: Filing, second: Browser) -> None:
    number = rejected(filing)
    second.visit(f"/reviews/{number}")  # leads to the page of the second review
    page = second.fill_and_submit("Record “Approve” as my opinion")
    assert "The two would have decided differently" in page.text
    assert WORDS in page.region("first-opinion")
    assert "Insufficient proof of execution" in page.region("first-opinion")
    assert second.visit(f"/reviews/{number}").heading == number  # nothing is kept from them any more
    assert numbers_waiting(second) == []


def test_the_same_decision_for_other_reasons_agrees(filing: Filing, second: Browser) -> None:
    second.visit(f"/reviews/{rejected(filing)}")
    second.fill_and_submit(
        "Record “Reject” as my opinion", reason=["missing_customer_consent"], message=OPINION
    )
    assert "Both came to the same decision, for other reasons." in second.page.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("decided", ["approve", "reject"])
def test_what_can_be_chosen_tells_nothing_after_the_policy_changed(
    filing: Filing, tmp_path: Path, decided: str
) -> None:
    number = filing.under_review()
    said = {"reason": "poe_unavailable", "message": WORDS} if decided == "reject" else {}
    filing.do(decided, number, REVIEWER, **said)
    rules = shutil.copytree(filing.desk.settings.rules_dir, tmp_path / "newer")
    lifecycle = rules / "lifecycle.yaml"
    text = lifecycle.read_text(encoding="utf-8")
    changed = text.replace("  of: [approve, reject, ", "  of: [")
    assert changed != text
    lifecycle.write_text(changed, encoding="utf-8")
    newer = create_app(filing.desk.settings.model_copy(update={"rules_dir": rules}), clock=filing.clock)
    with newer.app_context():
        newer.extensions["desk"].policies.in_force()
    browser = Browser(newer)
    browser.enter(REVIEWER2)
    buttons = browser.visit(f"/reviews/second/{number}").buttons()
    labels = [words.split("“")[1].split("”")[0] for words in buttons if words.startswith("Record")]
    assert labels == ["Approve", "Reject", "Ask for information"]


def test_what_is_missing_is_told_and_nothing_typed_is_lost(filing: Filing, second: Browser) -> None:
    number = rejected(filing)
    second.visit(f"/reviews/second/{number}")
    page = second.fill_and_submit("Record “Reject” as my opinion", status=422, message=OPINION)
    assert "Choose at least one under “Reasons for the rejection”" in page.text
    assert OPINION in page.region("opinion-reject")
    assert WORDS not in page.text
    assert review(filing).judged_at is None


def test_who_decided_or_took_part_is_not_asked(filing: Filing) -> None:
    third_reviewer(filing)
    number = filing.submitted()
    filing.do("comment", number, REVIEWER3, message="Which workshop was it?")
    filing.do("start_review", number, REVIEWER)
    filing.do("approve", number, REVIEWER)
    for who, waits in ((REVIEWER, []), (REVIEWER3, []), (REVIEWER2, [number])):
        assert numbers_waiting(filing.browser(who)) == waits, who
    assert filing.browser(REVIEWER3).visit(f"/reviews/{number}").heading == number


def test_who_decided_does_not_learn_whether_it_was_drawn(filing: Filing) -> None:
    number = filing.approved()
    browser, drawn_one = filing.browser(REVIEWER), str(review(filing).id)
    for path in (f"/reviews/second/{number}", f"/reviews/second/{number}/leaving"):
        browser.visit("/reviews")
        answers = [browser.ask("POST", path, review=one, opinion="approve") for one in (drawn_one, "999")]
        assert [answer.status_code for answer in answers] == [404, 404], path
    with filing.context():
        left = select(AuditEvent).where(AuditEvent.action == "second_review_left")
        assert db.session.scalars(left).all() == []


def test_nobody_judges_for_an_organization_they_belonged_to(filing: Filing, second: Browser) -> None:
    with filing.context(), transaction() as session:
        owner, who = filing.actors[INES].organization_id, filing.actors[REVIEWER2].person_id
        session.add(FormerAffiliation(person_id=who, organization_id=owner, until="2026-09-30"))
    number = filing.approved()
    assert numbers_waiting(second) == []
    assert second.visit(f"/reviews/{number}").heading == number


def test_whoever_is_away_is_asked_for_nothing(filing: Filing, second: Browser) -> None:
    number = filing.approved()
    with filing.context(), transaction() as session:
        person = session.get_one(Person, filing.actors[REVIEWER2].person_id)
        person.away_from, person.away_until = "2026-11-01", "2026-12-24"
    assert "waits for your opinion" not in second.visit("/reviews").text
    assert "You are away until 24 December 2026" in second.visit("/reviews/second").text
    assert "You are entered as away" in second.visit(f"/reviews/second/{number}").text
    sent = {"review": str(review(filing).id), "opinion": "reject", "message": OPINION}
    page = second.post(f"/reviews/second/{number}", status=422, **sent)
    assert OPINION in page.region("what-you-wrote")
    assert review(filing).judged_at is None


def test_a_later_decision_of_a_claim_is_judged_after_the_earlier_one(filing: Filing) -> None:
    number, has_it, asked = disputed(filing)
    (denying,) = (email for email, actor in filing.actors.items() if actor.person_id == has_it)
    filing.do("deny_dispute", number, denying, reason="insufficient_poe", message=WORDS)
    browser = filing.browser(asked)
    browser.visit("/reviews/second")
    with filing.context():
        earlier, later = db.session.scalars(select(SecondReview.id).order_by(SecondReview.id))
    opinion: dict[str, Any] = {"opinion": "deny_dispute", "reason": "insufficient_poe", "message": OPINION}
    pages = [
        browser.post(f"/reviews/second/{number}", status=409, review=str(one), **opinion)
        for one in (later, later + 7)  # neither tells whether there is such a decision
    ]
    assert pages[0].region("main") == pages[1].region("main")
    assert "It was not about the decision that waits for your opinion." in pages[0].text
    assert OPINION in pages[0].region("what-you-wrote")
    for one in (later, later + 7):
        browser.post(f"/reviews/second/{number}/leaving", status=404, review=str(one))
    with filing.context():
        assert set(db.session.scalars(select(SecondReview.judged_at))) == {None}
    browser.visit(f"/reviews/second/{number}")
    browser.fill_and_submit("Record “Reject” as my opinion", reason=["insufficient_poe"], message=OPINION)
    browser.post(f"/reviews/second/{number}", review=str(later), **opinion)
    with filing.context():
        assert None not in set(db.session.scalars(select(SecondReview.judged_at)))
        assert earlier < later


def test_a_later_decision_waits_for_no_earlier_one_that_is_asked_of_others_alone(filing: Filing) -> None:
    number, has_it, asked = disputed(filing)
    (denying,) = (email for email, actor in filing.actors.items() if actor.person_id == has_it)
    filing.do("deny_dispute", number, denying, reason="insufficient_poe", message=WORDS)
    with filing.context():
        earlier, later = db.session.scalars(select(SecondReview.id).order_by(SecondReview.id))
    browser = filing.browser(asked)
    browser.visit(f"/reviews/second/{number}")
    browser.fill_and_submit("Leave it to others and open the claim")
    assert numbers_waiting(browser) == [number]
    opinion: dict[str, Any] = {"opinion": "deny_dispute", "reason": "insufficient_poe", "message": OPINION}
    browser.post(f"/reviews/second/{number}", review=str(later), **opinion)
    with filing.context():
        assert db.session.get_one(SecondReview, earlier).judged_at is None
        assert db.session.get_one(SecondReview, later).judged_at is not None
    assert numbers_waiting(browser) == []


def test_who_knows_the_decision_leaves_it_to_others(filing: Filing, second: Browser) -> None:
    number = rejected(filing)
    second.visit(f"/reviews/second/{number}")
    page = second.fill_and_submit("Leave it to others and open the claim")
    assert page.heading == number
    assert WORDS in page.text
    assert numbers_waiting(second) == []
    second.post(
        f"/reviews/second/{number}",
        status=409,
        review=str(review(filing).id),
        opinion="approve",
        message=OPINION,
    )
    assert OPINION in second.page.text
    assert review(filing).judged_at is None


def test_of_two_at_once_one_wins_and_the_other_is_told(filing: Filing, second: Browser) -> None:
    third_reviewer(filing)
    number = rejected(filing)
    third = filing.browser(REVIEWER3)
    second.visit(f"/reviews/second/{number}")
    third.visit(f"/reviews/second/{number}")
    given = third.filled("Record “Reject” as my opinion", reason=["insufficient_poe"], message=OPINION)
    sent = second.filled("Record “Approve” as my opinion")
    second.send_filled(sent)
    page = third.send_filled(given, status=409)
    assert "Somebody else judged this decision before you" in page.text
    assert OPINION in page.text
    second.send_filled(sent)  # twice by the same is once
    assert "The two would have decided differently" in second.page.text
    assert review(filing).second_id == filing.actors[REVIEWER2].person_id


def test_whoever_gets_the_dispute_is_asked_no_more(filing: Filing, second: Browser) -> None:
    third_reviewer(filing)
    number = rejected(filing)
    filing.do("dispute", number, INES, justification="Look again.")
    with_dispute = filing.claim(number).reviewer_id
    for email in (REVIEWER2, REVIEWER3):
        has_it = filing.actors[email].person_id == with_dispute
        browser = filing.browser(email)
        assert numbers_waiting(browser) == ([] if has_it else [number])
        assert (browser.visit(f"/reviews/{number}").heading == number) == has_it
    who = next(one for one in filing.actors.values() if one.person_id == with_dispute)
    open_one = review(filing).id
    with filing.context(), pytest.raises(JudgedMeanwhile):
        judge(filing.desk, number, open_one, who, "approve", Answers())


def test_a_dispute_goes_to_somebody_who_gave_no_opinion_where_there_is_one(filing: Filing) -> None:
    third_reviewer(filing)
    number = rejected(filing)
    with filing.context():
        judge(filing.desk, number, 1, filing.actors[REVIEWER2], "approve", Answers())
    filing.do("dispute", number, INES, justification="Look again.")
    # Either has as little to do, and who was added first would get it.
    assert filing.claim(number).reviewer_id == filing.actors[REVIEWER3].person_id


def test_whoever_had_the_dispute_is_asked_no_more_after_handing_it_over(filing: Filing) -> None:
    third_reviewer(filing)
    number = rejected(filing)
    filing.do("dispute", number, INES, justification="Look again.")
    has_it = filing.claim(number).reviewer_id
    one, other = sorted((REVIEWER2, REVIEWER3), key=lambda email: filing.actors[email].person_id != has_it)
    filing.do("reassign", number, one, reviewer=str(filing.actors[other].person_id), message="On leave.")
    assert numbers_waiting(filing.browser(one)) == numbers_waiting(filing.browser(other)) == []


def test_work_goes_before_looking_back(filing: Filing, second: Browser) -> None:
    """With nobody else to decide the dispute, the claim is kept from nobody."""
    number = rejected(filing)
    filing.do("dispute", number, INES, justification="Look again.")
    assert second.visit(f"/reviews/{number}").heading == number


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_whoever_settles_against_a_claim_judges_no_decision_about_it(filing: Filing) -> None:
    number, _has_it, asked = disputed(filing)
    rival = filing.under_review("fabrikam", by=asked)
    filing.wait(14)
    with filing.context():
        sweep(filing.desk)  # it is overdue, so whoever can decides it
    filing.do("settle", rival, asked)
    assert filing.claim(number).status == "rejected_final"
    browser = filing.browser(asked)
    assert number not in numbers_waiting(browser)
    assert browser.visit(f"/reviews/{number}").heading == number


def test_a_dispute_with_somebody_who_reviews_no_more_is_kept_from_nobody(filing: Filing) -> None:
    number, has_it, asked = disputed(filing)
    browser = filing.browser(asked)
    assert number not in browser.visit("/reviews?show=unassigned").region("review-queue")
    with filing.context(), transaction() as session:
        session.get_one(Person, has_it).roles = [PersonRole(role="policy_owner")]
    assert number in browser.visit("/reviews?show=unassigned").region("review-queue")
    assert browser.visit(f"/reviews/{number}").heading == number


def test_an_opinion_comes_back_where_the_claim_needs_everybody_meanwhile(filing: Filing) -> None:
    number, _has_it, asked = disputed(filing)
    filing.wait(14)
    with filing.context():
        sweep(filing.desk)
    browser, sent = filing.browser(asked), {"review": str(review(filing).id), "message": OPINION}
    browser.visit("/reviews")
    page = browser.post(f"/reviews/second/{number}", status=409, opinion="reject", **sent)
    assert "every reviewer sees it as it is now" in page.text
    assert OPINION in page.region("what-you-wrote")
    assert browser.click("Open the claim").heading == number


def test_another_opinion_of_the_same_reviewer_is_not_said_to_be_recorded(
    filing: Filing, second: Browser
) -> None:
    second.visit(f"/reviews/second/{rejected(filing)}")
    one = second.filled("Record “Approve” as my opinion")
    other = second.filled(
        "Record “Reject” as my opinion", reason=["missing_customer_consent"], message=OPINION
    )
    assert "Your opinion was recorded" in second.send_filled(one).text
    page = second.send_filled(other)
    assert "what you sent now was not recorded" in page.text
    assert "Your opinion was recorded" not in page.text
    assert "Your opinion was recorded" in second.send_filled(one).text  # the same form twice


def test_a_dispute_whose_reviewer_is_away_is_kept_from_nobody_as_its_time_runs_out(filing: Filing) -> None:
    number, has_it, asked = disputed(filing)
    with filing.context(), transaction() as session:
        person = session.get_one(Person, has_it)
        person.away_from, person.away_until = "2026-11-24", "2026-12-24"
    for days, waits in ((1, [number]), (6, [])):
        filing.wait(days)
        browser = filing.browser(asked)
        assert numbers_waiting(browser) == waits
        assert (number in browser.visit("/reviews").region("review-queue")) == (not waits)


def test_partners_and_other_people_of_the_operator_find_nothing(filing: Filing) -> None:
    number = filing.approved()
    for email in (INES, "policy@operator.example", "admin@operator.example"):
        browser = filing.browser(email)
        browser.visit("/reviews/second", status=403)
        browser.visit(f"/reviews/second/{number}", status=403)
    filing.browser(INES).visit("/reviews/second/opinions/1", status=403)
    filing.browser("admin@operator.example").visit("/reviews/second/opinions/1", status=404)
