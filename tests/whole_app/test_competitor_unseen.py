"""Nothing that a partner can fetch or is sent differs by who competes with it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from tests import databases
from tests.whole_app.rivalry import OWN, REVIEWER, REVIEWER2, House, Rival, Seen

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
}
Told = dict[str, Seen]


@contextmanager
def house(folder: Path, template: Path, url: str | None, rival: Rival) -> Iterator[House]:
    folder.mkdir()
    made = House(folder, url or databases.copy_of_migrated_sqlite(template, folder), rival)
    yield made
    made.close()


def story(made: House, people: tuple[str, ...]) -> Told:
    """Live through all in which a rival matters, and see each time what Contoso gets to see."""
    seen: Told = {}
    number = made.own_draft()
    rival = made.rival_claim()
    made.file_others()
    seen["draft"] = made.seen(people)
    made.do("submit", number, OWN[0])
    seen["submitted"] = made.seen(people)
    made.do("start_review", number, REVIEWER)
    made.settle(rival)
    seen["lost"] = made.seen(people)
    made.do("dispute", number, OWN[0], justification="The customer works with us.")
    made.settle(number)
    seen["won"] = made.seen(people)
    return seen


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("usual")
    with house(folder / "house", folder / "template", None, Rival()) as made:
        return story(made, OWN[:1])


def test_every_field_of_the_rival_is_made_another() -> None:
    assert {field.name for field in fields(Rival)} == set(OTHERWISE)


# Which field it is, where the test of all at once fails.
@pytest.mark.soak
@pytest.mark.parametrize("field", OTHERWISE)
def test_nothing_differs_by(field: str, usual: Told, tmp_path: Path) -> None:
    rival = replace(Rival(), **{field: OTHERWISE[field]})
    with house(tmp_path / "house", tmp_path / "template", None, rival) as made:
        same(usual, story(made, OWN[:1]))


def test_nothing_differs_to_anybody_where_everything_is_another(
    database_url: str, tmp_path: Path, another_database: Callable[[], str]
) -> None:
    rival = Rival(**OTHERWISE)
    told = []
    for which, url in ((Rival(), database_url), (rival, another_database())):
        with house(tmp_path / which.account, tmp_path / "template", url, which) as made:
            told.append(story(made, OWN))
    same(*told)


def test_the_pages_do_tell_that_there_is_a_rival(usual: Told) -> None:
    """What is compared says what it should: existence, and nothing of whose."""
    at_draft = said(usual["draft"], "/wizard/review")
    assert b"Another association exists for Microsoft Teams at this customer." in at_draft
    assert b"another one was approved" in b"".join(
        answer for where, (_, answer, _) in usual["lost"].answers.items() if where.startswith("mail")
    )
    kinds = {where.split(" ")[0] for where in usual["won"].answers}
    assert {"mail", "consent", OWN[0]} <= kinds
    assert any(where.endswith("/claims.xlsx") for where in usual["won"].answers)
    everything = b"".join(answer for seen in usual.values() for _, answer, _ in seen.answers.values())
    for words in (b"Woodgrove", b"woodgrove", b"CL-2026-000002"):
        assert words not in everything


def said(seen: Seen, where: str) -> bytes:
    return next(answer for path, (_, answer, _) in seen.answers.items() if path.endswith(where))


def same(usual: Told, other: Told) -> None:
    """Raise AssertionError with every address that answers otherwise, or by more statements."""
    assert usual.keys() == other.keys()
    for moment, seen in usual.items():
        mine, theirs = seen.answers, other[moment].answers
        assert mine.keys() == theirs.keys(), moment
        assert {where: told[2] for where, told in mine.items()} == {
            where: told[2] for where, told in theirs.items()
        }, f"statements when {moment}"
        assert [where for where, told in mine.items() if told != theirs[where]] == [], moment
