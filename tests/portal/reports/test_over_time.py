"""Claims by status over time, also of statuses that the policy in force has no more."""

import shutil
from pathlib import Path

import pytest

from portal.app import create_app
from tests.browser import Browser
from tests.portal.reports.telling import INES, INSUFFICIENT, disputed, rejected, rows
from tests.portal.reviews.filing import REVIEWER2, Filing


def renamed(rules: Path, target: Path) -> Path:
    """Return `rules` with a status under another code and label, as if the old one had been given up."""
    shutil.copytree(rules, target)
    for path in target.rglob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        text = text.replace("rejected_final", "refused_for_good").replace(
            "Rejected final", "Refused for good"
        )
        path.write_text(text, encoding="utf-8")
    return target


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_claims_in_a_status_that_was_given_up_have_a_column(filing: Filing, tmp_path: Path) -> None:
    number = disputed(filing)
    filing.do("deny_dispute", number, REVIEWER2, reason=INSUFFICIENT, message="It is not.")
    rejected(filing, product="intune")
    newer = renamed(filing.desk.settings.rules_dir, tmp_path / "newer")
    app = create_app(filing.desk.settings.model_copy(update={"rules_dir": newer}), clock=filing.clock)
    with app.app_context():
        app.extensions["desk"].policies.in_force()
    browser = Browser(app)
    browser.enter(INES)
    [row] = rows(browser, "claims-over-time")
    assert row == {"Month": "2026-11", "Rejected": "1", "Rejected final": "1", "All": "2"}
