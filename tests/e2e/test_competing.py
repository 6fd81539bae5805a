"""Two partners compete in Chromium: each is told so, and not by whom; one wins, the other can dispute."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import INCENTIVES, Hands, Window
from tests.e2e.keyboard import WITH_AND_WITHOUT
from tests.e2e.test_main_job import accessible, press, send, status_of
from tests.journeys.mailbox import Mail
from tests.portal.reviews.filing import REVIEWER, Filing

pytestmark = [
    pytest.mark.browser,
    pytest.mark.pages,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    WITH_AND_WITHOUT,
]
FABRIKAM = "incentives@fabrikam.example"
EXISTS = "There is another claim for Microsoft Teams at this customer"
ASKED = "Which of your people did the pilot?"


def mail_to(filing: Filing, address: str, subject: str) -> Mail:
    """Return the one mail to `address` whose subject begins so."""
    folder: Path = filing.desk.settings.mail_dir
    found = [Mail.read(path.read_bytes()) for path in folder.glob("*.eml")]
    [mail] = [mail for mail in found if mail.to == address and mail.subject.startswith(subject)]
    return mail


def names_nobody(page: Page, *words: str) -> None:
    """Raise AssertionError where the page holds any of the words, seen or unseen."""
    content = page.content()
    assert not [word for word in words if word in content]


def file_claim(page: Page, number: str, *, rival: bool) -> None:
    """Send a draft from the last page of its wizard, which says whether somebody else is there."""
    page.goto(f"/claims/{number}/wizard/review")
    assert (EXISTS in page.locator("main").inner_text()) is rival
    press(page, "Submit")
    assert status_of(page) == "Submitted"


def test_one_wins_and_the_other_can_dispute(filing: Filing, window: Window, scripts: bool) -> None:
    winner, loser = filing.draft(), filing.draft("fabrikam")
    contoso, fabrikam = (window(who, scripts=scripts) for who in (INCENTIVES, FABRIKAM))
    file_claim(contoso, winner, rival=False)
    file_claim(fabrikam, loser, rival=True)
    contoso.goto(f"/claims/{winner}")
    expect(contoso.locator("#claim-standing")).to_contain_text(EXISTS)
    names_nobody(contoso, "Fabrikam", "fabrikam", loser)
    names_nobody(fabrikam, "Contoso", "contoso", winner)

    reviewer = window(REVIEWER, scripts=scripts)
    for number in (winner, loser):
        reviewer.goto(f"/reviews/{number}")
        press(reviewer, "Start review")
    send(reviewer, reviewer.get_by_role("link", name="Compare them side by side"))
    assert reviewer.url.endswith(f"/reviews/competing/{loser}")
    expect(reviewer.locator("article.competitor")).to_have_count(2)
    accessible(reviewer, scripts)

    question = reviewer.locator(f"[id='{loser}'] form[action$='/{loser}/comments']")
    question.locator("textarea").fill(ASKED)
    question.get_by_role("button", name="Comment").click()
    expect(reviewer.locator(f"[id='{loser}-comments'] .comment", has_text=ASKED)).to_be_visible()
    expect(reviewer.locator(f"[id='{winner}-comments']")).not_to_contain_text(ASKED)
    fabrikam.goto(f"/claims/{loser}")
    expect(fabrikam.locator("#claim-comments")).to_contain_text(ASKED)
    contoso.goto(f"/claims/{winner}")
    expect(contoso.locator("#claim-comments")).not_to_contain_text(ASKED)

    reviewer.locator(f"input[name=winner][value='{winner}']").check()
    send(reviewer, reviewer.get_by_role("button", name="Show what this would do"))
    expect(reviewer.locator("#settling-losers tbody tr")).to_have_count(1)
    expect(reviewer.locator("#settling-losers tbody tr")).to_contain_text(loser)
    assert filing.claim(winner).status == "under_review", "looking changes nothing"
    accessible(reviewer, scripts)
    send(reviewer, reviewer.get_by_role("button", name=f"Settle in favor of {winner}"))
    assert filing.claim(winner).status == "approved"
    assert filing.claim(loser).status == "rejected"

    won, lost = (
        mail_to(filing, INCENTIVES, "Your claim was approved"),
        mail_to(filing, FABRIKAM, "Your claim was rejected"),
    )
    assert "yours is the approved one" in " ".join(won.text.split())
    assert not [word for word in ("Fabrikam", "fabrikam", loser) if word in won.text + won.html]
    assert "another one was approved" in " ".join(lost.text.split())
    assert not [word for word in ("Contoso", "contoso", winner) if word in lost.text + lost.html]

    contoso.goto(won.link)
    assert status_of(contoso) == "Approved"
    accessible(contoso, scripts)
    names_nobody(contoso, "Fabrikam", "fabrikam", loser)
    fabrikam.goto(lost.link)
    assert status_of(fabrikam) == "Rejected"
    expect(fabrikam.locator("#claim-standing")).to_contain_text(
        "Another association was approved for the same customer and product."
    )
    accessible(fabrikam, scripts)
    names_nobody(fabrikam, "Contoso", "contoso", winner)
    press(fabrikam, "Dispute", justification="The customer works with us, and says so in the letter.")
    assert status_of(fabrikam) == "Dispute"
    names_nobody(fabrikam, "Contoso", "contoso", winner)


@pytest.mark.pages
def test_they_are_compared_asked_and_settled_by_keyboard(filing: Filing, hands: Hands, scripts: bool) -> None:
    winner, loser = filing.under_review(), filing.under_review("fabrikam")
    keys = hands(REVIEWER, f"/reviews/{winner}")
    page = keys.page
    keys.follow(page.get_by_role("link", name="Compare them side by side"))
    keys.go_to(page.get_by_role("region", name="The claims side by side"))
    question = page.locator(f"[id='{loser}'] form[action$='/{loser}/comments']")
    keys.write(question.locator("textarea"), "Who?")
    keys.swap(question.get_by_role("button", name="Comment"))
    expect(page.locator(f"[id='{loser}-comments'] .comment", has_text="Who?")).to_be_visible()

    keys.choose_radio(page.locator(f"input[name=winner][value='{winner}']"))
    keys.follow(page.get_by_role("button", name="Show what this would do"))
    keys.jump(page.locator("#settling-losers").get_by_role("link", name=loser), loser)
    keys.follow(page.get_by_role("button", name=f"Settle in favor of {winner}"))
    assert filing.claim(winner).status == "approved"
    assert filing.claim(loser).status == "rejected"
