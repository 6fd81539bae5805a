"""A request as a checklist: each point says what was changed for it since, and nothing that is not stored."""

import pytest

from portal.claims.acting import act
from portal.claims.answers import Answers, Upload
from tests.documents import pdf
from tests.page_checks import text_of
from tests.portal.reviews.filing import REVIEWER, Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
INES = "incentives@contoso.example"


def ask(filing: Filing, number: str, *reasons: str, remove: str = "") -> None:
    answers = {"reason": reasons, "message": ("Please complete it.",)}
    with filing.context():
        given = Answers(answers | ({"remove": (remove,)} if remove else {}))
        act(filing.desk, "request_information", number, filing.actors[REVIEWER], given)


def edit(filing: Filing, number: str, *files: Upload, **values: tuple[str, ...]) -> None:
    with filing.context():
        act(filing.desk, "edit", number, filing.actors[INES], Answers(values, files))


def points(filing: Filing, number: str) -> dict[str, str]:
    """Return each point of the request by its label: all its words, and at the end those of its badge."""
    page = filing.browser(INES).visit(f"/claims/{number}")
    return {
        text_of(item.cssselect("strong")[0]): f"{text_of(item)} {text_of(item.cssselect('.badge')[0])}"
        for item in page.select("#claim-requests li")
    }


def test_a_point_is_open_until_something_was_changed_for_it(filing: Filing) -> None:
    number = filing.under_review()
    ask(filing, number, "missing_customer_acknowledgment", "missing_products")
    assert all(words.endswith("Open") for words in points(filing, number).values())
    edit(filing, number, product=("teams", "intune"), products_shown=("yes",))
    found = points(filing, number)
    assert found["Missing customer acknowledgment"].endswith("Open")
    assert "Microsoft Intune was added." in found["Missing products"]
    letter = pdf("Signed", name="signed.pdf")
    edit(filing, number, Upload(letter.name, letter.content))
    for words in points(filing, number).values():
        assert "signed.pdf was added." in words
        assert words.endswith("Changed since")


@SQLITE
def test_a_product_to_remove_is_a_point_of_its_own(filing: Filing) -> None:
    number = filing.draft()
    edit(filing, number, product=("teams", "intune"), products_shown=("yes",))
    filing.do("submit", number, INES)
    filing.do("start_review", number, REVIEWER)
    ask(filing, number, "missing_products", remove="intune")
    assert points(filing, number)["Remove Microsoft Intune"].endswith("Open")
    filing.do("remove_products", number, INES)
    assert "Microsoft Intune was removed." in points(filing, number)["Remove Microsoft Intune"]


@SQLITE
def test_what_came_after_a_request_ended_is_not_told_as_provided_for_it(filing: Filing) -> None:
    number = filing.under_review()
    ask(filing, number, "missing_all_poe")
    filing.do("request_rejection", number, INES, reason="wrong_activity")
    assert points(filing, number)["Missing all PoE"].endswith("Nothing changed")


@SQLITE
def test_an_answered_request_tells_what_its_resubmission_brought_and_not_what_a_later_one_did(
    filing: Filing,
) -> None:
    number = filing.under_review()
    ask(filing, number, "missing_all_poe")
    filing.wait(1)
    edit(filing, number, commentary=("Page 2 has it.",))
    filing.do("resubmit", number, INES)
    filing.do("start_review", number, REVIEWER)
    filing.wait(1)
    ask(filing, number, "missing_products")
    letter = pdf("Second", name="second.pdf")
    edit(filing, number, Upload(letter.name, letter.content))
    found = points(filing, number)
    assert "Commentary was changed." in found["Missing all PoE"]
    assert "second.pdf" not in found["Missing all PoE"]
    assert "second.pdf was added." in found["Missing products"]


@SQLITE
def test_whoever_answers_is_reminded_of_what_is_still_open(filing: Filing) -> None:
    number = filing.under_review()
    ask(filing, number, "missing_all_poe")
    told = "1 point that the reviewer asked about is still open."
    page = filing.browser(INES).visit(f"/claims/{number}")
    assert told in page.region("action-resubmit")
    assert told not in page.region("action-request_rejection")
    letter = pdf("The letter", name="letter.pdf")
    edit(filing, number, Upload(letter.name, letter.content))
    assert "still open" not in filing.browser(INES).visit(f"/claims/{number}").region("action-resubmit")
