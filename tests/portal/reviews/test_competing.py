"""Competing claims side by side: what is compared, asked and settled."""

import pytest

from portal.accounts.actor import customer_actor
from portal.claims.acting import act
from portal.claims.answers import Answers
from tests.browser import Browser, Page
from tests.portal.reviews.filing import REVIEWER, REVIEWER2, Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
REASON = "insufficient_poe"


def compared(filing: Filing, number: str, by: str = REVIEWER) -> Browser:
    browser = filing.browser(by)
    browser.visit(f"/reviews/competing/{number}")
    return browser


def columns(page: Page) -> list[str]:
    return [node.get("id") or "" for node in page.select(".competitor")]


def with_products(filing: Filing, partner: str, *products: str) -> str:
    """Return the number of a submitted claim for several products."""
    number = filing.draft(partner)
    with filing.context():
        act(
            filing.desk,
            "edit",
            number,
            filing.actors[f"incentives@{partner}.example"],
            Answers({"product": products}),
        )
    filing.do("submit", number, f"incentives@{partner}.example")
    return number


def test_each_claim_has_a_column_with_what_is_compared(filing: Filing) -> None:
    first = filing.under_review("contoso")
    filing.do(
        "request_information", first, REVIEWER, reason="missing_or_old_dates", message="Please date it."
    )
    filing.wait(1)
    second = with_products(filing, "fabrikam", "teams", "intune")
    filing.do("start_review", second, REVIEWER2)
    page = compared(filing, second).page
    assert columns(page) == [first, second], "the first submitted comes first"
    mine, theirs = page.region(first), page.region(second)
    for words in ("Contoso", "Partner action required", "letter.pdf", "Please date it.", "Use or consume"):
        assert words in mine, words
    assert "Missing or old dates: asked for on 23 November 2026, not answered yet" in mine
    assert "Microsoft Teams Claimed by several" in " ".join(theirs.split())
    assert "Microsoft Intune Claimed by several" not in " ".join(theirs.split())
    assert "None yet" in theirs
    assert "Round 1, submitted" in theirs
    links = page.links()
    assert any(
        f"/reviews/{second}?document_id=" in href and href.endswith("#document-viewer")
        for href in links.values()
    )
    assert compared(filing, first).page.select(".competitor")[0].get("id") == first


def test_what_competes_by_another_claim_stands_there_too(filing: Filing) -> None:
    one = filing.submitted("contoso", "teams")
    both = with_products(filing, "fabrikam", "teams", "intune")
    other = filing.submitted("contoso", "intune")
    apart = filing.submitted("fabrikam", "exchange_online")
    assert columns(compared(filing, one).page) == [one, both, other]
    page = compared(filing, apart).page
    assert columns(page) == [apart]
    assert "No other claim competes with it" in page.text


@SQLITE
def test_who_held_the_products_and_when_is_told(filing: Filing) -> None:
    number = filing.approved("contoso")
    filing.wait(3)
    filing.do("disassociate", number, "incentives@contoso.example", reason="They left.")
    rival = filing.submitted("fabrikam")
    rows = compared(filing, rival).page.rows("#holdings table")
    assert [(row["Organization"], row["Claim"], row["From"], row["Until"]) for row in rows] == [
        ("Contoso", number, "23 November 2026", "26 November 2026")
    ]


def test_the_winner_is_chosen_and_everything_that_ends_is_told_before(filing: Filing) -> None:
    winner, loser = filing.under_review("contoso"), filing.submitted("fabrikam")
    browser = compared(filing, winner)
    assert browser.page.select(f"#{loser}-reasons [data-reason=wrong_status]"), "it was not reviewed"
    (further,) = browser.page.select(f"#{loser}-settling a")
    assert further.get("href") == f"/reviews/{loser}", "there its review is started"
    page = browser.fill_and_submit("Show what this would do", winner=winner)
    (row,) = page.rows("#settling-losers table")
    assert (row["Claim"], row["Organization"], row["Now"], row["Then"]) == (
        loser, "Fabrikam", "Submitted", "Rejected",
    )  # fmt: skip
    assert row["Reason"] == "Competing association"
    assert row["Can it be disputed?"].startswith("Yes. Time to dispute: 30 calendar days")
    assert "This claim is approved, every competing claim is rejected" in page.region("settling")
    assert filing.claim(winner).status == "under_review", "looking changes nothing"
    page = browser.fill_and_submit(f"Settle in favor of {winner}")
    assert filing.claim(winner).status == "approved"
    assert filing.claim(loser).status == "rejected"
    assert columns(page) == [winner]
    assert page.rows("#holdings table")[0]["Until"] == "holds it now"
    assert "No other claim competes with it" in page.text


@SQLITE
def test_a_loser_that_disputed_before_cannot_again_and_that_is_told(filing: Filing) -> None:
    holder = filing.under_review("fabrikam")
    filing.do("reject", holder, REVIEWER, reason=REASON, message="Nothing is signed.")
    filing.do("dispute", holder, "global@fabrikam.example", justification="It is.")
    filing.do("approve_dispute", holder, REVIEWER2)
    winner = filing.under_review("contoso")
    page = compared(filing, winner).visit(f"/reviews/competing/{winner}?winner={winner}")
    (row,) = page.rows("#settling-losers table")
    assert (row["Now"], row["Then"], row["Can it be disputed?"]) == ("Approved", "Rejected", "No")


def test_a_rival_that_changed_since_it_was_looked_at_is_not_ended(filing: Filing) -> None:
    winner, loser = filing.under_review("contoso"), filing.under_review("fabrikam")
    browser = compared(filing, winner)
    browser.fill_and_submit("Show what this would do", winner=winner)
    sent = browser.filled(f"Settle in favor of {winner}")
    filing.do("comment", loser, "global@fabrikam.example", message="A better proof comes tomorrow.")
    page = browser.send_filled(sent, status=422)
    assert f"this changed while you looked at it: {loser}." in page.region("settling-outcome")
    assert filing.claim(winner).status == filing.claim(loser).status == "under_review"
    browser.fill_and_submit(f"Settle in favor of {winner}")
    assert filing.claim(loser).status == "rejected"


@SQLITE
def test_neither_is_one_that_was_named_on_the_page_of_the_claim(filing: Filing) -> None:
    winner, loser = filing.under_review("contoso"), filing.under_review("fabrikam")
    browser = filing.browser()
    browser.visit(f"/reviews/{winner}")
    sent = browser.filled("Settle in favor of this claim")
    filing.do("comment", loser, "global@fabrikam.example", message="A better proof comes tomorrow.")
    page = browser.send_filled(sent, status=422)
    assert f"this changed while you looked at it: {loser}." in page.region("action-settle-outcome")
    assert filing.claim(winner).status == filing.claim(loser).status == "under_review"
    browser.fill_and_submit("Settle in favor of this claim")
    assert (filing.claim(winner).status, filing.claim(loser).status) == ("approved", "rejected")


@SQLITE
def test_a_rival_that_came_since_is_not_ended_unseen(filing: Filing) -> None:
    winner = with_products(filing, "contoso", "teams", "intune")
    filing.do("start_review", winner, REVIEWER)
    filing.submitted("fabrikam", "teams")
    browser = compared(filing, winner)
    browser.fill_and_submit("Show what this would do", winner=winner)
    sent = browser.filled(f"Settle in favor of {winner}")
    late = filing.submitted("fabrikam", "intune")
    page = browser.send_filled(sent, status=422)
    assert late in page.region("settling-outcome")
    assert filing.claim(winner).status == "under_review"


def test_a_form_that_does_not_say_what_it_showed_ends_nothing(filing: Filing) -> None:
    winner, loser = filing.under_review("contoso"), filing.under_review("fabrikam")
    browser = compared(filing, winner)
    made = {"version": str(filing.claim(winner).version), "message": "A word about the zebra."}
    told = f"the form did not say which claims it showed. Compare it with {loser} as they are now"
    page = browser.post(f"/reviews/competing/{winner}/{winner}/settlement", status=422, winner=winner, **made)
    assert told in page.region("settling-outcome")
    page = browser.post(f"/reviews/{winner}/settlement", status=422, **made)
    assert told in page.region("action-settle-outcome")
    assert filing.claim(winner).status == filing.claim(loser).status == "under_review"


@SQLITE
def test_who_may_not_settle_is_told_why_beside_the_claim(filing: Filing) -> None:
    number, rival = filing.under_review("contoso"), filing.submitted("fabrikam")
    filing.do("reject", number, REVIEWER, reason=REASON, message="Nothing is signed.")
    filing.do("dispute", number, "global@contoso.example", justification="It is.")
    page = compared(filing, number).page
    assert "You took part in the review of this claim before" in page.region(f"{number}-settling")
    assert page.select(f"#{rival}-reasons li")
    assert not page.select("#settling"), "nobody can win by this reviewer's hand"
    assert compared(filing, number, REVIEWER2).page.select("#settling input[type=radio]")


@SQLITE
def test_a_customer_who_still_declines_stands_beside_their_claim(filing: Filing) -> None:
    number = filing.approved("contoso")
    with filing.context():
        claim = filing.claim(number)
        act(filing.desk, "decline", number, customer_actor("Casey", "casey@adatum.example", claim.id))
    filing.submitted("fabrikam")
    filing.do("dispute", number, "global@contoso.example", justification="They misunderstood.")
    told = compared(filing, number, REVIEWER2).page.region(f"{number}-settling")
    assert "The customer declined and has not agreed since." in told
    assert "Declined on" in compared(filing, number).page.region(f"{number}-customer")


def test_each_side_is_asked_in_its_own_comments(filing: Filing) -> None:
    mine, theirs = filing.under_review("contoso"), filing.submitted("fabrikam")
    browser = compared(filing, mine)
    page = browser.fill_and_submit(
        f"/reviews/competing/{mine}/{theirs}/comments", message="Which team uses it?"
    )
    assert "Which team uses it?" in page.region(theirs)
    assert "Which team uses it?" not in page.region(mine)
    told = filing.browser("global@fabrikam.example").visit(f"/claims/{theirs}")
    assert "Which team uses it?" in told.region("claim-comments")
    assert "Which team uses it?" not in filing.browser("global@contoso.example").visit(f"/claims/{mine}").text
    page = browser.fill_and_submit(f"/reviews/competing/{mine}/{mine}/comments", message="  ", status=422)
    assert page.select(f"#{mine} .notice-danger")
    assert not page.select(f"#{theirs} .notice-danger")


@SQLITE
def test_the_queue_marks_what_competes_and_leads_there(filing: Filing) -> None:
    alone = filing.submitted("contoso", "exchange_online")
    one, other = filing.submitted("contoso"), filing.submitted("fabrikam")
    browser = filing.browser()
    rows = {row["Claim"]: row["Status"] for row in browser.visit("/reviews").rows("#review-queue table")}
    assert "Competes" in rows[one]
    assert "Competes" in rows[other]
    assert "Competes" not in rows[alone]
    assert f"/reviews/competing/{one}" in browser.page.links().values()
    page = browser.visit(f"/reviews/{one}")
    assert f"/reviews/competing/{one}" in page.links().values()
    filing.do("request_rejection", other, "global@fabrikam.example", reason="wrong_activity")
    assert "Competes" not in browser.visit("/reviews").region("review-queue")


@SQLITE
def test_too_many_claims_name_those_without_a_column(filing: Filing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.reviews.competing.COLUMNS_AT_MOST", 2)
    both = with_products(filing, "contoso", "teams", "intune")
    one, other = filing.submitted("fabrikam", "teams"), filing.submitted("fabrikam", "intune")
    page = compared(filing, other).page
    assert columns(page) == [both, other]
    assert f"/reviews/competing/{one}" in page.links().values()


@SQLITE
def test_what_is_not_there_is_not_compared(filing: Filing) -> None:
    draft, number = filing.draft("contoso"), filing.submitted("fabrikam", "intune")
    browser = filing.browser()
    browser.visit(f"/reviews/competing/{draft}", status=404)
    browser.visit("/reviews/competing/CL-2026-999999", status=404)
    browser.visit(f"/reviews/competing/{number}/{draft}/comments", status=404)
    browser.visit(f"/reviews/competing/{number}/{number}/nonsense", status=404)
    assert browser.visit(f"/reviews/competing/{number}/{number}/comments").path.startswith(
        f"/reviews/competing/{number}"
    )
    browser.visit(f"/reviews/competing/{number}?winner={draft}")
    browser.post(f"/reviews/competing/{draft}/{number}/comments", message="Hello", status=404)
    filing.browser("global@contoso.example").visit(f"/reviews/competing/{number}", status=403)
