"""Work on chosen claims through its pages: files, documents, drafts deleted with a result for each."""

import io
import zipfile
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from portal.audit.model import AuditEvent
from portal.claims.model import Claim
from portal.claims.queries import lock_for_action
from portal.claims.selection import CHOSEN_AT_MOST
from portal.db import db, transaction
from tests import factories
from tests.browser import Browser, Page
from tests.portal.claims.rows import add_claims
from tests.portal.claims.test_export import rows_of
from tests.portal.claims.test_listing import contoso
from tests.portal.reviews.filing import Filing

PARTNER = "incentives@contoso.example"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PLACE = "/claims/selection"


def address(what: str, *numbers: str) -> str:
    return f"{PLACE}/{what}?" + "&".join(f"number={number}" for number in numbers)


def archive_of(page: Page) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(page.content))


def numbers_left(filing: Filing) -> set[str]:
    with filing.context():
        return set(db.session.scalars(select(Claim.number)))


@SQLITE
def test_boxes_are_shown_to_those_who_may_do_bulk_work(filing: Filing, partner: Browser) -> None:
    number = add_claims(filing, {})[0]
    assert [box.get("value") for box in partner.visit("/claims").select("[data-row-choice]")] == [number]
    other = filing.browser("billing@contoso.example")
    page = other.visit("/claims")
    assert not page.select("[data-row-choice]")
    assert not page.select("#claims-selection")
    for what in ("documents.zip", "deletion"):
        other.visit(address(what, number), status=403)


def test_the_chosen_claims_alone_are_exported_in_the_lists_order(filing: Filing, partner: Browser) -> None:
    first, _, third = add_claims(filing, {"name": "b"}, {"name": "c"}, {"name": "a"})
    theirs = add_claims(filing, {"name": "a"}, partner="fabrikam")[0]
    page = partner.visit(address("claims.csv", first, third, theirs) + "&sort=name")
    assert [row["Claim"] for row in rows_of(page)] == [third, first]
    sheet = partner.visit(address("claims.xlsx", first))
    assert sheet.content.startswith(b"PK")
    assert "customer-claims-2026-11-23.xlsx" in sheet.headers["Content-Disposition"]


def test_the_documents_come_as_one_archive_with_a_folder_a_claim(filing: Filing, partner: Browser) -> None:
    first, second = filing.draft(), filing.draft(product="intune")
    theirs = filing.draft("fabrikam")
    whole = archive_of(partner.visit(address("documents.zip", first, second, theirs)))
    assert whole.testzip() is None
    assert sorted(whole.namelist()) == [f"{first}/letter.pdf", f"{second}/letter.pdf"]
    assert whole.read(f"{first}/letter.pdf").startswith(b"%PDF")


@SQLITE
def test_what_was_withdrawn_is_not_in_the_archive(filing: Filing, partner: Browser) -> None:
    number = filing.draft()
    with filing.context(), transaction() as session:
        claim = session.scalars(select(Claim).where(Claim.number == number)).one()
        claim.documents[0].withdrawn_at = filing.clock.now()
    page = partner.visit(address("documents.zip", number), status=422)
    assert "have no documents" in page.text


@SQLITE
def test_an_archive_that_would_be_too_large_is_told(app: Flask, filing: Filing, partner: Browser) -> None:
    number = filing.draft()
    object.__setattr__(app.extensions["desk"].settings, "archive_bytes_at_most", 10)
    page = partner.visit(address("documents.zip", number), status=422)
    assert "choose fewer claims" in page.text


def test_drafts_are_deleted_after_a_page_that_asks(filing: Filing, partner: Browser) -> None:
    draft, other, submitted = (
        filing.draft(),
        filing.draft(product="intune"),
        filing.submitted("contoso", "exchange_online"),
    )
    partner.visit("/claims")
    page = partner.fill_and_submit("Delete drafts…", number=[draft, submitted])
    assert "1 draft will be deleted" in page.text
    assert "1 claim will stay" in page.text
    assert numbers_left(filing) == {draft, other, submitted}, "looking deletes nothing"
    page = partner.fill_and_submit("Delete 1 draft")
    assert page.rows() == [{"Claim": draft, "Result": "Deleted"}]
    assert numbers_left(filing) == {other, submitted}
    with filing.context():
        gone = select(func.count()).where(
            AuditEvent.subject == f"claim:{draft}", AuditEvent.to_status == "gone"
        )
        assert db.session.scalar(gone) == 1


@SQLITE
def test_who_keeps_the_drafts_comes_back_to_the_same_view_and_choice(
    filing: Filing, partner: Browser
) -> None:
    numbers = add_claims(filing, {"name": "b"}, {"name": "a"}, {"name": "c"})
    partner.visit("/claims?status=draft&sort=-name")
    page = partner.fill_and_submit("Delete drafts…", number=numbers[:2])
    page = partner.visit(page.links()["Keep them"])
    ticked = [box.get("value") for box in page.select("[data-row-choice][checked]")]
    assert ticked == numbers[:2]
    assert page.select("[data-tabs] [aria-current]")[0].get("id") == "tab-status-draft"
    assert page.texts(".list-results .row-name") == ["c", "b", "a"]


@SQLITE
def test_deleting_is_offered_only_where_a_claim_can_be_deleted(filing: Filing, partner: Browser) -> None:
    filing.submitted()
    assert "Delete drafts…" not in partner.visit("/claims").buttons()
    filing.draft(product="intune")
    assert "Delete drafts…" in partner.visit("/claims").buttons()
    assert "Delete drafts…" not in partner.visit("/claims?status=submitted").buttons()


def test_each_claim_that_stays_says_why(filing: Filing, partner: Browser) -> None:
    draft, changed, sent = (
        filing.draft(),
        filing.draft(product="intune"),
        filing.draft(product="exchange_online"),
    )
    theirs = filing.draft("fabrikam")
    partner.visit(address("deletion", draft, changed, sent, theirs))
    assert "1 claim you chose is not there any more." in partner.page.text
    form = partner.filled("Delete 3 drafts")
    filing.do("edit", changed, PARTNER, name="Changed meanwhile")
    filing.do("submit", sent, PARTNER)
    form.values.append(("number", theirs))
    rows = {row["Claim"]: row["Result"] for row in partner.send_filled(form).rows()}
    assert rows[draft] == "Deleted"
    assert rows[changed].startswith("Kept It was changed after you chose it")
    assert rows[sent].startswith("Kept It is Submitted")
    assert rows[theirs] == "Kept There is no such claim any more."
    assert numbers_left(filing) == {changed, sent, theirs}
    again = {row["Claim"]: row["Result"] for row in partner.send_filled(form).rows()}
    assert again[draft] == "Deleted", "the same form twice is told what the first one did"


@SQLITE
def test_where_the_database_does_not_answer_what_was_done_is_told_and_the_rest_is_not_tried(
    filing: Filing, partner: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third, fourth = (
        filing.draft(product=product) for product in ("teams", "intune", "power_bi", "power_apps")
    )
    tried: list[str] = []

    def failing(session: Session, *given: Any) -> Claim:
        tried.append(given[2])
        if given[2] == second:
            session.execute(text("SELECT nothing FROM nowhere"))
        return lock_for_action(session, *given)

    partner.visit("/claims")
    partner.fill_and_submit("Delete drafts…", number=[first, second, third, fourth])
    monkeypatch.setattr("portal.claims.acting.lock_for_action", failing)
    page = partner.fill_and_submit("Delete 4 drafts")
    told = {row["Claim"]: row["Result"] for row in page.rows()}
    assert told[first] == "Deleted"
    assert told[second].startswith("Not known The database did not answer.")
    assert told[third].startswith("Kept It was not tried")
    assert told[fourth].startswith("Kept It was not tried")
    assert "1 draft was deleted. 2 claims were kept" in page.text
    assert numbers_left(filing) == {second, third, fourth}
    assert third not in tried


@SQLITE
def test_somebody_restricted_to_a_location_chooses_only_its_claims(filing: Filing) -> None:
    with filing.context(), transaction() as session:
        munich = factories.location(session, contoso(session), name="Munich")
        session.flush()
        who = factories.person(session, contoso(session), "incentives_admin", locations=(munich,)).email
    elsewhere = filing.draft()
    browser = filing.browser(who)
    assert rows_of(browser.visit(address("claims.csv", elsewhere))) == []
    browser.visit(address("documents.zip", elsewhere), status=422)
    assert "Nothing can be deleted" in browser.visit(address("deletion", elsewhere)).text


@SQLITE
@pytest.mark.parametrize("what", ["claims.csv", "claims.xlsx", "documents.zip", "deletion"])
def test_nothing_and_too_much_are_told_with_what_to_do(partner: Browser, what: str) -> None:
    page = partner.visit(f"{PLACE}/{what}", status=422)
    assert "No claim is chosen. Go back to the list" in page.text
    many = [f"CL-2026-{place:06d}" for place in range(CHOSEN_AT_MOST + 1)]
    assert "choose fewer" in partner.visit(address(what, *many), status=422).text
