"""Between a sent form and the use case: which forms are too old, and which were sent before."""

import pytest
from sqlalchemy import select

from portal.claims.model import Claim
from portal.db import db
from tests.browser import Browser
from tests.portal.reviews.filing import REVIEWER, Filing

STEPS = ("customer", "activity", "products", "contacts", "evidence", "review")

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@SQLITE
@pytest.mark.parametrize("version", [None, "", "0", "-1", "x", "٣", "9" * 20])
def test_a_form_without_a_version_is_a_stale_one(
    filing: Filing, partner: Browser, version: str | None
) -> None:
    number = filing.submitted()
    before = filing.claim(number).version
    partner.visit(f"/claims/{number}")
    sent = {} if version is None else {"version": version}
    page = partner.post(f"/claims/{number}/comments", message="Old news.", status=409, **sent)
    assert "changed" in page.region("action-comment")
    assert page.field("message") == "Old news."
    assert filing.claim(number).version == before
    assert page.texts(".comment") == []
    page = partner.post(f"/claims/{number}/comments", message="Now.", version=page.field("version"))
    assert page.texts(".comment") == ["Now."]


@SQLITE
def test_what_is_refused_in_any_case_is_told_why_and_needs_no_version(
    filing: Filing, partner: Browser
) -> None:
    number = filing.submitted()
    before = filing.claim(number).version
    partner.visit(f"/claims/{number}")
    page = partner.post(f"/claims/{number}/dispute", justification="Too early.", status=422)
    assert "wrong_status" in page.reasons()
    assert filing.claim(number).version == before


@SQLITE
def test_a_reviewers_form_without_a_version_is_a_stale_one(filing: Filing) -> None:
    number = filing.under_review()
    reviewer = filing.browser(REVIEWER)
    reviewer.visit(f"/reviews/{number}")
    reviewer.post(f"/reviews/{number}/approval", status=409)
    assert filing.claim(number).status == "under_review"


def test_every_form_of_an_action_carries_the_version(filing: Filing, partner: Browser) -> None:
    draft, submitted = filing.draft(), filing.submitted("contoso", "intune")
    reviewer = filing.browser(REVIEWER)
    for browser, path in (
        *((partner, f"/claims/{draft}/wizard/{step}") for step in STEPS),
        (partner, f"/claims/{draft}"),
        (partner, f"/claims/{submitted}"),
        (reviewer, f"/reviews/{submitted}"),
    ):
        forms = [
            form
            for form in browser.visit(path).select("form[method=post]")
            if form.get("action") != "/sign-out"
        ]
        assert forms, path
        assert [form.get("action") for form in forms if not form.cssselect("[name=version]")] == [], path


def test_a_draft_that_is_deleted_twice_by_one_form_is_told_as_deleted(
    filing: Filing, partner: Browser
) -> None:
    number = filing.draft()
    partner.visit(f"/claims/{number}")
    delete = partner.filled("Delete draft")
    for _ in range(3):
        page = partner.send_filled(delete)
        assert page.path == "/claims"
        assert f"{number} was deleted." in page.region("flashes")
    with filing.context():
        assert db.session.scalars(select(Claim)).all() == []


@SQLITE
def test_nobody_else_and_no_other_form_learns_of_a_deleted_draft(filing: Filing, partner: Browser) -> None:
    number = filing.draft()
    version = partner.visit(f"/claims/{number}").field("version")
    partner.fill_and_submit("Delete draft")
    for email in ("billing@contoso.example", "incentives@fabrikam.example"):
        other = filing.browser(email)
        other.visit("/claims/new")
        other.post(f"/claims/{number}/deletion", version=version, status=404)
    partner.visit("/claims/new")
    partner.post(f"/claims/{number}/deletion", version=version + "1", status=404)
    partner.visit("/claims/new")
    partner.post(f"/claims/{number}/comments", version=version, message="x", status=404)


def test_a_partner_is_not_told_who_reviews(filing: Filing, partner: Browser) -> None:
    number = filing.submitted()
    partner.visit(f"/claims/{number}")
    comment = partner.filled("Comment", message="Anybody there?")
    filing.do("start_review", number, REVIEWER)
    page = partner.send_filled(comment, status=409)
    told = "Review team: Start review. The claim’s status is now “Under review”."
    assert told in page.region("action-comment")
    assert "Reviewer of" not in page.text
