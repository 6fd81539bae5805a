"""The first-pass rate: which decision was the first, in which month, of whose claims."""

from tests.portal.reports.telling import ADMIN, INES, asked, let_time_act, rejected, rows
from tests.portal.reviews.filing import REVIEWER, Filing

AT_ONCE, LATER = "Approved at the first pass", "Approved after a request for information"


def test_a_claim_counts_in_the_month_of_its_first_decision(filing: Filing) -> None:
    filing.approved(product="teams")
    rejected(filing, product="intune")
    late = asked(filing, product="exchange_online")
    withdrawn = filing.submitted(product="entra_id_p1")
    filing.do("request_rejection", withdrawn, INES, reason="wrong_activity")
    filing.under_review(product="sharepoint_online")  # nobody has decided it yet
    filing.approved("fabrikam", "intune")
    filing.wait(10)  # into December
    filing.do("resubmit", late, INES, message="Both of them.")
    filing.do("start_review", late, REVIEWER)
    filing.do("approve", late, REVIEWER)

    december, november = rows(filing.browser(INES), "first-pass")
    assert december == {
        "Month": "December 2026", AT_ONCE: "0", LATER: "1", "Rejected": "0", "Claims decided": "1",
        "First-pass rate": "0%",
    }  # fmt: skip
    assert november == {
        "Month": "November 2026", AT_ONCE: "1", LATER: "0", "Rejected": "1", "Claims decided": "2",
        "First-pass rate": "50%",
    }  # fmt: skip
    figure = "33% First-pass rate of the last 12 months: 1 of 3"
    assert filing.browser(INES).visit("/reports/first-pass").texts("#report-figure") == [figure]
    # The operator counts the claim of the other partner as well: two of three.
    of_all = rows(filing.browser(ADMIN), "first-pass")[1]
    assert (of_all[AT_ONCE], of_all["Claims decided"], of_all["First-pass rate"]) == ("2", "3", "67%")


def test_a_rejection_stays_the_first_decision_whatever_a_dispute_brings(filing: Filing) -> None:
    number = rejected(filing)
    filing.do("dispute", number, INES, justification="It is on page 3.")
    filing.do("approve_dispute", number, "reviewer2@operator.example")
    (row,) = rows(filing.browser(INES), "first-pass")
    assert (row[AT_ONCE], row["Rejected"], row["Claims decided"]) == ("0", "1", "1")


def test_what_was_never_answered_was_rejected(filing: Filing) -> None:
    asked(filing)
    filing.wait(30)
    let_time_act(filing)
    (row,) = rows(filing.browser(INES), "first-pass")
    assert (row["Month"], row["Rejected"], row["First-pass rate"]) == ("December 2026", "1", "0%")
