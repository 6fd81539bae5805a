"""What a search finds is what its rule says, for everybody what is theirs, and by indexes."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest
from alembic import command
from sqlalchemy import Select, insert, select, text
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.claims.model import Claim, ClaimProduct
from portal.claims.searching import plain
from portal.db import db, transaction
from portal.incentives.earning_filters import Wanted
from portal.incentives.earning_queries import ORDER, page_of, sums
from portal.incentives.earning_search import Search
from portal.incentives.earning_sums import sum_up
from portal.incentives.model import EarningLine
from tests import factories
from tests.browser import Browser
from tests.databases import migration_config
from tests.portal.claims.test_listing import contoso
from tests.portal.incentives.sheets import earn
from tests.portal.reviews.filing import Filing

BEFORE = "sum_up_earnings_by_claim"  # the migration before lines were found by how they begin
# Of these all IDs are made, so that they begin alike, hold each other and what patterns are made of.
PARTS = ("a", "B", "sub-", "Ä", "ß", "%", "_", "1", "9", "\U0001f600")
PRODUCTS = ("teams", "intune", "exchange_online")
LINES = 120


def some(chance: Random, most: int = 4) -> str:
    return "".join(chance.choices(PARTS, k=chance.randint(1, most)))


def line(number: int, claim: Claim, **told: str) -> dict[str, object]:
    """Return a line of a claim as an import keeps it."""
    return {
        "key": f"k-{number}",
        "digest": f"{number:064}",
        "said": {},
        "live": True,
        "line_id": f"L-{number}",
        "claim_id": claim.id,
        "organization_id": claim.organization_id,
        "tenant_id": factories.SHARED_TENANT,
        "engagement": claim.engagement,
        "product": "teams",
        "subscription_id": "",
        "month": "2026-10",
        "lever": "usage_growth",
        "amount": 100 + number,
        "currency": "EUR",
        "payment_status": "earned",
        "payment_id": "",
        "paid_on": "",
        "reason": "",
        **told,
    }


def fill(filing: Filing, chance: Random, numbers: list[str]) -> Actor:
    """Give the claims subscriptions and lines; return somebody who works for the location of the first."""
    with filing.context(), transaction() as session:
        claims = session.scalars(select(Claim).where(Claim.number.in_(numbers)).order_by(Claim.id)).all()
        for claim in claims:
            claim.products[0].subscription_id = chance.choice(("", "SUB-A", "sub-1", "sub-a9"))
            claim.products.append(ClaimProduct(product="power_bi", subscription_id="sub-a"))
            claim.search_text += plain(" \n ".join(["", *(one.subscription_id for one in claim.products)]))
        rows = [
            line(
                number,
                chance.choice(claims),
                line_id=some(chance),
                payment_id=chance.choice(("", some(chance))),
                subscription_id=chance.choice(("", "sub-a", some(chance).casefold())),
                product=chance.choice((*PRODUCTS, "power_bi")),
                month=f"2026-{chance.randint(1, 11):02}",
            )
            | {"live": chance.random() < 0.9}
            for number in range(LINES)
        ]
        session.execute(insert(EarningLine), rows)
        sum_up(session, EarningLine.id > 0)
        place = factories.location(session, contoso(session))
        claims[0].location_id = place.id
        return factories.actor(
            factories.person(session, contoso(session), "billing_admin", account="branch", locations=(place,))
        )


def found_by_rule(session: Session, actor: Actor, q: str) -> dict[int, int]:
    """Return each line, with its amount, that the rule finds when it is asked of one after the other."""
    wanted = q.casefold().strip("{}") or q.casefold()
    found = {}
    for one in session.scalars(select(EarningLine).where(EarningLine.live)):
        claim = one.claim
        if one.organization_id != actor.organization_id:
            continue
        if actor.location_ids is not None and claim.location_id not in actor.location_ids:
            continue
        own = (one.subscription_id, one.payment_id, one.line_id)
        named = {row.product for row in claim.products if row.subscription_id.lower() == wanted}
        by_claim = plain(wanted) in claim.search_text if not named else False
        of_product = one.subscription_id == "" and one.product in named
        if by_claim or of_product or any(text.casefold().startswith(wanted) for text in own):
            found[one.id] = one.amount
    return found


def asked(chance: Random, searches: int) -> Iterator[str]:
    yield from ("sub-a", "SUB-A", "sub-1", "{sub-a}", "{}", "%", "_", "\\", "'", "CL-2026", "adat", "nothing")
    yield factories.SHARED_TENANT[3:9].upper()
    for _ in range(searches):
        yield some(chance, 3)


@pytest.mark.parametrize("searches", [20, pytest.param(160, marks=pytest.mark.broad)])
def test_a_search_finds_what_its_rule_finds_line_by_line(filing: Filing, searches: int) -> None:
    chance = Random(searches)
    numbers = [filing.approved(product=product) for product in PRODUCTS[:1] + PRODUCTS[2:]]
    branch = fill(filing, chance, [*numbers, filing.approved("fabrikam", "intune")])
    whole = filing.actors["billing@contoso.example"]
    sizes = set()
    with filing.context():
        session = db.session()
        for q in asked(chance, searches):
            for actor in (whole, branch):
                right = found_by_rule(session, actor, q)
                sizes.add(len(right))
                search = Search.begun(session, filing.desk, actor, q)
                for many in (False, True):
                    forced = replace(search, many=many, many_alone=many)
                    page = page_of(session, filing.desk, actor, Wanted(q=q), forced, LINES)
                    assert {one.id for (one,) in page.rows} == set(right), (q, many)
                    months = [one.month for (one,) in page.rows]
                    assert months == sorted(months, reverse=True)
                    added = sums(session, filing.desk, actor, Wanted(q=q), forced)
                    assert sum(one.lines for one in added) == len(right), (q, many)
                    assert sum(one.amount for one in added) == sum(right.values()), (q, many)
    assert {0, 1} < sizes  # of nothing, of one line and of more
    assert len(sizes) > 10


def test_parts_within_ids_of_lines_are_not_searched_and_parts_of_claims_are(
    filing: Filing, partner: Browser
) -> None:
    number = filing.approved()
    paid = {"payment_status": "paid", "payment_id": "Zahlung-Ä7", "paid_on": "2026-11-15"}
    earn(filing, {"claim": number, "subscription_id": "SUB-XYZ", **paid})
    for begins in ("sub-x", "ZAHLUNG-ä", "l-", number[3:], "datu"):
        assert number in partner.visit(f"/earnings?q={begins}").text, begins
    for within in ("xyz", "ahlung"):
        assert "No line of earnings fits" in partner.visit(f"/earnings?q={within}").text, within
    hint = partner.visit("/earnings").region("earnings-filters")
    assert "Type the ID of a subscription, payment or line from its beginning." in hint


def test_lines_are_looked_for_by_indexes(filing: Filing) -> None:
    number, subscribed = filing.approved(), filing.approved(product="exchange_online")
    with filing.context(), transaction() as session:
        claims = {row.number: row for row in session.scalars(select(Claim))}
        claims[subscribed].products[0].subscription_id = "sub-00001"
        told = ("subscription_id", "payment_id", "line_id")
        rows = [
            line(n, claims[number], **{name: f"{name[:3]}-{n // 2:05}" for name in told}) for n in range(4000)
        ]
        rows += [line(4000 + n, claims[subscribed], product="exchange_online") for n in range(3)]
        session.execute(insert(EarningLine), rows)
        sum_up(session, EarningLine.id > 0)
    with filing.context():
        if db.engine.dialect.name == "postgresql":  # which does so by itself; SQLite never does
            db.session.execute(text("ANALYZE"))
            db.session.commit()
        actor = filing.actors["billing@contoso.example"]
        search = Search.begun(db.session(), filing.desk, actor, "sub-00001")
        assert (len(search.subscribed), search.many, search.many_alone) == (1, False, False)
        for condition in (search.found(), search.found_alone()):
            query = select(EarningLine.id).where(EarningLine.live, condition)
            assert len(db.session.scalars(query).all()) == 2 + 3
            plan = planned(query.order_by(*ORDER.clauses()).limit(25))
            for column in ("subscription_id", "payment_folded", "line_folded"):
                at = plan.index(f"ix_earning_lines_{column}")
                assert f"{column}>" in plan[at : at + 300].replace(" >", ">"), plan
            assert "ix_earning_lines_claim" in plan, plan
            assert "ix_earning_lines_page" not in plan, plan
            assert "SCAN earning_lines" not in plan, plan


def planned(query: Select[int]) -> str:
    """Return how the database means to answer a query."""
    words = query.compile(dialect=db.engine.dialect, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN" if db.engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    with db.engine.connect() as connection:
        return "\n".join(str(row[-1]) for row in connection.exec_driver_sql(f"{explain} {words}"))


def test_what_was_imported_before_is_found_after_the_migration(filing: Filing, database_url: str) -> None:
    number = filing.approved()
    paid = {"payment_status": "paid", "payment_id": "Zahlung-ÄSS", "paid_on": "2026-11-15"}
    earn(filing, {"claim": number, "line_id": "L-Ä1"}, {"claim": number, "line_id": "L-2", **paid})

    def texts() -> list[tuple[str, str]]:
        with filing.context():
            query = select(EarningLine.line_folded, EarningLine.payment_folded).order_by(EarningLine.id)
            return [(row[0], row[1]) for row in db.session.execute(query)]

    before = texts()
    with filing.context():
        db.engine.dispose()
    config = migration_config(database_url)
    command.downgrade(config, BEFORE)
    command.upgrade(config, "head")
    assert texts() == before == [("l-ä1", ""), ("l-2", "zahlung-äss")]
