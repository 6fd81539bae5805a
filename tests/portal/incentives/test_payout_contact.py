"""The payout contact: kept by Billing admins, read by their organization, recorded with what was before."""

from sqlalchemy import select

from portal.accounts.organization_chain import PREFIX
from portal.audit.model import AuditEvent
from portal.db import db
from tests.browser import Browser, Page
from tests.portal.reviews.filing import Filing

PAGE = "/earnings/payout-contact"
BILLING = "billing@contoso.example"
KIM = {"name": "Kim Roth", "email": "kim@contoso.example"}


FORM = "Save payout contact"


def keep(browser: Browser, *, status: int = 200, name: str = KIM["name"], email: str = KIM["email"]) -> Page:
    browser.visit(PAGE)
    return browser.fill_and_submit(FORM, status=status, name=name, email=email)


def test_a_billing_admin_names_somebody_and_all_of_the_organization_read_it(
    filing: Filing, partner: Browser
) -> None:
    assert "Nobody is named yet" in partner.visit(PAGE).text
    keep(filing.browser(BILLING))
    page = partner.visit(PAGE)
    assert "Kim Roth" in page.text
    assert not page.select("main form")
    other = filing.browser("billing@fabrikam.example").visit(PAGE)
    assert "Kim Roth" not in other.content.decode()
    with filing.context():
        query = select(AuditEvent.details).where(
            AuditEvent.subject.startswith(PREFIX), AuditEvent.action == "payout_contact_changed"
        )
        assert db.session.scalars(query).all() == [
            {"before": ["", ""], "after": ["Kim Roth", "kim@contoso.example"]}
        ]


def test_who_may_not_keep_it_is_refused(filing: Filing, partner: Browser) -> None:
    page = partner.visit("/claims")
    assert page.status == 200
    assert partner.post(PAGE, status=403, name=KIM["name"], email=KIM["email"], seen="\n").status == 403
    assert "Nobody is named yet" in partner.visit(PAGE).text


def test_a_mistake_is_told_in_its_field_and_loses_nothing(filing: Filing) -> None:
    page = keep(filing.browser(BILLING), status=422, email="kim at contoso")
    assert "Give a full e-mail address" in page.text
    assert page.select("#name")[0].get("value") == "Kim Roth"


def test_who_saw_another_contact_is_told_and_keeps_what_they_typed(filing: Filing) -> None:
    slow, quick = filing.browser(BILLING), filing.browser(BILLING)
    slow.visit(PAGE)
    keep(quick, name="Lou Quick")
    page = slow.fill_and_submit(FORM, status=409, name=KIM["name"], email=KIM["email"])
    assert "it is Lou Quick" in page.text
    assert page.select("#name")[0].get("value") == "Kim Roth"
    assert "Kim Roth" in slow.fill_and_submit(FORM, name=KIM["name"], email=KIM["email"]).content.decode()
