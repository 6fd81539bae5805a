"""A product that a newer policy no longer has: drafts with it stay readable, and say what to do."""

import re
import shutil
from pathlib import Path

from flask import Flask

from portal.app import create_app
from portal.clock import FixedClock
from portal.settings import Settings
from tests.browser import Browser
from tests.factories import PASSWORD
from tests.portal.reviews.filing import Filing

INES = "incentives@contoso.example"


def without_teams(settings: Settings, clock: FixedClock, folder: Path) -> Flask:
    """Return a portal on the same data whose rule files call the product otherwise."""
    rules = folder / "rules"
    shutil.copytree(settings.rules_dir, rules)
    for path in rules.rglob("*.yaml"):
        path.write_text(
            re.sub(r"\bteams\b", "teams_reborn", path.read_text(encoding="utf-8")), encoding="utf-8"
        )
    return create_app(settings.model_copy(update={"rules_dir": rules}), clock=clock)


def test_a_draft_with_a_product_that_is_gone_can_be_read_and_mended(
    filing: Filing, settings: Settings, clock: FixedClock, tmp_path: Path
) -> None:
    number, submitted = filing.draft(), filing.submitted("fabrikam")
    browser = Browser(without_teams(settings, clock, tmp_path))
    browser.sign_in(INES, PASSWORD)

    assert number in browser.visit("/claims").text
    assert "teams" in browser.visit("/claims.csv").text
    page = browser.visit(f"/claims/{number}")
    assert "teams" in page.region("claim-details")
    assert "product_not_offered" in page.reasons()

    browser.visit(f"/claims/{number}/wizard/products")
    page = browser.fill_and_submit("Save and go on", product=["teams_reborn"])
    assert "product_not_offered" not in browser.visit(f"/claims/{number}").reasons()

    # What was submitted stays with its own policy, in which the product is called as before.
    browser = Browser(without_teams(settings, clock, tmp_path / "again"))
    browser.sign_in("incentives@fabrikam.example", PASSWORD)
    assert "Microsoft Teams" in browser.visit(f"/claims/{submitted}").region("claim-details")
