"""What a kind of sheet says of headings and of rows: every mistake at once, each with its cell."""

import pytest

from portal.imports.kinds import Kind
from portal.imports.sheets import Line
from portal.rulebook.rulebook import Rulebook
from tests.portal.imports.conftest import SUBSCRIPTION, Imports

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def kind(imports: Imports) -> Kind:
    return imports.importer.kinds["subscriptions"]


def test_every_missing_and_unknown_heading_is_told_with_what_may_be_meant(kind: Kind) -> None:
    names = [name for name in SUBSCRIPTION if name not in ("as_of", "state", "ends_on")]
    told = kind.wrong_headings([*names, "stat", "price"])
    assert told == [
        "The column “state” is missing.",
        "The column “as_of” is missing.",
        "There is no column “stat”. Did you mean “state”? Rename or delete it.",
        "There is no column “price”. Rename or delete it.",
    ]
    assert kind.wrong_headings(list(SUBSCRIPTION)) == []


def test_every_mistake_of_a_row_is_told_at_once(kind: Kind, rulebook: Rulebook) -> None:
    cells = SUBSCRIPTION | {"tenant_id": "", "as_of": "yesterday", "product": "Teems"}
    entry = kind.read(Line(7, cells, surplus=1), rulebook)
    assert [(one.column, one.cell) for one in entry.mistakes] == [
        ("tenant_id", ""),
        ("product", "Teems"),
        ("as_of", "yesterday"),
        ("", ""),
    ]
    assert "Microsoft Teams" in entry.mistakes[1].reason


def test_a_row_is_the_same_however_its_cells_are_typed(kind: Kind, rulebook: Rulebook) -> None:
    typed = SUBSCRIPTION | {"tenant_id": SUBSCRIPTION["tenant_id"].lower(), "product": "teams"}
    rows = [kind.read(Line(2, cells), rulebook) for cells in (SUBSCRIPTION, typed)]
    assert [row.mistakes for row in rows] == [[], []]
    assert rows[0].digest == rows[1].digest
    assert kind.read(Line(2, typed | {"state": "suspended"}), rulebook).digest != rows[0].digest


def test_the_example_of_every_template_can_be_read(imports: Imports, rulebook: Rulebook) -> None:
    for one in imports.importer.kinds.values():
        example = {column.name: column.example for column in one.columns}
        assert one.read(Line(2, example), rulebook).mistakes == []
