"""All reports: of whose claims they tell, how much they ask of the database, and what their files say."""

from collections.abc import Callable
from functools import partial

from sqlalchemy import select

from portal.accounts.model import Organization
from portal.db import transaction
from portal.languages.dates import month_in_words
from portal.reports.agreement import READ as AGREEMENT
from portal.reports.kinds import KINDS
from tests import factories
from tests.browser import Browser
from tests.portal.incentives.sheets import earn, subscribe
from tests.portal.reports.telling import (
    ADMIN,
    FAY,
    INES,
    answer,
    asked,
    disputed,
    file_of,
    rejected,
    rows,
)
from tests.portal.reviews.conftest import count_queries  # noqa: F401  # a fixture
from tests.portal.reviews.filing import Filing

# What second reviews come to has tests of its own; here nothing is drawn.
CODES = tuple(kind.code for kind in KINDS if kind.permission != AGREEMENT)
OPERATORS_ALONE = "reasons-by-organization"


def something_of_everything(filing: Filing) -> list[str]:
    """Let claims of Contoso bring something to every report; return their numbers."""
    approved, declined = filing.approved(), filing.approved(product="intune")
    answer(filing, declined, "decline")
    earn(filing, {"claim": approved, "amount": "12.34"})
    subscribe(filing, ends_on="2027-01-15")
    further = [disputed(filing, product="exchange_online"), rejected(filing, product="entra_id_p1")]
    return [approved, declined, *further, asked(filing, product="sharepoint_online")]


def test_each_status_is_drawn_in_its_tone_and_two_of_one_tone_in_two_shades(filing: Filing) -> None:
    filing.approved()
    rejected(filing, product="entra_id_p1")
    filing.submitted(product="intune")
    filing.under_review(product="exchange_online")
    page = filing.browser(INES).visit("/reports/claims-over-time")
    names = page.texts(".chart-legend li")
    drawn = [rect.get("class") for rect in page.select(".chart-legend rect")]
    told = dict(zip(names, drawn, strict=True))
    assert told["Approved"] == "tone-success again-0"
    assert told["Rejected"] == "tone-danger again-0"
    assert (told["Submitted"], told["Under review"]) == ("tone-info again-0", "tone-info again-1")
    assert len(set(drawn)) == len(drawn)


def test_claims_are_counted_in_the_status_that_they_had_when_each_month_ended(filing: Filing) -> None:
    filing.draft()
    filing.approved(product="intune")
    filing.wait(10)  # into December, when the draft is submitted
    filing.submitted(product="exchange_online")
    newest, before = rows(filing.browser(INES), "claims-over-time")
    assert (newest["Month"], newest["Draft"], newest["Submitted"], newest["Approved"], newest["All"]) == (
        "December 2026", "1", "1", "1", "3",
    )  # fmt: skip
    assert (before["Month"], before["Draft"], before["Approved"], before["All"]) == (
        "November 2026",
        "1",
        "1",
        "2",
    )


def test_operators_learn_nothing_of_the_time_in_which_a_claim_was_a_draft(filing: Filing) -> None:
    number = filing.draft()
    filing.wait(10)  # into December
    filing.do("submit", number, INES)
    assert [row["Month"] for row in rows(filing.browser(INES), "claims-over-time")] == [
        "December 2026",
        "November 2026",
    ]
    (row,) = rows(filing.browser(ADMIN), "claims-over-time")
    assert row == {"Month": "December 2026", "Submitted": "1", "All": "1"}


def test_each_line_of_bars_has_its_month_its_parts_and_its_sum_in_words(filing: Filing) -> None:
    filing.submitted()
    filing.draft(product="intune")
    page = filing.browser(INES).visit("/reports/claims-over-time")
    assert page.texts(".chart-label") == ["November 2026"]
    assert page.texts(".chart-sum") == ["2"]
    (line,) = page.select(".chart-line")
    assert line.get("role") == "img"
    assert line.xpath("string(title)") == "Draft: 1, Submitted: 1"


def test_a_status_keeps_its_color_where_another_has_no_claim(filing: Filing) -> None:
    filing.submitted()
    filing.wait(10)
    filing.draft(product="intune")
    page = filing.browser(INES).visit("/reports/claims-over-time")
    legend = [item.xpath(".//rect/@class")[0] for item in page.select(".chart-legend li")]
    newest, before = page.select(".chart-line")
    assert [part.get("class") for part in newest.xpath(".//rect")] == legend
    assert [part.get("class") for part in before.xpath(".//rect")] == legend[1:]


def test_nobody_learns_of_claims_that_are_not_theirs(filing: Filing) -> None:
    numbers = something_of_everything(filing)
    with filing.context(), transaction() as session:
        owner = session.scalars(select(Organization).where(Organization.name == "Contoso")).one()
        elsewhere = factories.location(session, owner, name="Munich")
        restricted = factories.person(session, owner, "global_admin", account="max", locations=(elsewhere,))
        email = restricted.email
    for who in (FAY, email):
        blind = filing.browser(who)
        for code in CODES:
            page = blind.visit(f"/reports/{code}", status=404 if code == OPERATORS_ALONE else 200)
            assert not page.select("main table"), (who, code)
            assert file_of(blind, code) == [] or code == OPERATORS_ALONE, (who, code)
    for who in (INES, ADMIN):
        seeing = filing.browser(who)
        for code in CODES:
            if (who, code) != (INES, OPERATORS_ALONE):
                assert rows(seeing, code), (who, code)
    assert {row["Claim"] for row in rows(filing.browser(ADMIN), "forfeits")} <= set(numbers)


def test_operators_are_told_of_no_draft(filing: Filing) -> None:
    filing.draft()
    filing.wait(40)
    operator = filing.browser(ADMIN)
    for code in CODES:
        assert not operator.visit(f"/reports/{code}").select("main table"), code
    assert rows(filing.browser(INES), "forfeits")


def test_more_claims_take_no_more_queries(
    filing: Filing,
    count_queries: Callable[[Callable[[], object]], int],  # noqa: F811  # the fixture
) -> None:
    something_of_everything(filing)
    browsers = [filing.browser(who) for who in (INES, ADMIN)]

    def counted() -> dict[tuple[int, str], int]:
        return {
            (place, kind): count_queries(partial(browser.ask, "GET", f"/reports/{kind}"))
            for place, browser in enumerate(browsers)
            for kind in CODES
        }

    counted()
    before = counted()
    for product in ("microsoft_365_apps", "defender_for_office_365", "purview_information_protection"):
        number = filing.approved(product=product)
        subscribe(filing, product=product, ends_on="2027-01-15")
        answer(filing, number, "decline")
    for partner in ("contoso", "fabrikam"):
        filing.submitted(partner, "intune")
    assert counted() == before


def test_the_file_says_what_the_table_says(filing: Filing) -> None:
    something_of_everything(filing)
    operator = filing.browser(ADMIN)
    for code in CODES:
        shown, filed = rows(operator, code), file_of(operator, code)
        assert len(filed) == len(shown)
        for heading in shown[0]:
            if heading not in ("Ends on", "Day", "Earned by the claim so far"):
                say = month_in_words if heading.startswith("Month") else str
                assert [say(row[heading]) for row in filed] == [
                    row[heading].replace("—", "") for row in shown
                ], (code, heading)


def test_every_report_says_what_it_counts(filing: Filing) -> None:
    operator = filing.browser(ADMIN)
    listed = operator.visit("/reports").links()
    for kind in KINDS:
        assert listed[str(kind.title)] == f"/reports/{kind.code}"
        (how,) = operator.visit(f"/reports/{kind.code}").texts("#report-how")
        assert how.endswith(".")
        assert "%(" not in operator.page.text


def test_a_report_that_is_not_there_is_not_there(filing: Filing) -> None:
    partner: Browser = filing.browser(INES)
    partner.visit("/reports/nothing", status=404)
    partner.visit("/reports/nothing.csv", status=404)
