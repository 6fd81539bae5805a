"""Saved views through their pages: saved, found again, shared, renamed, deleted, and never another's."""

import pytest

from portal.db import transaction
from portal.saved_views.model import SavedView
from tests.browser import Browser, Page
from tests.portal.claims.rows import add_claims
from tests.portal.reviews.filing import Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SAVE = "Save this view"
VIEW = "q=red&status=draft&sort=due&columns=number%2Ccustomer%2Cdue"


def save(browser: Browser, name: str, *, shared: bool = False, view: str = VIEW, status: int = 200) -> Page:
    browser.visit(f"/claims?{view}")
    boxes = {"shared": shared} if browser.page.select("#view-shared") else {}
    return browser.fill_and_submit(SAVE, name=name, status=status, **boxes)


def in_menu(browser: Browser) -> dict[str, str]:
    browser.visit("/claims")
    return {link.text: link.get("href") for link in browser.page.select("#saved-views .menu-list a")}


def number_of(filing: Filing, name: str) -> int:
    with filing.context(), transaction() as session:
        return next(row.id for row in session.query(SavedView) if row.name == name)


def test_a_view_is_saved_and_leads_back_to_what_was_shown(filing: Filing, ines: Browser) -> None:
    add_claims(filing, {"name": "red"})
    page = save(ines, "  Red   drafts ")
    assert "The view was saved" in page.region("flashes")
    assert page.path == f"/claims?{VIEW}"
    assert "You are looking at “Red drafts”." in page.region("saved-views")
    assert in_menu(ines) == {"Red drafts": f"/claims?{VIEW}"}
    assert ines.click("Red drafts").texts(".chip") == ["Remove the filter Search: red✕"]


def test_a_private_view_is_its_owners_alone(
    filing: Filing, ines: Browser, billing: Browser, stranger: Browser
) -> None:
    save(billing, "Mine")
    number = number_of(filing, "Mine")
    for other in (ines, stranger):
        assert in_menu(other) == {}
        assert "Mine" not in other.visit("/claims/views").text
        other.post(f"/claims/views/{number}", name="Taken", status=404)
        other.post(f"/claims/views/{number}/deletion", status=404)
        other.post("/claims/views/999999", name="Taken", status=404)
    assert list(in_menu(billing)) == ["Mine"]


def test_a_shared_view_is_the_organizations_and_those_who_may_share_look_after_it(
    filing: Filing, ines: Browser, billing: Browser, stranger: Browser
) -> None:
    save(ines, "Ours", shared=True)
    number = number_of(filing, "Ours")
    assert in_menu(billing) == {"Ours": f"/claims?{VIEW}"}
    assert "by Incentives of Contoso" in billing.visit("/claims/views").text
    assert "Rename or share" not in billing.page.text
    billing.post(f"/claims/views/{number}/deletion", status=404)
    assert in_menu(stranger) == {}
    stranger.post(f"/claims/views/{number}/deletion", status=404)
    ines.visit("/claims/views")
    page = ines.fill_and_submit(f"/claims/views/{number}", name="Team", shared=False)
    assert "The view was changed" in page.text
    assert in_menu(billing) == {}
    assert list(in_menu(ines)) == ["Team"]


def test_sharing_needs_the_permission(filing: Filing, billing: Browser) -> None:
    billing.visit(f"/claims?{VIEW}")
    assert not billing.page.select("#view-shared")
    page = billing.post("/claims/views", name="Ours", shared="yes", params=VIEW, status=422)
    assert "Your roles do not let you share views" in page.region("error-summary")
    assert page.field("name") == "Ours", "what was typed stays"
    save(billing, "Mine")
    number = number_of(filing, "Mine")
    billing.visit("/claims/views")
    billing.post(f"/claims/views/{number}", name="Mine", shared="yes", status=422)


@SQLITE
def test_a_view_is_deleted_and_the_claims_stay(filing: Filing, ines: Browser) -> None:
    number = add_claims(filing, {"name": "red"})[0]
    save(ines, "Red")
    ines.visit("/claims/views")
    page = ines.fill_and_submit(f"/claims/views/{number_of(filing, 'Red')}/deletion")
    assert "The view “Red” was deleted." in page.region("flashes")
    assert "There are no saved views yet" in page.text
    assert number in ines.visit("/claims").text


@SQLITE
@pytest.mark.parametrize(
    ("name", "told"),
    [(" ", "Enter a name for the view."), ("x" * 61, "Enter a name of at most 60 characters.")],
)
def test_a_name_that_cannot_be_is_told_and_stays(ines: Browser, name: str, told: str) -> None:
    ines.visit(f"/claims?{VIEW}")
    page = ines.post("/claims/views", name=name, params=VIEW, status=422)
    assert told in page.region("error-summary")
    assert page.field("params") == VIEW


@SQLITE
def test_without_a_view_to_save_the_page_says_what_to_do_first(ines: Browser) -> None:
    assert not ines.visit("/claims").select("#view-name")
    page = ines.post("/claims/views", name="All", params="", status=422)
    assert "There is nothing to save yet." in page.region("error-summary")


@SQLITE
def test_made_up_parameters_do_no_harm(filing: Filing, ines: Browser) -> None:
    add_claims(filing, {})
    ines.visit("/claims")
    ines.post("/claims/views", name="Odd", params="_external=1&_scheme=javascript&status=%3Cb%3E&q=%0Aa")
    assert in_menu(ines) == {"Odd": "/claims?_external=1&_scheme=javascript&status=%3Cb%3E"}
    assert "There is no status “<b>”" in ines.click("Odd").text
    ines.post("/claims/views", name="Long", params="q=" + "a" * 5000, status=422)
