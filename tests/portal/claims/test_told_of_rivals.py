"""A partner is told that there is another claim: at draft, at submission, approved, and when it loses."""

from pathlib import Path

import pytest

from tests.portal.reviews.filing import REVIEWER, Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OWN, OTHER = "incentives@contoso.example", "incentives@fabrikam.example"
EXISTS = "There is another claim for Microsoft Teams at this customer"
COMPARED = "Reviewers compare what each of them shows"


def page(filing: Filing, number: str, where: str = "") -> str:
    return filing.browser(OWN).visit(f"/claims/{number}{where}").text


def mails_to(filing: Filing, who: str, subject: str) -> list[str]:
    """Return what was mailed to `who` under a subject, blanks run together."""
    folder = Path(filing.desk.settings.data_dir / "mail")
    texts = [path.read_text("utf-8") for path in sorted(folder.glob("*.eml"))]
    return [" ".join(one.split()) for one in texts if f"To: {who}" in one and f"Subject: {subject}" in one]


def test_at_draft_and_at_submission(filing: Filing) -> None:
    filing.submitted("fabrikam")
    number = filing.draft("contoso")
    assert EXISTS in page(filing, number, "/wizard/review")
    filing.do("submit", number, OWN)
    told = page(filing, number)
    assert EXISTS in told
    assert COMPARED in told
    (mail,) = mails_to(filing, OWN, "Your claim was submitted")
    assert "There is another claim for a product of it at this customer" in mail


@SQLITE
def test_while_the_claim_is_decided_until_nobody_else_is_left(filing: Filing) -> None:
    number = filing.submitted("contoso")
    assert EXISTS not in page(filing, number)
    (mail,) = mails_to(filing, OWN, "Your claim was submitted")
    assert "another claim" not in mail
    rival = filing.submitted("fabrikam")
    filing.do("start_review", number, REVIEWER)
    assert COMPARED in page(filing, number)
    filing.do("request_rejection", rival, OTHER, reason="wrong_activity")
    assert EXISTS not in page(filing, number)


def test_when_it_is_approved_beside_another(filing: Filing) -> None:
    number = filing.approved("contoso")
    assert "another claim" not in page(filing, number)
    filing.submitted("fabrikam")
    assert "Yours stays approved unless reviewers decide for the other one" in page(filing, number)


@SQLITE
def test_at_the_settlement_both_sides(filing: Filing) -> None:
    number, rival = filing.under_review("contoso"), filing.under_review("fabrikam")
    filing.do("settle", number, REVIEWER)
    (won,) = mails_to(filing, OWN, "Your claim was approved")
    assert "Several claims for the same customer and product were compared, and yours" in won
    (lost,) = mails_to(filing, OTHER, "Your claim was rejected in favor of another one")
    assert "Several claims for the same customer and product were compared, and another one" in lost
    loser = filing.browser(OTHER).visit(f"/claims/{rival}")
    assert "Another association was approved for the same customer and product." in loser.text
    assert "Contoso" not in loser.text
