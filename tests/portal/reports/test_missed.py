"""Deadlines missed: whose they were, and the month that they belong to."""

from datetime import UTC, datetime

from tests.portal.reports.telling import ADMIN, INES, asked, let_time_act, rejected, rows
from tests.portal.reviews.filing import Filing

CODE = "deadlines-missed"
BY_PARTNERS, BY_REVIEWERS = "Missed by partners", "Missed by reviewers"


def test_a_deadline_counts_where_it_was_met_or_ended_by_whoever_had_to_act(filing: Filing) -> None:
    filing.clock.set(datetime(2026, 11, 20, 20, tzinfo=UTC))
    filing.submitted(product="intune")  # the fifth business day after Fri 20 November is Mon 30 November
    filing.wait(3)
    asked(filing)  # met: the start of the review, and the review; Mon 14 December: the partner's answer
    rejected(filing, product="exchange_online")  # met: both; what runs now is the partner's right
    filing.submitted("fabrikam", "intune")  # Tue 1 December
    filing.wait(40)  # the time to dispute is over as well

    for swept in (False, True):
        if swept:
            let_time_act(filing)
        december, november = rows(filing.browser(INES), CODE)
        assert december == {
            "Month": "December 2026", "Met": "0", BY_PARTNERS: "1", BY_REVIEWERS: "0", "Deadlines": "1",
            "Share missed": "100%",
        }, swept  # fmt: skip
        assert november == {
            "Month": "November 2026", "Met": "4", BY_PARTNERS: "0", BY_REVIEWERS: "1", "Deadlines": "5",
            "Share missed": "20%",
        }, swept  # fmt: skip
        of_all = rows(filing.browser(ADMIN), CODE)[0]
        assert (of_all[BY_PARTNERS], of_all[BY_REVIEWERS], of_all["Share missed"]) == ("1", "1", "100%")


def test_a_deadline_that_runs_is_neither_met_nor_missed(filing: Filing) -> None:
    filing.submitted()
    assert "No deadline was met or missed in the last 12 months." in (
        filing.browser(INES).visit(f"/reports/{CODE}").text
    )
