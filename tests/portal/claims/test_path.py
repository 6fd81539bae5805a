"""The way of a claim: what it was, what it is, and what its own policy lets come next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest

from portal.claims.model import Claim
from portal.claims.path import Branch, ClaimPath, Stop, path_of
from portal.claims.path_picture import WIDTH, picture
from portal.claims.timeline import Entry
from portal.rulebook.loading import load, read_folder
from portal.rulebook.rulebook import Rulebook
from tests.browser import Browser
from tests.portal.claims.rows import add_claims
from tests.portal.consent.test_consent import token_of
from tests.portal.reviews.filing import REVIEWER, Filing

RULES = Path(__file__).resolve().parents[3] / "rules"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PARTNER = "incentives@contoso.example"
BEGAN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LETTER = 0.62  # of its height is a letter of the widest usual font


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load(read_folder(RULES))


def entries(book: Rulebook, *codes: str) -> list[Entry]:
    """Return a timeline, newest first, that came through the statuses `codes` in this order."""
    told = [
        Entry(
            BEGAN + timedelta(days=day),
            "Ines Morel",
            "partner",
            "",
            book.statuses[code].label,
            "",
            (),
            None,
            code,
        )
        for day, code in enumerate(codes)
    ]
    told.insert(1, replace(told[0], status="", status_label=""))  # something that changed no status
    return told[::-1]


def way(book: Rulebook, *codes: str, side: str = "partner", closed: bool = False) -> ClaimPath:
    return path_of(book, Claim(status=codes[-1], closed=closed), entries(book, *codes), side)


def test_stops_stand_in_their_order_and_the_last_is_where_the_claim_is(book: Rulebook) -> None:
    path = way(book, "draft", "submitted", "under_review")
    assert [stop.label for stop in path.last] == ["Draft", "Submitted", "Under review"]
    assert path.first == ()
    assert path.folded == 0
    assert path.here.at == BEGAN + timedelta(days=2)
    assert path.here.tone == "info"


def test_the_middle_of_a_long_way_is_folded(book: Rulebook) -> None:
    rounds = ("submitted", "under_review", "partner_action_required") * 3
    path = way(book, "draft", *rounds)
    assert [stop.label for stop in path.first] == ["Draft"]
    assert path.folded == 5
    assert [stop.label for stop in path.last] == [
        "Partner action required", "Submitted", "Under review", "Partner action required",
    ]  # fmt: skip
    assert way(book, "draft", *rounds[:5]).folded == 0, "one step takes no more place than the words for it"


def test_what_can_come_next_is_told_with_who_moves_it(book: Rulebook) -> None:
    path = way(book, "draft", "submitted", "under_review", "partner_action_required")
    ways = {branch.label: {action: who for who, action in branch.ways} for branch in path.branches}
    assert set(ways) == {"Submitted", "Rejected"}
    assert ways["Submitted"] == {"Resubmit": "Your organization"}
    assert ways["Rejected"]["Request rejection"] == "Your organization"
    assert ways["Rejected"]["Time to answer ended"].startswith("The portal, when “Answer to the request")
    approved = way(book, "draft", "submitted", "under_review", "approved")
    told = {who for branch in approved.branches for who, _ in branch.ways}
    assert "The customer" in told
    seen = way(book, "draft", "submitted", side="operator")
    assert ("A reviewer", "Start review") in seen.branches[0].ways
    assert ("The partner", "Request rejection") in seen.branches[1].ways


@SQLITE
def test_the_customer_may_decline_after_their_time_and_the_page_says_by_what(filing: Filing) -> None:
    """Whatever can come next is told, and can really happen: nothing voids the link of an approved claim."""
    number = filing.approved()
    told = ways_to_rejected(filing, number)
    assert ("The customer: Decline") in told
    filing.wait(20)
    filing.do("comment", number, PARTNER, message="What is next?")
    told = ways_to_rejected(filing, number)
    assert "The customer: Decline" not in told
    late = "The customer, by their link, which works after “The customer’s time to decline” as well: Decline"
    assert late in told
    customer = Browser(filing.app)
    customer.visit(f"/consent/{token_of(filing, number)}")
    customer.fill_and_submit("Decline")
    assert filing.claim(number).status == "rejected"


def ways_to_rejected(filing: Filing, number: str) -> list[str]:
    page = filing.browser(PARTNER).visit(f"/claims/{number}")
    (branch,) = [text for text in page.texts("#claim-path ul li") if text.startswith("Rejected;")]
    return [" ".join(way.split()) for way in branch.split(";")]


def test_a_closed_claim_goes_nowhere(book: Rulebook) -> None:
    assert way(book, "draft", "submitted", "rejected", closed=True).branches == ()


def boxes(path: ClaimPath) -> list[tuple[str, float, float, float, float]]:
    """Return the box of each text and each mark: what it is, left, top, right and bottom in pixels."""
    drawn = picture(path)
    heights = {"label": 13, "small": 11, "way": 11, "heading": 11}
    found: list[tuple[str, float, float, float, float]] = []
    for line in drawn.lines:
        height = heights[line.kind]
        right = line.x + len(line.text) * height * LETTER
        found.append((line.text, line.x, line.y - height, right, line.y + 3.0))
    for one in drawn.moments:
        words = f"30 September 2026, {one.who}"
        found.append((words, one.x, one.y - 11, one.x + len(words) * 11 * LETTER, one.y + 3.0))
    found += [(f"mark {row.y}", row.x - 8, row.y - 8, row.x + 8, row.y + 8) for row in drawn.marks]
    assert all(right <= drawn.width for _, _, _, right, _ in found), [row for row in found if row[3] > WIDTH]
    assert all(bottom <= drawn.height for *_, bottom in found)
    return found


@pytest.mark.parametrize(
    "codes",
    [
        ("draft",),
        ("draft", "submitted", "under_review", "partner_action_required"),
        ("draft", *("submitted", "under_review", "partner_action_required") * 4, "rejected", "dispute"),
        ("draft", "submitted", "under_review", "approved"),
    ],
)
def test_nothing_lies_on_top_of_something_else(book: Rulebook, codes: tuple[str, ...]) -> None:
    for one, other in combinations(boxes(way(book, *codes)), 2):
        apart = one[3] <= other[1] or other[3] <= one[1] or one[4] <= other[2] or other[4] <= one[2]
        assert apart, (one, other)


def test_long_words_of_a_policy_fit_as_well() -> None:
    long = "A status whose name somebody wrote out at quite some length, twice over"
    stop = Stop(long, "info", BEGAN, "Somebody with a very long name indeed")
    path = ClaimPath((), 0, (stop, stop), (Branch(long, "info", ((long, long), (long, long))),))
    for one, other in combinations(boxes(path), 2):
        assert one[3] <= other[1] or other[3] <= one[1] or one[4] <= other[2] or other[4] <= one[2]


@SQLITE
def test_the_claims_page_tells_the_way_as_picture_and_as_list(filing: Filing) -> None:
    number = filing.under_review()
    filing.do("request_information", number, REVIEWER, reason="missing_all_poe", message="Add it.")
    page = filing.browser(PARTNER).visit(f"/claims/{number}")
    drawn = [text.text for text in page.select("#claim-path svg text.path-label")]
    assert drawn == ["Draft", "Submitted", "Under review", "Partner action required", "Submitted", "Rejected"]
    told = page.texts("#claim-path ol li")
    assert [words.split(" since ")[0] for words in told] == [
        "Draft", "Submitted", "Under review", "Now Partner action required",
    ]  # fmt: skip
    assert "Review team" in told[-1]
    assert "Rita" not in page.region("claim-path"), "reviewers are one team to a partner"


@SQLITE
def test_the_head_of_the_page_says_how_many_days_are_left(filing: Filing) -> None:
    number = filing.submitted()
    page = filing.browser(PARTNER).visit(f"/claims/{number}")
    assert "calendar days left" in page.region("claim-standing")
    filing.wait(12)
    assert "overdue" in filing.browser(PARTNER).visit(f"/claims/{number}").region("claim-standing").casefold()


@SQLITE
def test_a_claim_that_no_event_tells_of_is_where_it_is(filing: Filing) -> None:
    number = add_claims(filing, {"status": "submitted"})[0]
    page = filing.browser(PARTNER).visit(f"/claims/{number}")
    assert page.texts("#claim-path ol li")[0].startswith("Now Submitted since ")
