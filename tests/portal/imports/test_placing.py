"""Rows find their place: new, known, or contradicting what counts or what the file said before."""

from portal.imports.using import undo
from tests.portal.imports.conftest import SUBSCRIPTION, Imports, sheet, subscriptions


def test_new_rows_wait_and_do_not_count(imports: Imports) -> None:
    row = imports.row(imports.checked(subscriptions(3)))
    assert (row.state, row.fresh, row.same, row.wrong) == ("ready", 3, 0, 0)
    assert imports.count() == 3
    assert imports.live() == set()


def test_what_stands_in_a_file_twice_counts_once(imports: Imports) -> None:
    row = imports.row(imports.checked(sheet([SUBSCRIPTION, SUBSCRIPTION | {"product": "teams"}])))
    assert (row.state, row.fresh, row.same) == ("ready", 1, 1)
    assert imports.count() == 1


def test_a_file_that_contradicts_itself_is_told_so_with_the_difference(imports: Imports) -> None:
    row = imports.row(imports.checked(sheet([SUBSCRIPTION, SUBSCRIPTION | {"state": "suspended"}])))
    assert (row.state, row.fresh, row.wrong) == ("wrong", 1, 1)
    ((number, column, _, reason),) = imports.mistakes(row.id)
    assert (number, column) == (3, "")
    assert "An earlier row of the file" in reason
    assert "state was “active”" in reason


def test_what_contradicts_a_row_that_counts_is_told_so_with_the_difference(imports: Imports) -> None:
    undone, first, second = (imports.used(subscriptions(number)) for number in (1, 1, 2))
    with imports.filing.context():
        undo(imports.importer, undone, imports.actor)
    row = imports.row(imports.checked(subscriptions(2, ends_on="2027-01-31")))
    assert (row.state, row.fresh, row.wrong) == ("wrong", 0, 2)
    (_, _, _, twice), (_, _, _, once) = imports.mistakes(row.id)
    assert twice.startswith(f"What counts by import {first}, import {second} says something else")
    assert once.startswith(f"What counts by import {second} says something else")
    assert "ends_on was “”" in once


def test_rows_that_count_already_are_known_and_kept_once(imports: Imports) -> None:
    imports.used(subscriptions(2))
    row = imports.row(imports.checked(subscriptions(3)))
    assert (row.state, row.fresh, row.same) == ("ready", 1, 2)
    assert imports.count() == 3
