"""The dashboard: search, filters, order and paging, the same on both databases, and never a 500."""

import base64
import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from portal.accounts.model import Organization
from portal.db import db, transaction
from tests import factories
from tests.browser import Browser, Page
from tests.portal.claims.rows import add_claims, customer_id, location_id
from tests.portal.reviews.filing import Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def contoso(session: Session) -> Organization:
    return session.scalars(select(Organization).where(Organization.name == "Contoso")).one()


def shown(page: Page) -> list[str]:
    return page.texts("#claims-results tbody th")


def listed(browser: Browser, **params: str) -> list[str]:
    return shown(browser.visit(f"/claims?{urlencode(params)}"))


def walked(browser: Browser, forwards: str, backwards: str, **params: str) -> tuple[list[str], list[str]]:
    """Return the numbers on all pages, going forth and then back again."""
    page = browser.visit(f"/claims?{urlencode(params)}")
    forth, pages = shown(page), [shown(page)]
    while forwards in page.links():
        page = browser.click(forwards)
        forth += shown(page)
        pages.append(shown(page))
    back = [pages[-1]]
    while backwards in page.links():
        page = browser.click(backwards)
        back.insert(0, shown(page))
    return forth, [number for each in back for number in each]


@SQLITE
def test_without_claims_the_way_to_the_first_is_shown(partner: Browser) -> None:
    assert "There are no claims yet" in partner.page.region("claims-results")
    assert partner.page.links()["Add customer"] == "/claims/new?start=customer"
    assert partner.page.links()["Create claim"] == "/claims/new"


@SQLITE
def test_a_search_without_a_match_leads_back_to_all(filing: Filing, partner: Browser) -> None:
    number = add_claims(filing, {})[0]
    page = partner.visit("/claims?q=nowhere")
    assert "No claim matches" in page.text
    assert shown(partner.visit(page.links()["Show all claims"])) == [number]


def test_the_search_knows_neither_case_nor_accents(filing: Filing, partner: Browser) -> None:
    with filing.context(), transaction() as session:
        tenant = "11111111-2222-4333-8444-555555555555"
        uhren_id = factories.customer(session, contoso(session), "Zürich Uhren", tenant).id
    number, other = add_claims(
        filing, {"customer_id": uhren_id, "products": ["teams"], "name": "Straße 100%"}, {"name": "Other"}
    )
    for q in (
        number,
        "ZURICH",
        "zürich",
        "uhren teams",
        "11111111-2222",
        "STRASSE",
        "100%",
        "Microsoft Téams",
    ):
        assert listed(partner, q=q) == [number], q
    assert listed(partner, q="zurich exchange") == []
    assert listed(partner, q="_ther") == []
    assert other in listed(partner, q="")


def test_each_filter_leaves_what_it_says(filing: Filing, partner: Browser) -> None:
    now = filing.clock.now()
    mws = {"activity": "use_or_consume", "engagement": "modern_work_security_usage", "products": ["teams"]}
    draft, late, far = add_claims(
        filing,
        mws,
        {"status": "partner_action_required", "due_at": now - timedelta(days=1)},
        {"status": "under_review", "waits_for": "operator", "due_at": now + timedelta(days=9)},
    )
    assert listed(partner, status="draft") == [draft]
    assert listed(partner, engagement="modern_work_security_usage") == [draft]
    assert listed(partner, activity="use_or_consume") == [draft]
    assert listed(partner, product="teams") == [draft]
    assert listed(partner, product="intune") == []
    assert listed(partner, move="operator") == [far]
    assert listed(partner, due="7") == [late]
    assert listed(partner, due="10", sort="due") == [late, far]
    location = partner.page.select("select[name=location] option")[1].get("value")
    assert set(listed(partner, location=location)) == {draft, late, far}
    assert listed(partner, location=location, status="draft", move="operator") == []


def test_due_counts_days_to_their_end_in_the_program_zone(filing: Filing, partner: Browser) -> None:
    # Noon of Monday 23 November in UTC-8: Tuesday ends at 08:00 UTC of Wednesday.
    end = filing.clock.now().replace(day=25, hour=8, minute=0)
    inside, outside = add_claims(filing, {"due_at": end}, {"due_at": end + timedelta(days=1)})
    assert listed(partner, due="1", sort="number") == [inside]
    assert listed(partner, due="2", sort="number") == [inside, outside]
    assert listed(partner, due="0") == []


@SQLITE
def test_other_organizations_claims_are_not_there(filing: Filing, partner: Browser) -> None:
    own = add_claims(filing, {"name": "ours"})[0]
    add_claims(filing, {"name": "theirs"}, partner="fabrikam")
    assert listed(partner) == [own]
    assert listed(partner, q="theirs") == []


@SQLITE
def test_somebody_restricted_to_a_location_sees_only_its_claims(filing: Filing) -> None:
    with filing.context(), transaction() as session:
        owner = contoso(session)
        munich = factories.location(session, owner, name="Munich")
        session.flush()
        who = factories.person(session, owner, "incentives_admin", locations=(munich,))
        email, munich_id = who.email, munich.id
    here, _elsewhere = add_claims(filing, {"location_id": munich_id}, {})
    browser = filing.browser(email)
    assert listed(browser) == [here]
    options = [option.get("value") for option in browser.page.select("select[name=location] option")]
    assert options == ["", str(munich_id)]
    (lead,) = browser.page.texts(".lead")
    assert lead.startswith("The claims of your organization at ")
    assert lead.endswith(" – Munich.")


COLUMNS = [
    "number",
    "name",
    "customer",
    "activity",
    "engagement",
    "location",
    "status",
    "move",
    "due",
    "changed",
]


def many(filing: Filing) -> list[str]:
    """Add 61 claims with few different values, so that every order has ties and empty cells."""
    now, place_id, adatum_id = filing.clock.now(), location_id(filing), customer_id(filing)
    rows = [
        {
            "name": ["", "Beta", "alpha", "Beta"][place % 4],
            "activity": [None, "use_or_consume", "usage_recognition"][place % 3],
            "engagement": [None, "modern_work_security_usage", "online_services_advisor"][place % 3],
            "status": ["draft", "submitted", "approved", "rejected_final"][place % 4],
            "waits_for": ["partner", "operator", "nobody"][place % 3],
            "due_at": None if place % 5 else now + timedelta(days=place % 2, microseconds=place % 3),
            "changed_at": now - timedelta(microseconds=place % 7),
            "location_id": None if place % 2 else place_id,
            "customer_id": None if place % 3 else adatum_id,
        }
        for place in range(61)
    ]
    return add_claims(filing, *rows)


@pytest.mark.broad
def test_every_order_pages_forth_and_back_over_each_claim_once(filing: Filing, partner: Browser) -> None:
    numbers = many(filing)
    orders = [sort for column in COLUMNS for sort in (column, f"-{column}")]
    for sort in orders:
        forth, back = walked(partner, "Next claims", "Previous claims", sort=sort)
        assert sorted(forth) == sorted(numbers), sort
        assert back == forth, sort


def test_the_orders_are_right_with_empty_values_last(filing: Filing, partner: Browser) -> None:
    first, second, third = add_claims(
        filing,
        {"name": "beta", "status": "approved", "waits_for": "nobody"},
        {"name": "", "status": "draft"},
        {"name": "Alpha", "status": "submitted", "waits_for": "operator"},
    )
    assert listed(partner, sort="name") == [third, first, second]
    assert listed(partner, sort="-name") == [first, third, second]
    assert listed(partner, sort="status") == [second, third, first]
    assert listed(partner, sort="move") == [second, third, first]
    assert listed(partner, sort="-number") == [third, second, first]


@SQLITE
def test_a_claim_that_moves_while_somebody_pages_hides_no_other(filing: Filing, partner: Browser) -> None:
    numbers = many(filing)
    page = partner.visit("/claims?sort=number")
    seen = shown(page)
    add_claims(filing, {"number": "CL-2025-000001"})
    seen += shown(partner.click("Next claims"))
    assert seen == numbers[: len(seen)]


@SQLITE
def test_the_headings_turn_the_order_and_keep_the_filters(filing: Filing, partner: Browser) -> None:
    add_claims(filing, {"name": "b"}, {"name": "a"})
    partner.visit("/claims?status=draft&sort=name")
    assert [cell.get("aria-sort") for cell in partner.page.select("th[aria-sort]")] == ["ascending"]
    href = partner.page.select("#sort-name")[0].get("href")
    assert "status=draft" in href
    assert partner.visit(href).texts("td[data-label=Name]") == ["b", "a"]


NONSENSE = [
    ("status", "no_such"),
    ("engagement", "x" * 300),
    ("activity", "\x01"),
    ("product", "'; DROP TABLE claims;--"),
    ("location", "999999999999999999999999"),
    ("location", "-1"),
    ("move", "everybody"),
    ("due", "-1"),
    ("due", "99999999999999999999"),
    ("due", "٣"),
    ("sort", "password_hash"),
    ("sort", "--number"),
    ("after", "nonsense"),
    ("after", "WyItY2hhbmdlZCIsMTIsM10"),
    ("before", "%ff"),
    ("after", "[" * 5000),
]


@pytest.mark.parametrize(("name", "value"), NONSENSE)
@SQLITE
def test_what_an_address_asks_for_and_does_not_exist_is_told_and_left_out(
    filing: Filing, name: str, value: str
) -> None:
    number = add_claims(filing, {})[0]
    browser = filing.browser("incentives@contoso.example")
    page = browser.visit(f"/claims?{urlencode({name: value})}")
    assert shown(page) == [number]
    assert "Not everything in the address was understood" in page.text


def test_no_text_breaks_the_search(filing: Filing, partner: Browser) -> None:
    add_claims(filing, {"name": "a_b"})
    for q in ("\x01", "%", "_", "/", "\\", "'", "🙂", "\ud7ff", "a" * 5000, " ".join("abc" * 60)):
        partner.visit(f"/claims?{urlencode({'q': q})}")
    assert len(listed(partner, q="\x01")) == 1


def test_made_up_places_are_refused_on_both_databases(filing: Filing, partner: Browser) -> None:
    add_claims(filing, {})
    for content in (
        ["-changed", 5, 1],
        ["-changed", "2026-01-01", 1],
        ["-changed", "2026-01-01T00:00:00+00:00", 10**30],
        ["-changed", "2026-01-01T00:00:00+00:00", True],
        ["-changed", "2026-01-01T00:00:00+00:00"],
        {"a": 1},
        None,
    ):
        cursor = base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
        page = partner.visit(f"/claims?{urlencode({'after': cursor})}")
        assert "the list begins at its start" in page.text, content


@SQLITE
def test_htmx_is_given_the_list_alone(filing: Filing, partner: Browser) -> None:
    add_claims(filing, {})
    page = partner.fragment("/claims?status=draft")
    assert not page.is_whole
    assert page.headers["Vary"].count("HX-Request") == 1
    assert page.tree.xpath("./*[1]/@id") == ["claims-results"]


@SQLITE
def test_the_list_costs_the_same_few_queries_however_long_it_is(filing: Filing, partner: Browser) -> None:
    def queries() -> int:
        sent: list[str] = []
        with filing.context():
            engine = db.engine

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            sent.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        partner.visit("/claims")
        event.remove(engine, "before_cursor_execute", note)
        return len(sent)

    add_claims(filing, {"products": ["teams"]})
    few = queries()
    add_claims(filing, *({"products": ["teams", "intune"]} for _ in range(20)))
    assert queries() == few
