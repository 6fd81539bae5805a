"""The agreement of reviewers: counted by month and decision, told to those who lead alone, and led from."""

from pathlib import Path
from typing import Any

import pytest

from tests import drawn
from tests.portal.reviews.filing import REVIEWER, REVIEWER2, Filing

LEAD = "policy@operator.example"
WORDS = "Page seven is not signed."


@pytest.fixture
def rules_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return drawn.rules(tmp_path_factory.getbasetemp() / "all-drawn", 100)


@pytest.fixture
def judged(filing: Filing) -> str:
    """Two approvals of which one was judged otherwise, one rejection judged the same, and one that waits."""
    approved = [filing.approved(product=product) for product in ("teams", "intune")]
    filing.wait(10)  # into December
    rejected, waits = (filing.under_review(product=one) for one in ("exchange_online", "sharepoint_online"))
    for number in (rejected, waits):
        filing.do("reject", number, REVIEWER, reason="insufficient_poe", message=WORDS)
    second = filing.browser(REVIEWER2)
    why: dict[str, Any] = {"reason": ["missing_products"], "message": "Intune is not in the letter."}
    judgments: tuple[tuple[str, str, dict[str, Any]], ...] = (
        (approved[0], "Approve", {}),
        (approved[1], "Reject", why),
        (rejected, "Reject", why),
    )
    for number, opinion, said in judgments:
        second.visit(f"/reviews/second/{number}")
        second.fill_and_submit(f"Record “{opinion}” as my opinion", **said)
    return approved[1]


def test_months_and_decisions_are_counted(filing: Filing, judged: str) -> None:
    page = filing.browser(LEAD).visit("/reports/agreement")
    december, november = page.rows("main table")
    assert list(december.values()) == ["December 2026", "Reject", "2", "1", "1", "100%"]
    assert list(november.values()) == ["November 2026", "Approve", "2", "2", "1", "50%"]
    assert "Of 3 decisions that were judged twice, 2 came out the same." in page.text
    assert "fewer than 30 decisions with care" in page.text
    assert "100% of these decisions drawn by lot" in page.text
    assert len(page.select(".chart-line")) == 2
    file = filing.browser(LEAD).ask("GET", "/reports/agreement.csv").get_data(as_text=True)
    assert "2026-11,Approve,2,2,1,50%" in file


def test_each_disagreement_leads_to_both_opinions(filing: Filing, judged: str) -> None:
    lead = filing.browser(LEAD)
    [row] = lead.visit("/reports/disagreements").rows("main table")
    assert (row["Both opinions"], row["Decision"], row["Second opinion"]) == (judged, "Approve", "Reject")
    page = lead.click(judged)
    assert "Intune is not in the letter." in page.region("second-opinion")
    assert "Missing products" in page.region("second-opinion")


def test_nobody_else_reads_them(filing: Filing, judged: str) -> None:
    for email in ("incentives@contoso.example", REVIEWER, REVIEWER2):
        browser = filing.browser(email)
        assert "agreement" not in browser.visit("/reports").text
        for code in ("agreement", "agreement.csv", "disagreements", "disagreements.csv"):
            browser.visit(f"/reports/{code}", status=404)


def test_nothing_was_drawn(filing: Filing) -> None:
    lead = filing.browser(LEAD)
    assert "No decision was drawn" in lead.visit("/reports/agreement").text
    assert "No second reviewer has disagreed" in lead.visit("/reports/disagreements").text
