"""Organizations and their locations: added, corrected, never lost, and counted by their own holidays."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.model import Location, Organization
from portal.audit.model import AuditEvent
from portal.claims.clock_states import running_clock
from portal.claims.clocks import left_until
from portal.claims.model import Claim, ClaimClock
from portal.db import db, transaction
from portal.work.auditing import verify_audit
from tests import factories
from tests.browser import Browser, Page
from tests.portal.reviews.filing import REVIEWER, Filing

ADMIN, GLORIA, INES = "admin@operator.example", "global@contoso.example", "incentives@contoso.example"


def admin_of(app: Flask) -> Browser:
    browser = Browser(app)
    browser.sign_in(ADMIN, factories.PASSWORD)
    return browser


def id_of(app: Flask, name: str) -> int:
    with app.app_context():
        return db.session.scalars(select(Organization.id).where(Organization.name == name)).one()


def opened(browser: Browser, app: Flask, name: str = "Contoso") -> Page:
    return browser.visit(f"/organizations/{id_of(app, name)}")


def last_event(app: Flask) -> AuditEvent:
    with app.app_context():
        assert verify_audit(app.extensions["desk"]).findings == ()
        rows = select(AuditEvent).where(AuditEvent.subject.startswith("organization:"))
        found = db.session.scalars(rows.order_by(AuditEvent.id.desc())).first()
        assert found is not None
        return found


def test_a_partner_is_added_with_a_location_and_its_first_admin(app: Flask, house: factories.House) -> None:
    admin = admin_of(app)
    admin.visit("/organizations")
    page = admin.fill_and_submit("Add organization", name="Tailspin", domain="Tailspin.Example")
    assert page.heading == "Tailspin"
    assert "There is no location yet." in page.text
    page = admin.fill_and_submit("Add location", code="7654321", name="Oslo", calendar="no")
    assert "7654321 – Oslo, holidays of NO" in page.text
    page = admin.click("People of Tailspin")
    assert "Nobody signs in for Tailspin yet." in page.text
    page = admin.fill_and_submit(
        "Send invitation", name="Tove", email="tove@tailspin.example", roles="global_admin"
    )
    assert "An invitation is on its way to tove@tailspin.example." in page.region("flashes")
    assert last_event(app).action == "person_invited"
    with app.app_context():
        added = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "organization_added")).one()
        assert added.details == {"name": "Tailspin", "domain": "tailspin.example"}


def test_a_domain_that_would_become_another_is_refused(app: Flask, house: factories.House) -> None:
    admin = admin_of(app)
    admin.visit("/organizations")
    page = admin.fill_and_submit("Add organization", status=422, name="Strasse", domain="straße.example")
    assert "Give the organization’s mail domain" in page.text
    opened(admin, app)
    page = admin.fill_and_submit("Save name and domain", status=422, domain="straße.example")
    assert "Give the organization’s mail domain" in page.text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"name": " "}, "Give a name of 1 to 120 characters on one line"),
        ({"name": "Contoso"}, "There is an organization called Contoso; choose another name."),
        (
            {"domain": "tailspin"},
            "Give the organization’s mail domain, such as contoso.example, not “tailspin”.",
        ),
        ({"domain": "kim@tailspin.example"}, "not “kim@tailspin.example”."),
    ],
)
def test_what_was_typed_stays_where_an_organization_is_refused(
    app: Flask, house: factories.House, typed: dict[str, str], told: str
) -> None:
    admin = admin_of(app)
    admin.visit("/organizations")
    values = {"name": "Tailspin", "domain": "tailspin.example"} | typed
    page = admin.fill_and_submit("Add organization", status=422, **values)
    assert told in page.region("error-summary")
    assert {name: page.field(name) for name in values} == values


def test_a_correction_is_recorded_with_what_was_there_before(app: Flask, house: factories.House) -> None:
    admin = admin_of(app)
    opened(admin, app)
    admin.fill_and_submit("Save name and domain", name="Contoso Ltd", domain="contoso.example")
    event = last_event(app)
    assert (event.action, event.details["before"]["name"], event.details["after"]["name"]) == (
        "organization_changed",
        "Contoso",
        "Contoso Ltd",
    )


def test_a_correction_of_somebody_else_is_not_overwritten(app: Flask, house: factories.House) -> None:
    first, second = admin_of(app), admin_of(app)
    opened(first, app)
    opened(second, app)
    first.fill_and_submit("Save name and domain", name="Contoso Ltd")
    page = second.fill_and_submit("Save name and domain", status=409, name="Contoso Inc")
    assert "Somebody changed this while you looked at it." in page.text
    assert "It is called Contoso Ltd now, with the domain contoso.example." in page.text
    assert page.field("name") == "Contoso Inc"
    assert id_of(app, "Contoso Ltd")


def test_a_calendar_that_nobody_knows_is_refused(app: Flask, house: factories.House) -> None:
    admin = admin_of(app)
    page = opened(admin, app)
    page = admin.fill_and_submit("Add location", status=422, code="7654321", name="Nowhere", calendar="XX-9")
    assert "There is no holiday calendar “XX-9”; give a country’s two letters" in page.region("error-summary")
    with app.app_context():
        assert db.session.scalar(select(Location).where(Location.code == "7654321")) is None


def test_the_operators_own_organization_has_no_locations(app: Flask, house: factories.House) -> None:
    admin = admin_of(app)
    page = opened(admin, app, "Program operator")
    assert "Locations" not in page.text
    page = admin.post(f"{page.path}/locations", status=409, code="7", name="Office", calendar="")
    assert "Only partners begin claims, so only they have locations." in page.text


@pytest.mark.parametrize("name", ["Contoso\u200b", "\u202eosotnoC", "Con\u2028toso"])
def test_a_name_with_invisible_letters_is_refused(app: Flask, house: factories.House, name: str) -> None:
    admin = admin_of(app)
    admin.visit("/organizations")
    page = admin.fill_and_submit("Add organization", status=422, name=name, domain="tailspin.example")
    assert "none of them invisible" in page.region("error-summary")
    opened(admin, app)
    page = admin.fill_and_submit("Add location", status=422, code="7", name=name, calendar="")
    assert "on one line" in page.region("error-summary")
    admin.visit("/people")
    page = admin.fill_and_submit(
        "Send invitation", status=422, name=name, email="kim@operator.example", roles=["reviewer"]
    )
    assert "none of them invisible" in page.region("error-summary")


@pytest.mark.parametrize("calendar", ["PUBLIC", "bank", "SUN", "US-", "\u00df", "XNYS", "USA"])
def test_what_is_no_country_has_no_holidays(app: Flask, house: factories.House, calendar: str) -> None:
    admin = admin_of(app)
    opened(admin, app)
    page = admin.fill_and_submit("Add location", status=422, code="7", name="Nowhere", calendar=calendar)
    assert "There is no holiday calendar" in page.region("error-summary")


def test_only_a_location_that_nothing_is_about_is_removed(app: Flask, filing: Filing) -> None:
    filing.draft()
    with app.app_context(), transaction() as session:
        contoso = session.scalars(select(Organization).where(Organization.name == "Contoso")).one()
        unused = factories.location(session, contoso, name="Mistyped").code
        (used,) = (place.code for place in contoso.locations if place.code != unused)
    admin = admin_of(app)
    opened(admin, app)
    page = admin.fill_and_submit(f"Remove location {used}", status=409)
    assert "Claims or people belong to this location, so it stays." in page.text
    page = admin.fill_and_submit(f"Remove location {unused}")
    assert "Mistyped" not in page.text
    assert last_event(app).action == "location_removed"


@pytest.mark.parametrize("path", ["/organizations", "/organizations/1"])
def test_partners_keep_no_organizations(app: Flask, house: factories.House, path: str) -> None:
    browser = Browser(app)
    browser.sign_in(GLORIA, factories.PASSWORD)
    browser.visit(path, status=403)


def due_day(filing: Filing, number: str) -> str:
    return clock_of(filing, number).due_on


def clock_of(filing: Filing, number: str) -> ClaimClock:
    with filing.context():
        row = running_clock(db.session.scalars(select(Claim).where(Claim.number == number)).one())
        assert row is not None
        db.session.expunge(row)
        return row


def test_a_locations_holidays_move_what_its_partner_has_to_do_and_nothing_else(
    app: Flask, filing: Filing
) -> None:
    asked = {"reason": "missing_all_poe", "message": "Please send it."}
    before, running = filing.under_review(), filing.under_review(product="intune")
    filing.do("request_information", running, REVIEWER, **asked)
    ordinary, review = due_day(filing, running), due_day(filing, before)
    with app.app_context(), transaction() as session:
        # Germany works on the Thanksgiving that the United States have three days from now.
        for place in session.scalars(select(Location)):
            place.calendar = "DE"
    assert due_day(filing, running) == ordinary  # what runs keeps its day, and is told by the same days
    with filing.context():
        claim = db.session.scalars(select(Claim).where(Claim.number == running)).one()
        row, rulebook = running_clock(claim), filing.desk.rulebook_of(claim)
        assert row is not None
        assert left_until(rulebook, claim, row, date.fromisoformat(ordinary), filing.clock.now()).startswith(
            "14 business days"
        )
    filing.do("request_information", before, REVIEWER, **asked)
    assert due_day(filing, before) < ordinary
    assert clock_of(filing, before).calendar.startswith("DE holidays")
    filing.do("resubmit", before, INES, message="Here it is.")
    filing.do("start_review", before, REVIEWER)
    assert due_day(filing, before) == review
