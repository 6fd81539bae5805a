"""The page on which people choose their e-mails: what the policy lets them, kept for them alone."""

from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts.model import Person
from portal.db import db
from tests.browser import Browser, Page
from tests.portal.reviews.filing import Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
STARTED = "The review of your claim started"


def ways(page: Page, kind: str) -> dict[str, bool]:
    """Return the ways that can be chosen for a kind, and whether each is."""
    found = page.select(f"input[name='{kind}']")
    return {one.get("value"): one.get("checked") is not None for one in found}


def kept(filing: Filing, email: str) -> dict[str, str]:
    with filing.context():
        return dict(db.session.scalars(select(Person.mail_ways).where(Person.email == email)).one())


def test_a_choice_is_kept_and_shown(filing: Filing, billing: Browser) -> None:
    page = billing.visit("/profile")
    page = billing.click("Choose your e-mails")
    assert STARTED in page.texts("legend")
    assert ways(page, "start_review/partner") == {"at_once": True, "digest": False, "none": False}
    assert ways(page, "comment/partner") == {"at_once": True, "digest": False}
    chosen: dict[str, Any] = {"start_review/partner": "none"}
    page = billing.fill_and_submit("/profile/mails", **chosen)
    assert "Your choice is kept" in page.text
    assert ways(page, "start_review/partner") == {"at_once": False, "digest": False, "none": True}
    assert kept(filing, "billing@contoso.example")["start_review/partner"] == "none"
    assert kept(filing, "global@contoso.example") == {}


@SQLITE
def test_what_cannot_be_chosen_is_told_and_not_kept(filing: Filing, billing: Browser) -> None:
    page = billing.visit("/profile/mails")
    fixed = page.texts("[aria-labelledby=mails-fixed] li")
    assert "Your claim needs more information" in fixed
    assert "Your claim was rejected" in fixed
    assert "Reminder: Answer to the request for information" in fixed
    kinds = ("reject/partner", "comment/partner", "submit/reviewers", "x")
    refused: dict[str, Any] = dict.fromkeys(kinds, "none")
    billing.post("/profile/mails", **refused)
    assert kept(filing, "billing@contoso.example") == {}


@SQLITE
def test_everybody_sees_the_kinds_that_they_get(filing: Filing, reviewer: Browser) -> None:
    page = reviewer.visit("/profile/mails")
    assert "A claim waits for review" in page.texts("legend")
    assert STARTED not in page.text
    admin = filing.browser("admin@operator.example").visit("/profile/mails")
    assert "A review is overdue" in admin.texts("legend")
    assert "A claim waits for review" not in admin.text
    policy = filing.browser("policy@operator.example").visit("/profile/mails")
    assert "You get no e-mails about claims" in policy.text
