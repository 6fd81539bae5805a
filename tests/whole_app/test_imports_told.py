"""docs/imports.md tells exactly the columns that the code reads, what they mean, and an example of each."""

import re
from dataclasses import fields

import pytest

from portal.cli.imports import KINDS
from portal.imports.kinds import Kind
from portal.imports.running import FileTotals, Outcome, Part
from portal.incentives.sheets import SHEETS
from tests.conftest import ROOT

TOLD = (ROOT / "docs" / "imports.md").read_text(encoding="utf-8")


def table(kind: Kind) -> str:
    """Return the columns of a kind as the document has to tell them."""
    rows = [
        f"| `{one.name}` | {one.means} | {'yes' if one.required else 'no'} | "
        f"{f'`{one.example}`' if one.example else ''} |"
        for one in kind.columns
    ]
    return "\n".join(["| column | what it holds | required | example |", "|---|---|---|---|", *rows])


@pytest.mark.parametrize("kind", SHEETS, ids=lambda kind: str(kind.code))
def test_the_columns_of_each_kind_are_told_as_the_code_has_them(kind: Kind) -> None:
    found = re.search(rf"<!-- columns: {kind.code} -->\n\n(.*?)\n\n", TOLD, re.DOTALL)
    assert found is not None, f"docs/imports.md has no table of {kind.code}; it must be:\n{table(kind)}"
    assert found[1].replace(" |  |", " | |") == table(kind).replace(" |  |", " | |")


def test_every_field_that_the_command_prints_is_told() -> None:
    table = TOLD.partition("`--json` prints")[2]
    printed = {one.name for kind in (Outcome, FileTotals, Part) for one in fields(kind)} | {"dry_run"}
    assert printed <= set(re.findall(r"`(\w+)`", table))


def test_the_document_and_the_command_know_the_same_kinds() -> None:
    assert {kind.code for kind in SHEETS} == set(KINDS) == set(re.findall(r"<!-- columns: (\w+) -->", TOLD))
