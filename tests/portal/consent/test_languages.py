"""The customer's page and mail in five languages: chosen, carried on, whole, safe from what people type."""

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from portal.accounts.model import Organization
from portal.claims.model import Claim
from portal.customers.model import Customer
from portal.db import transaction
from portal.languages.catalogs import catalog
from portal.languages.offered import LANGUAGES
from tests.browser import Browser, Page
from tests.journeys.mailbox import Mail
from tests.portal.consent.test_consent import PARTNER, token_of
from tests.portal.reviews.filing import REVIEWER, Filing

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
BLANK_AFTER_A_SENTENCE = re.compile(r"[。？！]\s")
EVERY = pytest.mark.parametrize("language", LANGUAGES)
HOSTILE = '<b onclick="x()">%(partner)s {0} %s'
CASEY = "casey@adatum.example"
ANSWERS = {
    "en": ("Agree", "Decline"),
    "de": ("Zustimmen", "Ablehnen"),
    "fr": ("Accepter", "Refuser"),
    "es": ("Aceptar", "Rechazar"),
    "ja": ("同意する", "同意しない"),
}


@pytest.fixture
def customer(app: Flask) -> Browser:
    return Browser(app)


def language_of(page: Page) -> str:
    return str(page.tree.xpath("string(/html/@lang)"))


def says(page: Page, language: str, sentence: str) -> bool:
    return catalog(language).gettext(sentence) in page.text


@EVERY
def test_the_page_is_whole_in_each_language(filing: Filing, customer: Browser, language: str) -> None:
    token = token_of(filing, filing.approved())
    page = customer.visit(f"/consent/{token}?lang={language}")
    assert language_of(page) == language
    assert page.headers["Content-Language"] == language
    assert "Accept-Language" in page.headers["Vary"]
    agree, decline = ANSWERS[language]
    assert page.buttons() == [agree, decline]
    for sentence in ("If you decline", "Is this genuine?", "It never asks for a password or a payment here."):
        assert says(page, language, sentence), sentence
    if language != "en":
        for english in ("organization", "Agree", "Decline", "Incentive", "helps", "Pacific"):
            assert english not in page.region("main"), english
    given = customer.fill_and_submit(agree)
    assert given.path.endswith(f"?lang={language}")
    assert language_of(given) == language
    assert agree in given.region("consent-answer-given")
    ended = customer.fill_and_submit(decline)
    assert says(ended, language, "This is what was asked, and what you answered.")
    assert language_of(customer.visit(f"/consent/made-up?lang={language}", status=404)) == language


def test_nothing_stands_between_the_sentences_of_a_language_without_blanks(
    filing: Filing, customer: Browser
) -> None:
    customer.visit(f"/consent/{token_of(filing, filing.approved())}?lang=ja")
    answered = [customer.page, *(customer.fill_and_submit(answer) for answer in ANSWERS["ja"])]
    for page in answered:
        paragraphs = page.texts("main p, main li, main dd")
        assert [text for text in paragraphs if BLANK_AFTER_A_SENTENCE.search(text)] == []
        assert any(text.count("。") > 1 for text in paragraphs), "some have several sentences"


@EVERY
def test_each_language_is_offered_by_its_own_name(filing: Filing, customer: Browser, language: str) -> None:
    token = token_of(filing, filing.approved())
    customer.visit(f"/consent/{token}")
    page = customer.click(LANGUAGES[language])
    assert language_of(page) == language
    [current] = page.tree.xpath("//*[@id='languages']//a[@aria-current]")
    assert current.text == LANGUAGES[language]
    for link in page.tree.xpath("//*[@id='languages']//a"):
        assert link.text == LANGUAGES[link.get("lang")]


@pytest.mark.parametrize(
    ("address", "browser", "language"),
    [
        ("", "de-AT,de;q=0.9,en;q=0.5", "de"),
        ("", "nl,fr;q=0.8", "fr"),
        ("", "nl", "en"),
        ("", "", "en"),
        ("?lang=ja", "de", "ja"),
        ("?lang=xx", "es", "es"),
        ("?lang=%3Cscript%3E", "es", "es"),
        ("?lang=", "de", "de"),
    ],
)
def test_the_address_counts_before_the_browser(
    filing: Filing, customer: Browser, address: str, browser: str, language: str
) -> None:
    token = token_of(filing, filing.approved())
    page = customer.visit(f"/consent/{token}{address}", headers={"Accept-Language": browser})
    assert language_of(page) == language


def test_pages_that_are_not_translated_stay_english(customer: Browser) -> None:
    page = customer.visit("/sign-in?lang=de", headers={"Accept-Language": "de"})
    assert language_of(page) == "en"
    assert "Skip to the content" in page.text


def test_an_error_page_is_english_as_a_whole(filing: Filing, customer: Browser) -> None:
    path = f"/consent/{token_of(filing, filing.approved())}?lang=de"
    customer.visit(path)
    page = customer.post(path, answer="agree", csrf_token="made up", status=400)
    assert language_of(page) == page.headers["Content-Language"] == "en"
    assert "Skip to the content" in page.text


@EVERY
def test_what_cannot_be_taken_is_said_in_the_language(
    filing: Filing, customer: Browser, language: str
) -> None:
    number = filing.approved()
    path = f"/consent/{token_of(filing, number)}?lang={language}"
    customer.visit(path)
    page = customer.post(path, answer="maybe", status=422)
    assert language_of(page) == language
    assert says(page, language, "Choose one of the answers on the page.")
    other_tab = customer.filled(ANSWERS[language][1])
    customer.fill_and_submit(ANSWERS[language][0])
    page = customer.send_filled(other_tab, status=409)
    assert says(page, language, "If you have changed your mind, give your new answer once more below.")
    assert ANSWERS[language][0] in page.text


@EVERY
def test_an_earlier_refusal_is_asked_about_in_the_language(
    filing: Filing, customer: Browser, language: str
) -> None:
    number = filing.approved()
    customer.visit(f"/consent/{token_of(filing, number)}")
    customer.fill_and_submit("Decline")
    filing.do("dispute", number, PARTNER, justification="They misunderstood.")
    filing.do("send_consent_link", number, PARTNER)
    page = customer.visit(f"/consent/{token_of(filing, number)}?lang={language}")
    assert says(page, language, "You declined before")
    assert says(page, language, "Nothing changes: your earlier answer stands.")
    assert page.buttons() == [ANSWERS[language][0]]


@EVERY
def test_what_people_typed_is_text_in_every_language(
    filing: Filing, customer: Browser, language: str
) -> None:
    number = filing.approved()
    with filing.context(), transaction() as session:
        session.execute(update(Organization).where(Organization.name == "Contoso").values(name=HOSTILE))
        session.execute(update(Customer).values(name=HOSTILE))
        row = session.query(Claim).filter_by(number=number).one()
        row.customer_contact_name = row.own_contact_name = row.own_contact_email = HOSTILE
    page = customer.visit(f"/consent/{token_of(filing, number)}?lang={language}")
    assert not page.tree.xpath("//b")
    assert HOSTILE in page.text


def mail_in(filing: Filing, language: str) -> Mail:
    """Approve a claim whose customer contact is written to in `language`, and return that mail."""
    number = filing.draft()
    filing.do("edit", number, "incentives@contoso.example", customer_contact_language=language)
    filing.do("submit", number, "incentives@contoso.example")
    filing.do("start_review", number, REVIEWER)
    filing.do("approve", number, REVIEWER)
    folder: Path = filing.desk.settings.mail_dir
    [found] = [mail for path in folder.glob("*.eml") if (mail := Mail.read(path.read_bytes())).to == CASEY]
    return found


@EVERY
def test_the_mail_is_in_the_language_of_the_contact(filing: Filing, language: str) -> None:
    mail = mail_in(filing, language)
    said = catalog(language).gettext
    assert said("Read and answer") in mail.text
    assert said("Whom to ask") in mail.text
    assert f"?lang={language}\n" in mail.text
    for other in LANGUAGES:
        assert (f"{LANGUAGES[other]}: " in mail.text) == (other != language), other
    if language != "en":
        for english in ("organization", "partner named", "deadline", "calendar days"):
            assert english not in mail.text, english


def test_a_contact_whose_language_nobody_knows_gets_english_and_every_other_link(filing: Filing) -> None:
    mail = mail_in(filing, "")
    assert "Read and answer" in mail.text
    for code, name in LANGUAGES.items():
        assert (f"{name}: " in mail.text and f"?lang={code}" in mail.text) == (code != "en")


def test_a_language_that_is_not_offered_is_refused(filing: Filing) -> None:
    number = filing.draft()
    browser = filing.browser("incentives@contoso.example")
    browser.visit(f"/claims/{number}/wizard/contacts")
    [choice] = browser.page.tree.xpath("//select[@name='customer_contact_language']")
    assert [one.get("value") for one in choice.xpath("option")] == ["", *LANGUAGES]
    sent = browser.filled("Save and go on", customer_contact_language="ja")
    sent.values[:] = [(name, "xx" if value == "ja" else value) for name, value in sent.values]
    browser.send_filled(sent, status=422)
    assert "Choose one of the languages in the list." in browser.page.text


def test_a_language_chosen_in_the_wizard_is_kept_and_frozen(filing: Filing) -> None:
    number = filing.draft()
    before = filing.claim(number).customer_contact_language
    filing.do("edit", number, "incentives@contoso.example", customer_contact_language="ja")
    assert (before, filing.claim(number).customer_contact_language) == ("", "ja")
    filing.do("submit", number, "incentives@contoso.example")
    browser = filing.browser("incentives@contoso.example")
    assert "日本語" in browser.visit(f"/claims/{number}").text
