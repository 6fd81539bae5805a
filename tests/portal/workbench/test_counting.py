"""The numbers beside the statuses: each reader's own claims, and all of them for who keeps the rules."""

from portal.db import db
from portal.workbench.counting import claims_by_status
from tests.portal.reviews.filing import Filing


def counted(filing: Filing, email: str) -> dict[str, int]:
    with filing.context():
        return dict(claims_by_status(db.session(), filing.desk, filing.actors[email]))


def test_each_reader_counts_what_they_may_know_of(filing: Filing) -> None:
    filing.draft()
    filing.submitted("contoso", "exchange_online")
    filing.under_review("fabrikam", "sharepoint_online")
    assert counted(filing, "incentives@contoso.example") == {"draft": 1, "submitted": 1}
    assert counted(filing, "incentives@fabrikam.example") == {"under_review": 1}
    assert counted(filing, "reviewer@operator.example") == {"submitted": 1, "under_review": 1}
    assert counted(filing, "policy@operator.example") == {"draft": 1, "submitted": 1, "under_review": 1}
    assert counted(filing, "admin@operator.example") == {}


def test_the_page_leads_partners_to_the_claims_of_a_status(filing: Filing) -> None:
    filing.draft()
    page = filing.browser("incentives@contoso.example").visit("/policy")
    labels = {link.get("aria-label"): link.get("href") for link in page.select("#diagram a[aria-label]")}
    assert labels["Draft: 1 claim"] == "/claims?status=draft"
    assert labels["Approved: 0 claims"] == "/claims?status=approved"
    owner = filing.browser("policy@operator.example").visit("/policy")
    assert "1 claim" in owner.region("diagram")
    assert not [link for link in owner.select("#diagram a") if link.get("href").startswith("/claims")]
    admin = filing.browser("admin@operator.example").visit("/policy")
    assert "1 claim" not in admin.region("diagram")
