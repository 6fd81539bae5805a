"""The customer's page: looking changes nothing, answers do what the policy says, other links nothing."""

from email.utils import parseaddr

import pytest
from flask import Flask
from sqlalchemy import select

from portal.audit.model import AuditEvent
from portal.claims.consent_links import token_for
from portal.claims.model import Claim, ConsentLink
from portal.claims.refusals import Refused
from portal.db import db
from tests.browser import Browser
from tests.portal.reviews.filing import REVIEWER2, Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PARTNER = "global@contoso.example"


def token_of(filing: Filing, number: str) -> str:
    """Return the token that the newest mail about `number` carries."""
    with filing.context():
        query = select(ConsentLink).join(Claim, Claim.id == ConsentLink.claim_id)
        link = db.session.scalars(query.where(Claim.number == number).order_by(ConsentLink.id.desc())).first()
        assert link is not None
        return token_for(filing.desk.secret, link)


def events(filing: Filing, number: str) -> list[str]:
    with filing.context():
        query = select(AuditEvent.action).where(AuditEvent.subject == f"claim:{number}")
        return list(db.session.scalars(query.order_by(AuditEvent.place)))


@pytest.fixture
def customer(app: Flask) -> Browser:
    """A browser that was never signed in."""
    return Browser(app)


@SQLITE
def test_the_page_says_who_asks_for_what_and_what_each_answer_does(filing: Filing, customer: Browser) -> None:
    number = filing.approved()
    page = customer.visit(f"/consent/{token_of(filing, number)}")
    about = page.region("consent-association")
    for words in ("Contoso", "Adatum", "Microsoft Teams", "It helps your organization to use these"):
        assert words in about, words
    answers = page.region("consent-answers")
    for words in (
        "What Contoso gets to see",
        "The subscriptions that your organization has for these products",
        "We record that you agree. Contoso stays associated",
        "The association ends at once.",
        "If you do not know Contoso, decline.",
        "If you do nothing, the association stays.",
        "30 November 2026",
    ):
        assert words in answers, words
    assert {"Agree", "Decline"} <= set(page.buttons())


@SQLITE
def test_the_page_says_whom_to_ask_and_how_to_know_a_real_one(filing: Filing, customer: Browser) -> None:
    number = filing.approved()
    about = customer.visit(f"/consent/{token_of(filing, number)}").region("consent-about")
    settings = filing.desk.settings
    sender = parseaddr(settings.mail_from)[1]
    for words in (number, "Casey Lind", "Use or consume", settings.base_url, sender):
        assert words in about, words
    assert filing.claim(number).own_contact_email in about


@SQLITE
def test_nothing_about_the_link_leaves_the_page(filing: Filing, customer: Browser) -> None:
    page = customer.visit(f"/consent/{token_of(filing, filing.approved())}")
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert "noindex" in page.headers["X-Robots-Tag"]


@SQLITE
def test_looking_changes_nothing(filing: Filing, customer: Browser) -> None:
    number = filing.approved()
    before, version = events(filing, number), filing.claim(number).version
    for _ in range(2):
        customer.visit(f"/consent/{token_of(filing, number)}")
    assert events(filing, number) == before
    assert filing.claim(number).version == version


def test_agreeing_is_recorded_and_can_still_be_changed(filing: Filing, customer: Browser) -> None:
    number = filing.approved()
    customer.visit(f"/consent/{token_of(filing, number)}")
    page = customer.fill_and_submit("Agree")
    assert "Your answer: Agree" in page.region("consent-answer-given")
    assert page.buttons() == ["Decline"]
    for words in ("If you do nothing", "We wait for your answer", "You can agree or decline"):
        assert words not in page.text, words
    assert filing.claim(number).status == "approved"
    assert filing.claim(number).agreed_at == filing.clock.now()
    customer.fill_and_submit("Decline")
    assert filing.claim(number).status == "rejected"


@SQLITE
def test_who_has_agreed_is_waited_for_no_longer(filing: Filing, customer: Browser) -> None:
    number = filing.approved()
    assert filing.claim(number).waits_for == "customer"
    customer.visit(f"/consent/{token_of(filing, number)}")
    customer.fill_and_submit("Agree")
    assert filing.claim(number).waits_for == "nobody"
    standing = filing.browser(PARTNER).visit(f"/claims/{number}").region("claim-standing")
    assert "Whose moveNobody" in standing
    assert "The customer’s time to decline, until" in standing, "they may still decline"
    filing.do("comment", number, PARTNER, message="Thank you.")
    assert filing.claim(number).waits_for == "nobody", "nothing that happens besides changes it"
    customer.fill_and_submit("Decline")
    assert filing.claim(number).waits_for == "partner"


@SQLITE
def test_the_same_answer_sent_again_has_one_effect(filing: Filing, customer: Browser) -> None:
    number = filing.approved()
    customer.visit(f"/consent/{token_of(filing, number)}")
    sent = customer.filled("Agree")
    for _ in range(3):
        page = customer.send_filled(sent)
        assert "Your answer: Agree" in page.text
    assert events(filing, number).count("agree") == 1


def test_declining_ends_the_association_and_uses_the_link_up(filing: Filing, customer: Browser) -> None:
    number = filing.approved()
    token = token_of(filing, number)
    customer.visit(f"/consent/{token}")
    sent = customer.filled("Decline")
    page = customer.send_filled(sent)
    claim = filing.claim(number)
    assert (claim.status, claim.rejection_reasons) == ("rejected", ["customer_declined"])
    assert "Your answer: Decline" in page.text
    assert "takes no further answer" in page.text
    assert page.buttons() == []
    customer.visit("/sign-in")
    customer.post(f"/consent/{token}", answer="decline")  # sent again: shows what was recorded
    customer.visit("/sign-in")
    page = customer.post(f"/consent/{token}", answer="agree", status=409)
    assert "You answered “Decline” before" in page.text
    assert "Ask the partner for a new link" in page.text
    assert filing.claim(number).agreed_at is None


def test_a_contrary_answer_from_a_stale_tab_is_told_of_the_earlier_one(
    filing: Filing, customer: Browser
) -> None:
    number = filing.approved()
    customer.visit(f"/consent/{token_of(filing, number)}")
    other_tab = customer.filled("Decline")
    customer.fill_and_submit("Agree")
    page = customer.send_filled(other_tab, status=409)
    assert "Your answer was not recorded" in page.text
    assert "You answered “Agree” before" in page.text
    assert filing.claim(number).status == "approved"
    # Having been told, the customer can still change the answer.
    customer.fill_and_submit("Decline")
    assert filing.claim(number).status == "rejected"


@SQLITE
def test_declining_needs_nothing_but_the_answer(filing: Filing, customer: Browser) -> None:
    number = filing.approved()
    customer.visit(f"/consent/{token_of(filing, number)}")
    customer.post(f"/consent/{token_of(filing, number)}", answer="decline")
    assert filing.claim(number).status == "rejected"


@SQLITE
def test_an_answer_without_the_forms_token_is_not_taken(filing: Filing, customer: Browser) -> None:
    number = filing.approved()
    token = token_of(filing, number)
    customer.visit(f"/consent/{token}")
    customer.post(f"/consent/{token}", answer="decline", csrf_token="made up", status=400)
    assert filing.claim(number).status == "approved"


@SQLITE
@pytest.mark.parametrize("answer", ["", "maybe", "AGREE"])
def test_an_answer_that_nobody_knows_is_not_taken(filing: Filing, customer: Browser, answer: str) -> None:
    number = filing.approved()
    token = token_of(filing, number)
    customer.visit(f"/consent/{token}")
    page = customer.post(f"/consent/{token}", answer=answer, status=422)
    assert "Choose one of the answers" in page.text
    assert filing.claim(number).status == "approved"


@SQLITE
@pytest.mark.parametrize("change", ["", "x", "cut", "foreign"])
def test_a_made_up_link_says_whom_to_ask(filing: Filing, customer: Browser, change: str) -> None:
    token = token_of(filing, filing.approved())
    made_up = {"": "a", "x": token + "x", "cut": token[:-1], "foreign": "ä%01" + token}[change]
    page = customer.visit(f"/consent/{made_up}", status=404)
    assert "ask the partner" in page.text
    assert "Contoso" not in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_a_link_that_was_replaced_names_the_partner_to_ask(filing: Filing, customer: Browser) -> None:
    number = filing.approved()
    old = token_of(filing, number)
    filing.do("send_consent_link", number, PARTNER)
    page = customer.visit(f"/consent/{old}", status=404)
    assert "ask Contoso" in page.text
    customer.visit(f"/consent/{token_of(filing, number)}")
    customer.post(f"/consent/{old}", answer="decline", status=404)
    assert filing.claim(number).status == "approved"


@SQLITE
def test_leaving_approved_voids_the_link(filing: Filing, customer: Browser) -> None:
    number = filing.approved()
    token = token_of(filing, number)
    filing.do("disassociate", number, PARTNER, reason="Our work has ended.")
    customer.visit(f"/consent/{token}", status=404)


@SQLITE
@pytest.mark.parametrize("answers", [["Decline", "Agree"], ["Agree", "Decline"]], ids=" then ".join)
def test_answers_of_one_moment_count_in_their_order(
    filing: Filing, customer: Browser, answers: list[str]
) -> None:
    number = filing.approved()
    for answer in answers:
        if filing.claim(number).status == "rejected":
            filing.do("dispute", number, PARTNER, justification="They misunderstood.")
            filing.do("send_consent_link", number, PARTNER)
        customer.visit(f"/consent/{token_of(filing, number)}")
        customer.fill_and_submit(answer)
    if answers[-1] == "Agree":
        filing.do("approve_dispute", number, REVIEWER2)
        return
    filing.do("dispute", number, PARTNER, justification="They misunderstood.")
    with pytest.raises(Refused, match="approve_dispute"):
        filing.do("approve_dispute", number, REVIEWER2)


@SQLITE
def test_in_a_dispute_only_agreeing_is_offered_and_silence_leaves_the_refusal(
    filing: Filing, customer: Browser
) -> None:
    number = filing.approved()
    customer.visit(f"/consent/{token_of(filing, number)}")
    customer.fill_and_submit("Decline")
    filing.wait(1)
    filing.do("dispute", number, PARTNER, justification="They misunderstood.")
    filing.do("send_consent_link", number, PARTNER)
    page = customer.visit(f"/consent/{token_of(filing, number)}")
    assert "Decline" not in page.buttons()
    assert "your answer stands" in page.region("consent-answer-given")
    customer.post(f"/consent/{token_of(filing, number)}", answer="decline", status=409)
    customer.visit(f"/consent/{token_of(filing, number)}")
    customer.fill_and_submit("Agree")
    assert filing.claim(number).status == "dispute"
    filing.do("approve_dispute", number, REVIEWER2)
    assert filing.claim(number).status == "approved"
