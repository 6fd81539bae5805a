"""Claims by status over time, also of statuses that the policy in force has no more."""

import shutil
from pathlib import Path

import pytest

from portal.app import create_app
from tests.browser import Browser
from tests.portal.reports.telling import INES, INSUFFICIENT, asked, disputed, rejected, rows
from tests.portal.reviews.filing import REVIEWER2, Filing


def partner_after(filing: Filing, target: Path, given_up: dict[str, str]) -> Browser:
    """Return a partner's browser under a policy in which other words stand for those that were given up."""
    shutil.copytree(filing.desk.settings.rules_dir, target)
    for path in target.rglob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        for old, new in given_up.items():
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
    app = create_app(filing.desk.settings.model_copy(update={"rules_dir": target}), clock=filing.clock)
    with app.app_context():
        app.extensions["desk"].policies.in_force()
    browser = Browser(app)
    browser.enter(INES)
    return browser


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_claims_in_a_status_that_was_given_up_have_a_column(filing: Filing, tmp_path: Path) -> None:
    number = disputed(filing)
    filing.do("deny_dispute", number, REVIEWER2, reason=INSUFFICIENT, message="It is not.")
    rejected(filing, product="intune")
    given_up = {"rejected_final": "refused_for_good", "Rejected final": "Refused for good"}
    browser = partner_after(filing, tmp_path / "newer", given_up)
    [row] = rows(browser, "claims-over-time")
    assert row == {"Month": "November 2026", "Rejected": "1", "Rejected final": "1", "All": "2"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_was_given_up_is_called_as_it_was_then(filing: Filing, tmp_path: Path) -> None:
    asked(filing)
    given_up = {
        "partner_action_required": "with_partner", "Partner action required": "With the partner",
        "missing_products": "lacks_products", "label: Missing products": "label: Lacks products",
    }  # fmt: skip
    browser = partner_after(filing, tmp_path / "newer", given_up)
    assert "Partner action required" in [row["Status"] for row in rows(browser, "time-in-status")]
    [row] = rows(browser, "reasons")
    assert row == {"Product": "Microsoft Teams", "Missing products": "1", "All": "1"}
