"""Who a dispute is given to, and what an answered or ended request looks like afterwards."""

import pytest

from portal.accounts.model import Organization
from portal.claims.refusals import Refused
from portal.db import transaction
from portal.work.sweep import sweep
from tests import factories
from tests.portal.reviews.filing import REVIEWER, REVIEWER2, Filing

INES = "incentives@contoso.example"


def test_a_dispute_goes_to_nobody_who_had_a_part_in_the_claim(filing: Filing) -> None:
    number = filing.under_review(by=REVIEWER)
    filing.do("reject", number, REVIEWER2, reason="insufficient_poe", message="It shows nothing.")
    filing.do("dispute", number, INES, justification="Please look again.")

    # One started the review, the other rejected: there is nobody else, so it waits for whoever takes it.
    assert filing.claim(number).reviewer_id is None


def test_a_reviewer_who_was_handed_the_claim_and_never_decided_keeps_its_dispute(filing: Filing) -> None:
    number = filing.under_review(by=REVIEWER)
    chosen = str(filing.actors[REVIEWER2].person_id)
    filing.do("reassign", number, REVIEWER, reviewer=chosen, message="I am away.")
    filing.do("reject", number, REVIEWER, reason="insufficient_poe", message="It shows nothing.")
    filing.do("dispute", number, INES, justification="Please look again.")

    assert filing.claim(number).reviewer_id == filing.actors[REVIEWER2].person_id
    filing.do("deny_dispute", number, REVIEWER2, reason="insufficient_poe", message="Still nothing.")


def test_overdue_work_counts_as_work(filing: Filing) -> None:
    """Two overdue reviews are more to do than one that is in time."""
    with filing.context(), transaction() as session:
        operator = session.get_one(Organization, filing.actors[REVIEWER].organization_id)
        third = factories.person(session, operator, "reviewer", account="reviewer3")
        email, filing.actors[third.email] = third.email, factories.actor(third)
    for product in ("sharepoint_online", "exchange_online"):
        filing.under_review("fabrikam", product, by=REVIEWER2)
    filing.wait(40)
    with filing.context():
        assert len(sweep(filing.desk).applied) == 2
    filing.under_review("contoso", "exchange_online", by=REVIEWER)

    number = filing.under_review(by=email)
    filing.do("reject", number, email, reason="insufficient_poe", message="It shows nothing.")
    filing.do("dispute", number, INES, justification="Please look again.")
    assert filing.claim(number).reviewer_id == filing.actors[REVIEWER].person_id


@pytest.mark.parametrize("ended_by", ["silence", "the partner", "a settlement"])
def test_a_request_is_not_open_any_more_when_the_claim_has_left_the_partners_hands(
    filing: Filing, ended_by: str
) -> None:
    winner = filing.under_review("fabrikam")
    number = filing.under_review()
    filing.do("request_information", number, REVIEWER, reason="missing_all_poe", message="Send the letter.")
    if ended_by == "silence":
        filing.wait(40)
        with filing.context():
            sweep(filing.desk)
    elif ended_by == "the partner":
        filing.do("request_rejection", number, INES, reason="wrong_activity")
    else:
        filing.do("settle", winner, REVIEWER)

    page = filing.browser(REVIEWER).visit(f"/reviews/{number}")
    assert filing.claim(number).status == "rejected"
    assert "Open" not in page.texts("#review-requests .badge")


def test_a_rival_whose_time_to_answer_is_over_does_not_lose_a_settlement(filing: Filing) -> None:
    """Its end comes first: it was rejected for its silence, and nothing is left to settle."""
    winner, late = filing.under_review("contoso"), filing.under_review("fabrikam")
    filing.do("request_information", late, REVIEWER, reason="missing_all_poe", message="Send the letter.")
    filing.wait(40)

    with pytest.raises(Refused) as refused:
        filing.do("settle", winner, REVIEWER)
    assert [reason.code for reason in refused.value.decision.reasons] == ["nothing_to_settle"]
    assert filing.claim(late).rejection_reasons == ["no_partner_response"]
    filing.do("approve", winner, REVIEWER)


def test_the_customer_is_sent_so_many_links_a_day(filing: Filing) -> None:
    number = filing.approved()
    filing.do("send_consent_link", number, INES)
    filing.do("send_consent_link", number, INES)
    with pytest.raises(Refused) as refused:
        filing.do("send_consent_link", number, INES)
    assert [reason.code for reason in refused.value.decision.reasons] == ["links_sent_today"]
    filing.wait(1)
    filing.do("send_consent_link", number, INES)
