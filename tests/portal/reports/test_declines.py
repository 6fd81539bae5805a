"""Answers of customers: the last one to each approval, in the month of the approval."""

from tests.portal.reports.telling import ADMIN, INES, answer, rows
from tests.portal.reviews.filing import REVIEWER2, Filing


def test_each_approval_counts_by_the_last_answer_to_it(filing: Filing) -> None:
    products = ("teams", "intune", "exchange_online", "entra_id_p1")
    declined, agreed, changed, _silent = (filing.approved(product=one) for one in products)
    filing.approved("fabrikam", "sharepoint_online")
    answer(filing, declined, "decline")
    answer(filing, agreed, "agree")
    answer(filing, changed, "agree", "decline")
    filing.do("dispute", changed, INES, justification="They misunderstood.")
    filing.do("send_consent_link", changed, INES)
    answer(filing, changed, "agree")
    filing.wait(10)  # into December, when it is approved anew
    filing.do("approve_dispute", changed, REVIEWER2)

    december, november = rows(filing.browser(INES), "declines")
    assert november == {
        "Month of the approval": "November 2026", "Declined": "2", "Agreed": "1", "No answer": "1",
        "Approvals": "4", "Share declined": "50%",
    }  # fmt: skip
    assert (december["No answer"], december["Approvals"], december["Share declined"]) == ("1", "1", "0%")
    of_all = rows(filing.browser(ADMIN), "declines")[1]
    assert (of_all["No answer"], of_all["Approvals"], of_all["Share declined"]) == ("2", "5", "40%")
