"""Disputes and their outcomes: what came of each, in the month in which it was begun."""

from tests.portal.reports.telling import ADMIN, INES, INSUFFICIENT, disputed, rejected, rows
from tests.portal.reviews.filing import REVIEWER2, Filing


def test_each_dispute_counts_by_what_came_of_it(filing: Filing) -> None:
    products = ("teams", "intune", "exchange_online", "entra_id_p1")
    won, lost, given_up, _open = (disputed(filing, product=one) for one in products)
    rejected(filing, product="sharepoint_online")  # never disputed
    disputed(filing, "fabrikam", "sharepoint_online")
    filing.wait(10)  # what comes of them in December still counts for November
    filing.do("approve_dispute", won, REVIEWER2)
    filing.do("deny_dispute", lost, REVIEWER2, reason=INSUFFICIENT, message="It is not.")
    filing.do("request_rejection", given_up, INES, reason="no_longer_working")

    (row,) = rows(filing.browser(INES), "disputes")
    assert row == {
        "Month of the dispute": "2026-11", "Approved": "1", "Denied": "1", "Withdrawn by the partner": "1",
        "Not decided yet": "1", "Disputes": "4", "Share approved": "50%",
    }  # fmt: skip
    (of_all,) = rows(filing.browser(ADMIN), "disputes")
    assert (of_all["Not decided yet"], of_all["Disputes"]) == ("2", "5")


def test_of_what_is_not_decided_there_is_no_share(filing: Filing) -> None:
    disputed(filing)
    (row,) = rows(filing.browser(INES), "disputes")
    assert (row["Disputes"], row["Share approved"]) == ("1", "—")
