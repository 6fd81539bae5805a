"""Rows count from use to undo, all or none, and as long as any import in use brought them."""

from collections.abc import Callable

import pytest

from portal.accounts.actor import Actor
from portal.imports.importer import Importer, NotNow
from portal.imports.using import drop, undo, use
from tests.bare_app import at_once
from tests.portal.imports.conftest import Imports, subscriptions

Work = Callable[[Importer, int, Actor], None]
STATES: dict[str, Callable[[Imports], int]] = {
    "reading": lambda imports: imports.take(subscriptions(1)),
    "ready": lambda imports: imports.checked(subscriptions(1)),
    "wrong": lambda imports: imports.checked(subscriptions(1, state="x")),
    "in_use": lambda imports: imports.used(subscriptions(1)),
}


def do(imports: Imports, work: Work, import_id: int) -> str:
    """Return "" where it was done, or the sentence that refused it."""
    with imports.filing.context():
        try:
            work(imports.importer, import_id, imports.actor)
        except NotNow as refused:
            return str(refused)
    return ""


def test_use_and_undo_let_all_rows_count_and_none(imports: Imports) -> None:
    import_id = imports.used(subscriptions(3))
    assert len(imports.live()) == 3
    assert do(imports, undo, import_id) == ""
    assert imports.live() == set()
    again = imports.used(subscriptions(3))
    assert (len(imports.live()), imports.count(), imports.row(again).fresh) == (3, 3, 3)


def test_undo_leaves_what_another_import_in_use_brought(imports: Imports) -> None:
    first, second = imports.used(subscriptions(3)), imports.used(subscriptions(3, start=2))
    assert len(imports.live()) == 5
    assert do(imports, undo, first) == ""
    assert len(imports.live()) == 3
    assert do(imports, undo, second) == ""
    assert imports.live() == set()


def test_an_import_that_another_contradicted_meanwhile_is_checked_again_and_tells_its_rows(
    imports: Imports,
) -> None:
    late = imports.checked(subscriptions(3, state="suspended"))
    other = imports.used(subscriptions(1, start=1))
    assert "says something else of some of its rows" in do(imports, use, late)
    row = imports.read(late)
    assert (row.state, row.fresh, row.same, row.wrong, len(imports.live())) == ("wrong", 2, 0, 1, 1)
    ((line, column, _, reason),) = imports.mistakes(late)
    assert (line, column) == (3, "")
    assert f"What counts by import {other} says something else" in reason


def test_what_is_new_of_an_import_follows_what_comes_into_use_before_it(imports: Imports) -> None:
    ready = imports.checked(subscriptions(3))

    def counted() -> tuple[int, int]:
        row = imports.row(ready)
        return row.fresh, row.same

    assert counted() == (3, 0)
    other = imports.used(subscriptions(2, start=2))
    assert counted() == (2, 1)
    do(imports, undo, other)
    assert counted() == (3, 0)


def test_what_is_dropped_is_gone_but_not_what_others_brought(imports: Imports) -> None:
    kept, dropped = imports.checked(subscriptions(2)), imports.checked(subscriptions(2, start=1))
    assert do(imports, drop, dropped) == ""
    assert imports.count() == 2
    assert do(imports, use, kept) == ""
    assert len(imports.live()) == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("state", "work", "told"),
    [
        ("reading", use, "still being read"),
        ("wrong", use, "Mend them"),
        ("in_use", use, "in use already"),
        ("ready", undo, "nothing to undo"),
        ("reading", undo, "still being read"),
        ("in_use", drop, "Undo it first"),
    ],
)
def test_what_cannot_be_done_in_a_state_is_refused_in_words(
    imports: Imports, state: str, work: Work, told: str
) -> None:
    import_id = STATES[state](imports)
    assert told in do(imports, work, import_id)
    assert imports.row(import_id).state == state


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_over_is_over(imports: Imports) -> None:
    undone, dropped = imports.used(subscriptions(1)), imports.checked(subscriptions(1, start=5))
    assert [do(imports, undo, undone), do(imports, drop, dropped)] == ["", ""]
    for work in (use, undo, drop):
        assert "was undone" in do(imports, work, undone)
        assert "was discarded" in do(imports, work, dropped)


@pytest.mark.parametrize("round_", range(4))
def test_use_and_undo_at_once_leave_no_row_dead_that_an_import_in_use_holds(
    imports: Imports, round_: int
) -> None:
    first = imports.used(subscriptions(300))
    second = imports.checked(subscriptions(300, start=100))
    third = imports.used(subscriptions(300, start=200))
    at_once(
        [
            lambda: do(imports, undo, first),
            lambda: do(imports, use, second),
            lambda: do(imports, undo, third),
        ]
    )
    assert [imports.row(one).state for one in (first, second, third)] == ["undone", "in_use", "undone"]
    assert {key.split("|")[2] for key in imports.live()} == {f"sub-{n}" for n in range(100, 400)}


@pytest.mark.parametrize("round_", range(3))
def test_of_two_that_contradict_each_other_one_comes_into_use(imports: Imports, round_: int) -> None:
    one, other = (imports.checked(subscriptions(50, state=state)) for state in ("active", "suspended"))
    at_once([lambda: do(imports, use, one), lambda: do(imports, use, other)])
    assert sorted(imports.read(each).state for each in (one, other)) == ["in_use", "wrong"]
    assert len(imports.live()) == 50
