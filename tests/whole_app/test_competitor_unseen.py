"""Nothing that a partner can fetch or is sent differs by who competes with it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from tests import databases
from tests.whole_app.partner_sight import EXCLUDED, Seen, partner_rules
from tests.whole_app.rivalry import OWN, REVIEWER, REVIEWER2, House, Rival

INCENTIVES, BILLING, GLOBAL = OWN
# The rival with one thing about it made another, by the field.
OTHERWISE: dict[str, Any] = {
    "name": "Zzyzx Consulting <b>&",
    "domain": "zzyzx.example",
    "person": "Xaver Quiller",
    "account": "xaver",
    "location": "9999999",
    "location_name": "Zanzibar",
    "customer": "Adatum International",
    "customer_domain": "adatum-group.example",
    "contact": "Zoe Young",
    "contact_title": "Purchasing",
    "products": ("intune", "teams"),
    "claim_name": "Zzyzx's big claim",
    "commentary": "Zzyzx did all of the work.",
    "documents": ("zzyzx.pdf", "appendix.pdf", "signed.pdf"),
    "rounds": 3,
    "comments": 4,
    "days_before": 6,
    "reviewer": REVIEWER2,
    "progress": "approved",
    "colleagues": 3,
    "other_claims": 2,
    "earned": ("31337.00", "-1.00", "2.00"),
}
Told = dict[str, Seen]
Looking = dict[str, tuple[str, ...]]
# Who looks when: one at a time, for most pages are the same for all; the broad tests let everybody look.
IN_TURN: Looking = {
    "draft": (INCENTIVES,),
    "submitted": (BILLING,),
    "lost": (GLOBAL,),
    "won": (INCENTIVES,),
    "paid": (BILLING,),
}
NOW_AND_THEN: Looking = IN_TURN | {"submitted": (), "won": ()}
ALL_THE_TIME: Looking = dict.fromkeys(IN_TURN, OWN)


@contextmanager
def house(folder: Path, template: Path, url: str | None, rival: Rival) -> Iterator[House]:
    folder.mkdir()
    made = House(folder, url or databases.copy_of_migrated_sqlite(template, folder), rival)
    yield made
    made.close()


def story(made: House, people: Looking) -> Told:
    """Live through all in which a rival matters, and see each time what Contoso gets to see."""
    seen: Told = {}
    number = made.own_draft()
    made.choose_digests(INCENTIVES)
    rival = made.rival_claim()
    made.file_others()
    seen["draft"] = made.seen(people["draft"], number)
    made.do("submit", number, INCENTIVES)
    seen["submitted"] = made.seen(people["submitted"], number)
    made.do("start_review", number, REVIEWER)
    made.settle(rival)
    made.earn(rival, *made.rival.earned)
    seen["lost"] = made.seen(people["lost"], number)
    made.do("dispute", number, INCENTIVES, justification="The customer works with us.")
    made.settle(number)
    seen["won"] = made.seen(people["won"], number)
    made.subscribe("active", "2026-12-31")
    made.wait(days=8)
    made.earn(number, "250.00", "-50.00")
    seen["paid"] = made.seen(people["paid"], number)
    return seen


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """What is seen of the rival as it usually is, for all tests that change something about it."""
    folder = tmp_path_factory.mktemp("usual")
    with house(folder / "house", folder / "template", None, Rival()) as made:
        return story(made, IN_TURN)


def test_every_field_of_the_rival_is_made_another() -> None:
    assert {field.name for field in fields(Rival)} == set(OTHERWISE)


# Which field it is, where the test of all at once fails.
@pytest.mark.soak
@pytest.mark.parametrize("field", OTHERWISE)
def test_nothing_differs_by(field: str, usual: Told, tmp_path: Path) -> None:
    rival = replace(Rival(), **{field: OTHERWISE[field]})
    with house(tmp_path / "house", tmp_path / "template", None, rival) as made:
        same(usual, story(made, IN_TURN))


@pytest.mark.broad
def test_nothing_differs_where_everything_is_another(usual: Told, tmp_path: Path) -> None:
    with house(tmp_path / "house", tmp_path / "template", None, Rival(**OTHERWISE)) as made:
        same(usual, story(made, IN_TURN))


@pytest.mark.broad
@pytest.mark.parametrize(
    ("database_url", "people"),
    [
        pytest.param("postgres", NOW_AND_THEN, id="postgres", marks=pytest.mark.postgres),
        pytest.param("sqlite", ALL_THE_TIME, id="sqlite-to-anybody", marks=pytest.mark.soak),
        pytest.param(
            "postgres", ALL_THE_TIME, id="postgres-to-anybody", marks=[pytest.mark.postgres, pytest.mark.soak]
        ),
    ],
    indirect=["database_url"],
)
def test_nothing_differs_on_any_database(
    database_url: str,
    people: Looking,
    tmp_path: Path,
    another_database: Callable[[], str],
) -> None:
    told = []
    for which, url in ((Rival(), database_url), (Rival(**OTHERWISE), another_database())):
        with house(tmp_path / which.account, tmp_path / "template", url, which) as made:
            told.append(story(made, people))
    same(*told)


@pytest.mark.broad
def test_every_route_that_a_partner_can_fetch_is_compared(usual: Told, tmp_path: Path) -> None:
    """A new route is fetched by itself; this holds that nothing is left out without a reason."""
    with house(tmp_path / "house", tmp_path / "template", None, Rival()) as made, made.app.app_context():
        routes = set(partner_rules(made.app, made.desk.policies.in_force()))
    compared = set[str]().union(*(seen.rules for seen in usual.values()))
    assert routes - compared == set(EXCLUDED)
    for seen in usual.values():
        assert {where for where, answer in seen.answers.items() if answer.status >= 500} == set()


@pytest.mark.broad
def test_the_pages_do_tell_that_there_is_a_rival(usual: Told) -> None:
    """What is compared says what it should: existence, and nothing of whose."""
    at_draft = said(usual["draft"], "/wizard/review")
    assert b"There is another claim for Microsoft Teams at this customer." in at_draft
    assert b"another one was approved" in b"".join(
        answer.content for where, answer in usual["lost"].answers.items() if where.startswith("mail")
    )
    everything = b"".join(answer.content for seen in usual.values() for answer in seen.answers.values())
    for words in (b"Woodgrove", b"woodgrove", b"CL-2026-000002"):
        assert words not in everything


@pytest.mark.broad
def test_what_is_compared_has_something_to_tell(usual: Told) -> None:
    """The pages of money and the digest are not compared while they are empty."""
    paid = usual["paid"]
    assert {"mail", "consent", BILLING} <= {where.split(" ")[0] for where in paid.answers}
    assert b"CL-2026-000001" in said(paid, "/reports/renewals.csv")
    assert b"200.00" in said(paid, "/earnings")
    assert b"250.00" in said(paid, "/earnings.csv")
    assert b"in your daily digest" in b"".join(
        answer.content for where, answer in paid.answers.items() if where.startswith(f"mail {INCENTIVES}")
    )
    assert said(paid, "/proof-pack.zip").startswith(b"PK")
    assert said(usual["won"], "/documents.zip?number=CL-2026-000001").startswith(b"PK")
    known = [answer.status for where, answer in paid.answers.items() if where.endswith("/news known")]
    assert known
    assert set(known) == {304}


def said(seen: Seen, where: str) -> bytes:
    found = [answer for path, answer in seen.answers.items() if path.endswith(where) and answer.status == 200]
    assert found, where
    return found[0].content


def same(usual: Told, other: Told) -> None:
    """Raise AssertionError with every address that answers otherwise, or by more statements."""
    assert usual.keys() == other.keys()
    for moment, seen in usual.items():
        mine, theirs = seen.answers, other[moment].answers
        assert mine.keys() == theirs.keys(), moment
        assert {where: told.statements for where, told in mine.items()} == {
            where: told.statements for where, told in theirs.items()
        }, f"statements when {moment}"
        assert [where for where, told in mine.items() if told != theirs[where]] == [], moment
