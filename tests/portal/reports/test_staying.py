"""Time in each status: how long, and held against the deadline that was stored."""

import pytest

from portal.reports.staying import nine_in_ten
from tests.portal.reports.telling import ADMIN, INES, rows
from tests.portal.reviews.filing import REVIEWER, Filing

CODE = "time-in-status"


def test_stays_are_measured_and_held_against_their_deadline(filing: Filing) -> None:
    quick, slow, extended = (filing.submitted(product=one) for one in ("teams", "intune", "exchange_online"))
    filing.submitted("fabrikam", "intune")
    filing.do("extend", extended, REVIEWER, until="2026-12-10", message="We are fewer this week.")
    filing.wait(2)
    filing.do("start_review", quick, REVIEWER)
    filing.wait(4)
    filing.do("approve", quick, REVIEWER)
    filing.wait(
        4
    )  # Thu 3 December; five business days ended on Tue 1 December, for Thu 26 November is a holiday
    filing.do("start_review", slow, REVIEWER)
    filing.do("start_review", extended, REVIEWER)

    submitted, under_review = rows(filing.browser(INES), CODE)
    assert submitted == {
        "Status": "Submitted", "Stays that ended": "3", "Median days": "10.0",
        "Nine in ten took at most (days)": "10.0", "Ended in time": "2", "Ended too late": "1",
        "In it now": "0", "Of these too late": "0",
    }  # fmt: skip
    assert under_review == {
        "Status": "Under review", "Stays that ended": "1", "Median days": "4.0",
        "Nine in ten took at most (days)": "4.0", "Ended in time": "1", "Ended too late": "0",
        "In it now": "2", "Of these too late": "0",
    }  # fmt: skip
    # The other partner's claim still waits, longer than its five business days.
    of_all = rows(filing.browser(ADMIN), CODE)[0]
    assert (of_all["Stays that ended"], of_all["In it now"], of_all["Of these too late"]) == ("3", "1", "1")


def test_halves_of_days_are_told(filing: Filing) -> None:
    first, second = filing.submitted(product="teams"), filing.submitted(product="intune")
    filing.wait(1)
    filing.do("start_review", first, REVIEWER)
    filing.wait(1)
    filing.do("start_review", second, REVIEWER)
    assert rows(filing.browser(INES), CODE)[0]["Median days"] == "1.5"


@pytest.mark.parametrize(("many", "least"), [(1, 1), (2, 2), (9, 9), (10, 9), (11, 10), (20, 18), (100, 90)])
def test_nine_in_ten_is_the_least_that_so_many_do_not_exceed(many: int, least: int) -> None:
    lengths = range(1, many + 1)
    assert nine_in_ten(lengths) == least
    assert sum(one <= least for one in lengths) * 10 >= many * 9 > (least - 1) * 10
