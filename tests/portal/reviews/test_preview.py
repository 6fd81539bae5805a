"""Looking at a document and at a mail before deciding: nothing is changed, nothing typed is lost."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from portal.audit.model import AuditEvent
from portal.claims.answers import Answers
from portal.claims.desk import Step
from portal.claims.mail_ways import keep_ways
from portal.claims.model import ConsentLink
from portal.claims.refusals import Refused
from portal.claims.rehearsing import _mails, rehearse
from portal.db import db
from portal.notifications.model import OutboxMessage
from portal.policies.model import StoredDecision
from tests.browser import Browser
from tests.portal.reviews.filing import REVIEWER, Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def review(filing: Filing, number: str) -> Browser:
    browser = filing.browser(REVIEWER)
    browser.visit(f"/reviews/{number}")
    return browser


def kept(filing: Filing) -> list[int | None]:
    with filing.context():
        tables = (AuditEvent, OutboxMessage, StoredDecision, ConsentLink)
        return [db.session.scalar(select(func.count()).select_from(table)) for table in tables]


def preview(browser: Browser, number: str, noun: str, **typed: str) -> None:
    version = browser.page.field("version")
    browser.post(f"/reviews/{number}/mail-preview/{noun}", status=None, version=version, **typed)


def test_the_mail_is_the_one_that_is_sent_and_nothing_stays_of_its_preview(filing: Filing) -> None:
    number = filing.under_review()
    browser, before = review(filing, number), kept(filing)
    typed = {"reason": "missing_products", "message": "Name every product, please."}
    preview(browser, number, "information-request", **typed)
    assert kept(filing) == before
    assert filing.claim(number).status == "under_review"
    [subject] = browser.page.texts("#review-mail dd:nth-child(2)")[1:]
    [shown] = [element.text_content().strip() for element in browser.page.select("#review-mail pre")]
    assert "> Name every product, please." in shown
    assert "Name every product, please." in browser.page.region("action-request_information")
    browser.fill_and_submit("Ask for information", reason=typed["reason"], message=typed["message"])
    assert subject.endswith(f"({number})")
    folder = filing.desk.settings.mail_dir
    mails = [message_from_bytes(path.read_bytes(), policy=default) for path in folder.glob("*.eml")]
    [sent] = [mail for mail in mails if mail["Subject"] == subject]
    text = sent.get_body(("plain",))
    assert text is not None
    assert text.get_content().strip().splitlines() == shown.splitlines()


@SQLITE
def test_a_preview_never_shows_the_customers_link(filing: Filing) -> None:
    number = filing.under_review()
    browser = review(filing, number)
    preview(browser, number, "approval")
    mails = browser.page.region("review-mail")
    assert "the customer contact (1 address)" in mails
    assert "/consent/***" in mails


@SQLITE
def test_what_is_missing_is_told_instead_and_not_stored(filing: Filing) -> None:
    number = filing.under_review()
    browser, before = review(filing, number), kept(filing)
    preview(browser, number, "rejection", message="Not enough.")
    assert browser.page.status == 422
    assert "is not possible like this" in browser.page.region("review-mail")
    assert "Choose at least one under “Reasons for the rejection”." in browser.page.region("review-mail")
    assert "Not enough." in browser.page.region("action-reject")
    assert kept(filing) == before


@SQLITE
def test_a_preview_of_an_old_form_says_that_the_claim_changed(filing: Filing) -> None:
    number = filing.under_review()
    browser = review(filing, number)
    filing.do("comment", number, REVIEWER, message="On my way.")
    preview(browser, number, "approval")
    assert browser.page.status == 409
    assert "changed in between" in browser.page.region("review-mail")


@SQLITE
def test_the_address_of_a_preview_leads_to_the_review_and_is_there_for_reviewers_alone(
    filing: Filing,
) -> None:
    number = filing.under_review()
    browser = review(filing, number)
    assert browser.visit(f"/reviews/{number}/mail-preview/approval").path == f"/reviews/{number}"
    browser.visit(f"/reviews/{number}/mail-preview/nonsense", status=404)
    partner = filing.browser("incentives@contoso.example")
    partner.visit(f"/claims/{number}")
    partner.post(f"/reviews/{number}/mail-preview/approval", status=403)


@SQLITE
def test_every_reason_offers_its_sentences_with_the_names_of_the_claim(filing: Filing) -> None:
    page = review(filing, filing.under_review()).page
    asked = page.texts("#action-request_information .suggestions li span")
    assert "Please upload a proof of execution that names each of these products: Microsoft Teams." in asked
    assert "Nobody at Adatum signed the proof of execution." in page.texts(
        "#action-reject .suggestions li span"
    )
    assert not [words for words in page.texts(".suggestions") if "{" in words]
    assert all(button.get("hidden") is not None for button in page.select("[data-takes]"))


@SQLITE
def test_the_document_stands_on_the_page_and_another_page_is_a_link(filing: Filing) -> None:
    number = filing.under_review()
    browser = review(filing, number)
    assert browser.page.select("#document-viewer img")
    browser.click("Read as text")
    assert "Proof of execution 1 by contoso" in browser.page.region("document-viewer")
    assert browser.page.select("#review-actions"), "without a script it is the whole page"
    [link] = [link.get("data-hx-get") for link in browser.page.select("#viewer-as")]
    assert "beside=reviews.review" in link
    part = browser.fragment(f"{link}&as=text")
    assert part.select("#viewer-as")[0].get("href").startswith(f"/reviews/{number}?")
    assert "Proof of execution 1 by contoso" in part.region("document-viewer")
    assert not part.select("#review-actions")


@pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
def test_a_mail_that_somebody_else_causes_meanwhile_is_in_no_preview(filing: Filing) -> None:
    """On PostgreSQL a transaction sees what others commit while it lasts, such as mail about other claims."""
    number, other = filing.under_review(), filing.under_review("fabrikam", "exchange_online")
    browser = review(filing, number)
    opening = filing.desk.verbs["open_request"]

    def meanwhile(step: Step) -> None:
        opening(step)
        if step.claim.number == number:
            with ThreadPoolExecutor(1) as pool:
                pool.submit(filing.do, "comment", other, REVIEWER, message="Not for others.").result()

    desk = replace(filing.desk, verbs={**filing.desk.verbs, "open_request": meanwhile})
    filing.app.extensions["desk"] = desk
    typed = {"reason": "missing_products", "message": "Name every product, please."}
    preview(browser, number, "information-request", **typed)
    assert len(browser.page.select("#review-mail article")) == 1
    assert other not in browser.page.region("review-mail")
    assert "Not for others." not in browser.page.region("review-mail")


@SQLITE
def test_a_claim_is_decided_where_no_document_can_be_drawn(filing: Filing) -> None:
    number = filing.under_review()
    too_little = filing.desk.settings.model_copy(update={"document_reading_mebibytes": 1})
    previews = replace(filing.desk.previews, settings=too_little)
    filing.app.extensions["desk"] = replace(filing.desk, previews=previews)
    browser = review(filing, number)
    assert "No page can be shown here at the moment" in browser.page.region("document-viewer")
    browser.fill_and_submit("Approve")
    assert filing.claim(number).status == "approved"


@SQLITE
def test_who_wants_the_digest_is_counted_as_such_and_who_wants_none_is_not(filing: Filing) -> None:
    ines, number = filing.actors["incentives@contoso.example"], filing.submitted()

    def rehearsed(way: str) -> list[tuple[int, int]]:
        with filing.context():
            keep_ways(filing.desk, ines, {"start_review/partner": way})
            mails = rehearse(filing.desk, "start_review", number, filing.actors[REVIEWER])
            return [(mail.addresses, mail.in_digest) for mail in mails]

    assert rehearsed("at_once") == [(1, 0)]
    assert rehearsed("digest") == [(1, 1)]
    assert rehearsed("none") == []


@SQLITE
def test_what_is_due_happens_before_a_mail_is_looked_at(filing: Filing) -> None:
    number = filing.under_review()
    filing.do("request_information", number, REVIEWER, reason="missing_all_poe", message="Page 2?")
    filing.wait(40)  # and nothing has looked at the clocks since
    with filing.context():
        later = {"until": (f"{filing.desk.today() + timedelta(days=9)}",), "message": ("More time.",)}
    with filing.context(), pytest.raises(Refused):
        rehearse(filing.desk, "extend", number, filing.actors[REVIEWER], Answers(later))
    assert filing.claim(number).status == "rejected"


@SQLITE
def test_a_look_at_a_mail_that_lost_a_race_is_tried_once_more(
    filing: Filing, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, tries = filing.under_review(), []

    def lost_once(*given: Any) -> Any:
        tries.append(given)
        if len(tries) == 1:
            raise OperationalError("", {}, Exception("database is locked"))
        return _mails(*given)

    monkeypatch.setattr("portal.claims.rehearsing._mails", lost_once)
    with filing.context():
        mails = rehearse(filing.desk, "approve", number, filing.actors[REVIEWER])
    assert len(tries) == 2
    assert {mail.to for mail in mails} == {"the partner", "the customer contact"}


@SQLITE
def test_the_page_says_that_a_mail_waits_for_the_digest(filing: Filing) -> None:
    number = filing.under_review()
    with filing.context():
        keep_ways(filing.desk, filing.actors["incentives@contoso.example"], {"approve/partner": "digest"})
    browser = review(filing, number)
    preview(browser, number, "approval")
    assert "the partner (1 address, 1 in the daily digest)" in browser.page.region("review-mail")
