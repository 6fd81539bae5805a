"""Handing claims over and extending deadlines: recorded with their reasons, told to whom they concern."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from portal.accounts.actor import customer_actor
from portal.accounts.model import Person
from portal.audit.model import AuditEvent
from portal.claims.acting import act
from portal.claims.queries import claim_by_number
from portal.claims.refusals import Invalid, Refused
from portal.db import db, transaction
from portal.notifications.model import OutboxMessage
from portal.work.sweep import sweep
from tests import factories
from tests.portal.reviews.filing import REVIEWER, REVIEWER2, Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
INES = "incentives@contoso.example"
WHY = "I am away from Monday on."


def sent_back(filing: Filing) -> str:
    number = filing.under_review()
    filing.do("request_information", number, REVIEWER, reason="missing_all_poe", message="Page 2?")
    return number


def disputed(filing: Filing) -> str:
    number = filing.under_review()
    filing.do("reject", number, REVIEWER, reason="insufficient_poe", message="Page 2 is missing.")
    filing.do("dispute", number, INES, justification="Page 2 is in the letter.")
    return number


def id_of(filing: Filing, email: str) -> str:
    return str(filing.actors[email].person_id)


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in refusal.value.decision.reasons]


def clock_of(filing: Filing, number: str) -> tuple[datetime | None, str | None, str]:
    """Return the due moment, the last day and the arithmetic of the claim's newest clock."""
    with filing.context():
        row = claim_by_number(db.session(), number).clocks[-1]
        return row.due_at, row.due_on, row.arithmetic


def test_a_claim_is_handed_over_and_only_the_operator_learns_why(filing: Filing) -> None:
    number = filing.under_review()
    reviewer = filing.browser()
    reviewer.visit(f"/reviews/{number}")
    page = reviewer.fill_and_submit(
        "Hand over to another reviewer", reviewer=id_of(filing, REVIEWER2), message=WHY
    )
    assert "Reviewer2 of Program operator" in page.region("review-standing")
    assert WHY in page.region("review-timeline")
    with filing.context():
        told = db.session.scalars(select(OutboxMessage).where(OutboxMessage.event == "reassign")).all()
        assert [(one.recipient, one.context["written"]) for one in told] == [(REVIEWER2, WHY)]

    partner = filing.browser(INES).visit(f"/claims/{number}")
    assert WHY not in partner.text
    assert "Reviewer2" not in partner.text


def test_a_handover_needs_somebody_else_who_reviews(filing: Filing) -> None:
    number = filing.under_review()
    with pytest.raises(Refused) as refusal:
        filing.do("reassign", number, REVIEWER, reviewer=id_of(filing, REVIEWER), message=WHY)
    assert codes(refusal) == ["reviewer_is_assigned"]
    for nobody in (id_of(filing, INES), id_of(filing, "policy@operator.example"), "999999", "x"):
        with pytest.raises(Invalid) as mistake:
            filing.do("reassign", number, REVIEWER, reviewer=nobody, message=WHY)
        assert mistake.value.errors == {"reviewer": "Choose somebody from the list."}


def test_a_dispute_is_not_handed_to_whoever_decided_before(filing: Filing) -> None:
    number = disputed(filing)
    with pytest.raises(Refused) as refusal:
        filing.do("reassign", number, REVIEWER2, reviewer=id_of(filing, REVIEWER), message=WHY)
    assert codes(refusal) == ["reviewer_had_part"]


@pytest.mark.parametrize("decision", ["approve_dispute", "deny_dispute", "settle"])
@SQLITE
def test_a_dispute_is_decided_by_somebody_else(filing: Filing, decision: str) -> None:
    number = disputed(filing)
    answers = {"reason": "insufficient_poe", "message": WHY} if decision == "deny_dispute" else {}
    with pytest.raises(Refused) as refusal:
        filing.do(decision, number, REVIEWER, **answers)
    assert "decided_before" in codes(refusal)
    page = filing.browser(REVIEWER).visit(f"/reviews/{number}")
    assert "Leave it to the reviewer who has it, or to one who had no part." in page.text
    # Once nobody else is there to decide it, it does not wait forever.
    with filing.context(), transaction() as session:
        session.execute(update(Person).where(Person.email == REVIEWER2).values(active=False))
    if decision != "settle":  # there is nothing to settle here
        filing.do(decision, number, REVIEWER, **answers)
        assert filing.claim(number).status != "dispute"


@SQLITE
def test_while_somebody_without_a_part_is_there_nobody_decides_about_their_own_decision(
    filing: Filing,
) -> None:
    number = disputed(filing)
    with filing.context(), transaction() as session:
        owner = session.scalars(select(Person).where(Person.email == REVIEWER2)).one().organization
        factories.person(session, owner, "reviewer", account="reviewer3")
        session.execute(update(Person).where(Person.email == REVIEWER2).values(active=False))
    with pytest.raises(Refused) as refusal:
        filing.do("deny_dispute", number, REVIEWER, reason="insufficient_poe", message=WHY)
    assert codes(refusal) == ["decided_before"]
    # Nor by settling for another claim, which would end the dispute too.
    other = filing.under_review("fabrikam", by=REVIEWER)
    with pytest.raises(Refused) as refusal:
        filing.do("settle", other, REVIEWER)
    assert codes(refusal) == ["rival_decided_before"]
    assert filing.claim(number).status == "dispute"


@SQLITE
def test_nobody_ends_the_dispute_about_their_own_decision_by_settling_for_another_claim(
    filing: Filing,
) -> None:
    number = disputed(filing)
    other = filing.under_review("fabrikam")
    with pytest.raises(Refused) as refusal:
        filing.do("settle", other, REVIEWER)
    assert codes(refusal) == ["rival_decided_before"]
    assert filing.claim(number).status == "dispute"
    filing.do("settle", other, REVIEWER2)  # who has the dispute decides both
    assert filing.claim(number).status == "rejected_final"


@SQLITE
def test_a_dispute_about_a_settlement_goes_to_somebody_who_did_not_settle(filing: Filing) -> None:
    number = filing.submitted("contoso")
    filing.do("settle", filing.under_review("fabrikam"), REVIEWER)
    filing.do("dispute", number, INES, justification=WHY)
    assert str(filing.claim(number).reviewer_id) == id_of(filing, REVIEWER2)
    with pytest.raises(Refused) as refusal:
        filing.do("deny_dispute", number, REVIEWER, reason="insufficient_poe", message=WHY)
    assert codes(refusal) == ["decided_before"]
    assert (
        "settled" not in filing.browser(INES).visit(f"/claims/{number}").region("claim-timeline").casefold()
    )


def test_whoever_settled_for_a_claim_that_was_approved_already_had_a_part_in_it(filing: Filing) -> None:
    number = filing.approved()
    rival = filing.submitted("fabrikam")
    filing.do("settle", number, REVIEWER2)
    assert filing.claim(rival).status == "rejected"
    with filing.context():
        act(filing.desk, "decline", number, customer_actor("Casey", "casey@adatum.example", 1))
    filing.do("dispute", number, INES, justification=WHY)
    assert filing.claim(number).reviewer_id is None, "one approved it, the other settled for it"
    page = filing.browser(INES).visit(f"/claims/{number}").region("claim-timeline")
    assert "reviewer2" not in page.casefold()


def test_an_extension_moves_the_end_and_says_so_everywhere(filing: Filing) -> None:
    number = sent_back(filing)
    before = clock_of(filing, number)
    assert before[1] == "2026-12-14"
    reviewer = filing.browser()
    reviewer.visit(f"/reviews/{number}")
    page = reviewer.fill_and_submit("Extend the deadline", until="2026-12-21", message=WHY)
    assert "21 December 2026, end of day" in page.region("review-standing")

    due_at, due_on, arithmetic = clock_of(filing, number)
    assert (due_at, due_on) == (datetime(2026, 12, 22, 8, tzinfo=UTC), "2026-12-21")
    assert arithmetic == before[2] + ". Extended on Mon 23 Nov 2026 from Mon 14 Dec 2026 to Mon 21 Dec 2026."
    assert filing.claim(number).due_at == due_at
    with filing.context():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "extend")).one()
        assert event.details["extended"] == {
            "clock": "partner_response", "from": "2026-12-14", "to": "2026-12-21",
        }  # fmt: skip

    story = filing.browser(INES).visit(f"/claims/{number}").region("claim-timeline")
    assert WHY in story
    assert "until 21 December 2026, end of day" in story
    reviewer.visit(f"/reviews/{number}")
    page = reviewer.fill_and_submit("Extend the deadline", until="2026-12-25", message=WHY)
    assert "from Mon 21 Dec 2026 to Fri 25 Dec 2026 (no business day)." in page.region("review-timeline")
    filing.wait(30)  # past the first end, before the new one
    with filing.context():
        assert sweep(filing.desk).applied == ()
    filing.wait(5)
    with filing.context():
        assert sweep(filing.desk).applied == ((number, "partner_response"),)


def test_the_mail_tells_the_new_day_and_the_reason(filing: Filing) -> None:
    number = sent_back(filing)
    filing.do("extend", number, REVIEWER, until="2026-12-21", message=WHY)
    mails = sorted((filing.desk.settings.data_dir / "mail").glob("*.eml"))
    told = [text for path in mails if "was extended" in (text := path.read_text("utf-8"))]
    assert told
    assert all("21 December 2026" in text and WHY in text for text in told)


@pytest.mark.parametrize(
    ("until", "reason"),
    [("2026-12-13", "deadline_not_later"), ("2026-12-14", "deadline_not_later"),
     ("soon", "deadline_not_later"), ("2027-03-15", "extension_too_long")],
)  # fmt: skip
@SQLITE
def test_a_deadline_is_neither_shortened_nor_moved_by_a_slip(filing: Filing, until: str, reason: str) -> None:
    number = sent_back(filing)
    before = clock_of(filing, number)
    with pytest.raises(Refused) as refusal:
        filing.do("extend", number, REVIEWER, until=until, message=WHY)
    assert codes(refusal) == [reason]
    assert "{" not in refusal.value.decision.reasons[0].text
    assert clock_of(filing, number) == before


@SQLITE
def test_what_has_ended_cannot_be_revived(filing: Filing) -> None:
    number = sent_back(filing)
    filing.wait(40)
    with pytest.raises(Refused) as refusal:
        filing.do("extend", number, REVIEWER, until="2027-01-31", message=WHY)
    # The end was applied first: the claim is rejected, and the window to dispute waits for its mail or runs.
    assert filing.claim(number).status == "rejected"
    assert codes(refusal) in (["no_deadline_runs"], ["deadline_not_later"], ["extension_too_long"])


@SQLITE
def test_a_partner_extends_nothing(filing: Filing) -> None:
    number = sent_back(filing)
    answer = filing.browser(INES).visit(f"/claims/{number}")
    assert "Extend the deadline" not in answer.text
