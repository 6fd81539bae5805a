"""A reviewer names products to remove, and the partner removes exactly those with one click."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.audit.model import AuditEvent
from portal.claims.acting import act
from portal.claims.answers import Answers
from portal.claims.model import Claim, InformationRequest, Submission
from portal.claims.refusals import Refused
from portal.db import db
from tests.browser import Browser, Page
from tests.portal.reviews.filing import REVIEWER, Filing

PARTNER = "incentives@contoso.example"
THREE = ("exchange_online", "intune", "teams")
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
BUTTON = "Remove these products"
WISH = "The reviewer asks you to remove: "


def claim_of(filing: Filing, number: str, *products: str) -> None:
    """Give the claim these products, as its organization would."""
    with filing.context():
        act(filing.desk, "edit", number, filing.actors[PARTNER], Answers({"product": products}))


def a_minute_passes(filing: Filing) -> None:
    """Let the request come after the documents: one of the very same moment would be an answer to it."""
    filing.clock.set(filing.clock.now() + timedelta(minutes=1))


def ask(filing: Filing, number: str, *remove: str) -> None:
    answers = {"reason": ("missing_products",), "message": ("The letter does not name them.",)}
    with filing.context():
        given = Answers({**answers, "remove": remove})
        act(filing.desk, "request_information", number, filing.actors[REVIEWER], given)


def sent_back(filing: Filing, *remove: str) -> str:
    """Return a claim of three products, of which a reviewer asks to remove some."""
    number = filing.draft()
    claim_of(filing, number, *THREE)
    filing.do("submit", number, PARTNER)
    filing.do("start_review", number, REVIEWER)
    a_minute_passes(filing)
    ask(filing, number, *remove)
    return number


def products_of(filing: Filing, number: str) -> list[str]:
    with filing.context():
        claim = db.session.scalars(select(Claim).where(Claim.number == number)).one()
        assert len(claim.units) == len(claim.products), "what is not claimed keeps no unit"
        return [row.product for row in claim.products]


def removal(page: Page) -> str:
    return page.region("claim-removal") if page.select("#claim-removal") else ""


def refusal(filing: Filing, number: str) -> list[str]:
    with pytest.raises(Refused) as refused:
        filing.do("remove_products", number, PARTNER)
    return [reason.code for reason in refused.value.decision.reasons]


def test_what_is_named_is_removed_with_one_click_and_is_an_answer(filing: Filing, partner: Browser) -> None:
    number = filing.draft()
    claim_of(filing, number, *THREE)
    filing.do("submit", number, PARTNER)
    filing.do("start_review", number, REVIEWER)
    a_minute_passes(filing)
    reviewer = filing.browser()
    reviewer.visit(f"/reviews/{number}")
    message = "The letter does not name them."
    page = reviewer.fill_and_submit(
        "Ask for information",
        reason=["missing_products"],
        message=message,
        remove=["exchange_online", "intune"],
    )
    assert "Products to remove: Exchange Online, Microsoft Intune" in page.region("review-requests")
    with filing.context():
        (request,) = db.session.scalars(select(InformationRequest))
        assert request.products == ["exchange_online", "intune"]
    mails = [file.read_text() for file in filing.desk.settings.mail_dir.rglob("*.eml")]
    assert any(
        "Products to remove\n" in mail and "Exchange Online, Microsoft Intune" in mail for mail in mails
    )

    page = partner.visit(f"/claims/{number}")
    assert f"{WISH}Exchange Online, Microsoft Intune" in removal(page)
    page = partner.fill_and_submit(BUTTON)
    assert "The request stays open until you resubmit the claim" in page.region("flashes")
    assert removal(page) == "", "there is nothing left to remove"
    told = "Products removed: Exchange Online, Microsoft Intune."
    assert told in page.region("claim-timeline")
    assert "Remove Exchange Online" in page.region("claim-requests"), "what was asked stays to be read"
    assert products_of(filing, number) == ["teams"]
    with filing.context():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "remove_products")).one()
        assert event.actor_name == filing.actors[PARTNER].name
        was = [[code, ""] for code in THREE]
        assert event.details["changes"] == {"products": [was, [["teams", ""]]]}

    page = partner.fill_and_submit("/resubmission")
    assert filing.claim(number).status == "submitted", "that was the answer; no word besides is needed"
    with filing.context():
        frozen = [row.content["products"] for row in db.session.scalars(select(Submission))]
        assert frozen[-1] == [["teams", ""]]


@SQLITE
def test_without_anything_done_the_wish_is_not_answered(filing: Filing, partner: Browser) -> None:
    number = sent_back(filing, "intune")
    partner.visit(f"/claims/{number}")
    page = partner.fill_and_submit("/resubmission", status=422)
    assert "nothing_provided" in page.reasons()


@SQLITE
def test_where_no_product_is_named_there_is_no_button(filing: Filing, partner: Browser) -> None:
    number = sent_back(filing)
    page = partner.visit(f"/claims/{number}")
    assert removal(page) == ""
    assert not [button for button in page.buttons() if BUTTON in button]
    assert refusal(filing, number) == ["removal_not_asked"]


@SQLITE
def test_what_is_gone_already_is_told(filing: Filing, partner: Browser) -> None:
    number = sent_back(filing, "intune")
    claim_of(filing, number, "teams", "exchange_online")
    assert removal(partner.visit(f"/claims/{number}")) == ""
    assert refusal(filing, number) == ["removal_done"]


def test_only_what_was_named_goes_and_one_product_stays(filing: Filing, partner: Browser) -> None:
    number = sent_back(filing, "exchange_online", "intune")
    claim_of(filing, number, "intune")
    page = partner.visit(f"/claims/{number}")
    assert f"{WISH}Microsoft Intune" in removal(page)
    assert "removal_leaves_nothing" in page.reasons()
    assert refusal(filing, number) == ["removal_leaves_nothing"]
    claim_of(filing, number, "intune", "sharepoint_online")
    partner.visit(f"/claims/{number}")
    partner.fill_and_submit(BUTTON)
    assert products_of(filing, number) == ["sharepoint_online"]


@SQLITE
def test_a_button_of_an_older_page_removes_nothing(filing: Filing, partner: Browser) -> None:
    number = sent_back(filing, "intune")
    partner.visit(f"/claims/{number}")
    filled = partner.filled(BUTTON)
    claim_of(filing, number, "intune", "sharepoint_online")
    page = partner.send_filled(filled, status=409)
    assert "The claim was changed in between" in removal(page)
    assert products_of(filing, number) == ["intune", "sharepoint_online"]


@SQLITE
def test_an_answered_wish_is_over_and_a_new_one_counts_alone(filing: Filing, partner: Browser) -> None:
    number = sent_back(filing, "intune")
    filing.do("resubmit", number, PARTNER, message="The second letter names it.")
    assert refusal(filing, number)[:2] == ["wrong_status", "removal_not_asked"]
    filing.do("start_review", number, REVIEWER)
    ask(filing, number, "teams")
    assert removal(partner.visit(f"/claims/{number}")).startswith(f"{WISH}Microsoft Teams")
    partner.fill_and_submit(BUTTON)
    assert products_of(filing, number) == ["exchange_online", "intune"]


@SQLITE
def test_a_reviewer_names_products_of_the_claim_and_never_all_of_them(filing: Filing) -> None:
    number = filing.under_review()
    reviewer = filing.browser()
    for remove, told in ((["teams"], "every_product_named"), (["power_bi"], "")):
        reviewer.visit(f"/reviews/{number}")
        page = reviewer.post(
            f"/reviews/{number}/information-request",
            version=str(filing.claim(number).version),
            reason="missing_products",
            message="Not named.",
            remove=remove,
            status=422,
        )
        assert told in page.reasons() if told else "Choose products of this claim." in page.text
        assert "Not named." in page.text, "what was typed is kept"
    assert filing.claim(number).status == "under_review"
