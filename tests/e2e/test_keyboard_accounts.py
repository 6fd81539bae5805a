"""Accounts, notices, administration and the policy's pages by keyboard alone, at 200 % zoom."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from portal.accounts import account_links
from portal.accounts.model import AccountLink, Person
from portal.db import db, transaction
from portal.notifications.model import OutboxMessage
from tests.e2e.conftest import INCENTIVES, Hands
from tests.e2e.keyboard import WITH_AND_WITHOUT
from tests.factories import PASSWORD
from tests.portal.reviews.filing import REVIEWER, Filing

pytestmark = [
    pytest.mark.browser,
    pytest.mark.pages,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    WITH_AND_WITHOUT,
]
GLOBAL, BILLING = "global@contoso.example", "billing@contoso.example"
ADMIN, POLICY = "admin@operator.example", "policy@operator.example"
NEW = "horses eat no batteries"


def link_mailed_to(filing: Filing, email: str) -> str:
    with filing.context():
        links = select(AccountLink).join(Person).where(Person.email == email).order_by(AccountLink.id.desc())
        return account_links.token_for(filing.desk.secret, db.session.scalars(links.limit(1)).one())


def test_a_person_is_invited_comes_and_is_looked_after(filing: Filing, hands: Hands) -> None:
    keys = hands(GLOBAL, "/people")
    page = keys.page
    keys.write(page.locator("#name"), "Nele Neu")
    keys.write(page.locator("#email"), "nele@contoso.example")
    keys.tick(page.get_by_label("Incentives admin"))
    keys.follow(page.get_by_role("button", name="Send invitation"))

    guest = hands("", f"/invitations/{link_mailed_to(filing, 'nele@contoso.example')}")
    guest.write(guest.page.locator("#new"), NEW)
    guest.write(guest.page.locator("#again"), NEW)
    guest.follow(guest.page.locator("main").get_by_role("button"))

    keys.follow(page.get_by_role("link", name="Nele Neu"))
    keys.tick(page.get_by_label("Billing admin"))
    keys.follow(page.get_by_role("button", name="Save roles and locations"))
    keys.follow(page.get_by_role("button", name="Deactivate account"))
    keys.follow(page.get_by_role("button", name="Activate account"))
    expect(page.locator("#person .badge")).to_have_text("Active")


def test_who_forgot_their_password_chooses_another(filing: Filing, hands: Hands) -> None:
    keys = hands("", "/sign-in")
    page = keys.page
    keys.follow(page.locator("main").get_by_role("link", name="forgot"))
    keys.write(page.locator("#email"), BILLING)
    keys.follow(page.locator("main").get_by_role("button"))
    page.goto(f"/password/{link_mailed_to(filing, BILLING)}")
    keys.write(page.locator("#new"), NEW)
    keys.write(page.locator("#again"), NEW)
    keys.follow(page.locator("main").get_by_role("button"))
    keys.write(page.locator("#email"), BILLING)
    keys.write(page.locator("#password"), NEW)
    keys.follow(page.get_by_role("button", name="Sign in"))
    keys.follow(page.locator("header").get_by_role("button", name="Sign out"))
    assert page.url.endswith("/sign-in")


def test_profile_and_mails_are_as_one_likes_them(hands: Hands) -> None:
    hands(INCENTIVES, "/healthz")  # another browser in which they are signed in
    keys = hands(INCENTIVES, "/claims")
    page = keys.page
    keys.follow(page.locator("header .who-name"))
    keys.choose(page.locator("#time_zone"), "Berlin")
    keys.choose_radio(page.get_by_label("Dark"))
    keys.follow(page.get_by_role("button", name="Save", exact=True))
    assert page.locator("html").get_attribute("data-color-scheme") == "dark"
    for name, text in (("present", PASSWORD), ("new", NEW), ("again", NEW)):
        keys.write(page.locator(f"[name={name}]"), text)
    keys.follow(page.get_by_role("button", name="Change password"))
    keys.follow(page.get_by_role("link", name="Choose your e-mails"))
    keys.choose_radio(page.locator("#mails").get_by_label("Not by e-mail").first)
    keys.follow(page.get_by_role("button", name="Save"))
    expect(page.locator("#mails").get_by_label("Not by e-mail").first).to_be_checked()


def test_notices_are_read(filing: Filing, hands: Hands) -> None:
    number = filing.under_review()
    keys = hands(INCENTIVES, "/claims")
    page = keys.page
    keys.follow(page.locator("header").get_by_role("link", name="Notices"))
    keys.go_to(page.locator(".notices-claim").get_by_role("link", name=number))
    keys.follow(page.get_by_role("button", name="Mark all as read"))
    assert "There is nothing new" in page.locator("main").inner_text()


def test_an_organization_and_its_location_are_added(hands: Hands) -> None:
    keys = hands(ADMIN, "/organizations")
    page = keys.page
    keys.write(page.locator("#name"), "Tailspin")
    keys.write(page.locator("#domain"), "tailspin.example")
    keys.follow(page.get_by_role("button", name="Add organization"))
    if not page.locator("#new-code").count():
        keys.follow(page.get_by_role("link", name="Tailspin"))
    keys.write(page.locator("#new-code"), "4711")
    keys.write(page.locator("#new-name"), "Head office")
    keys.follow(page.get_by_role("button", name="Add location"))
    location = page.locator("details", has_text="4711")
    keys.open(location.locator("summary"))
    keys.follow(location.get_by_role("button", name="Remove location"))
    assert page.locator("details", has_text="4711").count() == 0


def test_a_message_is_sent_again(filing: Filing, hands: Hands) -> None:
    filing.submitted()
    with filing.context(), transaction() as session:
        session.execute(
            update(OutboxMessage).values(state="failed", attempts=9, error="There is no such box.")
        )
    keys = hands(ADMIN, "/deliveries?state=failed")
    page = keys.page
    keys.follow(page.locator("main table").get_by_role("link").first)
    keys.go_to(page.locator("pre.letter"))
    keys.follow(page.get_by_role("button", name="Send again"))


def test_the_policy_is_read(hands: Hands, scripts: bool) -> None:
    keys = hands(POLICY, "/policy")
    page = keys.page
    for part in ("reasons", "diagram"):
        keys.jump(page.locator(f"#contents a[href='#{part}']"), part)
        page.goto("/policy")
    keys.open(page.locator("#contents summary").nth(1))
    keys.jump(page.locator("#contents a[href='#action-submit']"), "action-submit")
    folded = page.locator("#action-submit summary")
    if not scripts:
        keys.open(folded.first)
    keys.open(folded.nth(1))
    page.goto("/policy")
    if scripts:  # they bring the words of the picture into sight, which a browser alone does only in part
        keys.jump(page.locator("#diagram a[href='#action-submit']"), "action-submit")


def test_the_way_to_the_content_skips_the_head(hands: Hands) -> None:
    keys = hands(REVIEWER, "/reviews")
    keys.press("Tab")
    keys.looks()
    expect(keys.page.locator(".skip-link")).to_be_focused()
    keys.press("Enter")
    expect(keys.page).to_have_url(re.compile("#main$"))
    keys.press("Tab")
    keys.looks()
    assert keys.page.evaluate("document.querySelector('main').contains(document.activeElement)")
