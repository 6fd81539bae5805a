"""Where people of the operator worked before, kept by operator admins."""

import pytest
from sqlalchemy import select

from portal.accounts.model import FormerAffiliation, Organization, Person
from portal.audit.model import AuditEvent
from portal.db import db
from tests.browser import Browser
from tests.portal.reviews.filing import REVIEWER, Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ADMIN = "admin@operator.example"


def ids(filing: Filing, who: str = REVIEWER, organization: str = "Contoso") -> tuple[int, str]:
    with filing.context():
        person = db.session.scalars(select(Person.id).where(Person.email == who)).one()
        owner = db.session.scalars(select(Organization.id).where(Organization.name == organization)).one()
        return person, str(owner)


def kept(filing: Filing) -> list[tuple[int, str, str]]:
    with filing.context():
        rows = db.session.scalars(select(FormerAffiliation)).all()
        return [(row.person_id, str(row.organization_id), row.until) for row in rows]


def page_of(filing: Filing, person: int, by: str = ADMIN) -> Browser:
    browser = filing.browser(by)
    browser.visit(f"/people/{person}")
    return browser


def test_an_admin_keeps_corrects_and_takes_out_where_somebody_worked(filing: Filing) -> None:
    person, owner = ids(filing)
    browser = page_of(filing, person)
    page = browser.fill_and_submit("Keep", affiliation=owner, until="2026-06-30")
    assert "Contoso until 30 June 2026" in page.region("person-affiliations")
    browser.fill_and_submit("Keep", affiliation=owner, until="2026-07-31")
    assert kept(filing) == [(person, owner, "2026-07-31")]
    page = browser.fill_and_submit("Take out Contoso")
    assert "Nothing is known." in page.region("person-affiliations")
    assert kept(filing) == []
    with filing.context():
        actions = db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions[-3:] == ["affiliation_kept", "affiliation_kept", "affiliation_taken_out"]


@SQLITE
@pytest.mark.parametrize("until", ["", "soon", "2027-01-01"])
def test_a_day_that_is_none_or_to_come_is_refused_and_what_was_chosen_stays(
    filing: Filing, until: str
) -> None:
    person, owner = ids(filing)
    page = page_of(filing, person).fill_and_submit("Keep", affiliation=owner, until=until, status=422)
    assert "Enter the last day there, today or earlier." in page.text
    assert page.select(f"#person-affiliations option[value='{owner}'][selected]")
    assert kept(filing) == []


@SQLITE
def test_only_partners_are_offered_and_taken(filing: Filing) -> None:
    person, _ = ids(filing)
    _, operator = ids(filing, organization="Program operator")
    browser = page_of(filing, person)
    assert "Program operator" not in browser.page.texts("#person-affiliations option")
    page = browser.post(
        f"/people/{person}/affiliations", affiliation=operator, until="2026-01-01", status=422
    )
    assert "Choose the organization from the list." in page.text
    assert kept(filing) == []


@SQLITE
def test_of_partners_people_it_is_not_kept_and_partners_do_not_see_it(filing: Filing) -> None:
    ben, owner = ids(filing, "billing@contoso.example", "Fabrikam")
    browser = page_of(filing, ben)
    assert not browser.page.select("#person-affiliations")
    browser.post(f"/people/{ben}/affiliations", affiliation=owner, until="2026-01-01", status=404)
    own = page_of(filing, ben, "global@contoso.example")
    assert not own.page.select("#person-affiliations")
    own.post(f"/people/{ben}/affiliations", affiliation=owner, until="2026-01-01", status=403)
    assert kept(filing) == []


@SQLITE
def test_today_is_taken_wherever_it_has_come(filing: Filing) -> None:
    person, owner = ids(filing)
    assert filing.clock.now().date().isoformat() == "2026-11-23"  # in Tokyo the next day has begun
    page_of(filing, person).fill_and_submit("Keep", affiliation=owner, until="2026-11-24")
    assert kept(filing) == [(person, owner, "2026-11-24")]
