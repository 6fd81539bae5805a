"""Disputes and their outcomes: what came of each, in the month in which it was begun."""

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.portal.reports.telling import ADMIN, INES, INSUFFICIENT, disputed, rejected, rows
from tests.portal.reviews.filing import REVIEWER2, Filing
from tests.whole_app import rewriting


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
        "Month of the dispute": "November 2026", "Approved": "1", "Denied": "1",
        "Withdrawn by the partner": "1", "Not decided yet": "1", "Disputes": "4", "Share approved": "50%",
    }  # fmt: skip
    (of_all,) = rows(filing.browser(ADMIN), "disputes")
    assert (of_all["Not decided yet"], of_all["Disputes"]) == ("2", "5")


def test_of_what_is_not_decided_there_is_no_share(filing: Filing) -> None:
    disputed(filing)
    (row,) = rows(filing.browser(INES), "disputes")
    assert (row["Disputes"], row["Share approved"]) == ("1", "—")
    assert not filing.browser(INES).visit("/reports/disputes").select("#report-figure")


def asked_in_dispute(content: Any) -> None:
    content["second_reviews"]["percent"] = 0
    content["transitions"]["request_information"]["moves"]["dispute"] = "partner_action_required"


class TestOfAPolicyThatAsksInDisputes:
    @pytest.fixture
    def rules_dir(self, tmp_path: Path) -> Path:
        return rewriting.rewritten(ROOT / "rules", tmp_path / "rules", {"lifecycle.yaml": asked_in_dispute})

    @pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
    def test_a_question_decides_no_dispute(self, filing: Filing) -> None:
        number = disputed(filing)
        filing.do("request_information", number, REVIEWER2, reason="missing_products", message="Which?")
        (row,) = rows(filing.browser(INES), "disputes")
        assert (row["Not decided yet"], row["Denied"]) == ("1", "0")
        filing.do("resubmit", number, INES, message="These.")
        filing.do("start_review", number, REVIEWER2)
        filing.do("approve", number, REVIEWER2)
        (row,) = rows(filing.browser(INES), "disputes")
        assert (row["Approved"], row["Denied"], row["Disputes"]) == ("1", "0", "1")
