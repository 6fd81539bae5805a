"""`portal import` as a shell calls it: what it prints, how it ends, what a second time changes."""

import json
from pathlib import Path

import pytest

from portal.app import create_app
from portal.db import db
from portal.settings import read_settings
from tests.portal.imports.conftest import SUBSCRIPTION, sheet, subscriptions
from tests.portal.test_cli import Shell, process_as_before

__all__ = ["process_as_before"]  # a fixture that every test here uses


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    made = Shell(tmp_path / "data")
    made.env["PORTAL_DEVELOPMENT"] = "true"
    made.done("db", "upgrade")
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "november.csv"
    path.write_bytes(subscriptions(3))
    return path


def told(shell: Shell, *words: str, code: int = 0) -> dict[str, object]:
    result = shell.call("import", *words, "--json")
    assert result.exit_code == code, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


def test_a_dry_run_changes_nothing_and_the_second_time_all_is_known(shell: Shell, file: Path) -> None:
    counted = {
        "kind": "subscriptions",
        "file": "november.csv",
        "rows": 3,
        "wrong": 0,
        "mistakes": [],
        "totals": [],
    }
    tries = [told(shell, "subscriptions", str(file), *words) for words in (["--dry-run"], [], [])]
    for one, (fresh, same, used, dry_run) in zip(
        tries, [(3, 0, False, True), (3, 0, True, False), (0, 3, True, False)], strict=True
    ):
        expected = counted | {"fresh": fresh, "same": same, "used": used, "dry_run": dry_run, "problem": ""}
        assert {name: value for name, value in one.items() if name != "number"} == expected
    assert [one["number"] for one in tries] == [1, 2, 3]


def test_mistakes_are_told_by_row_and_cell_and_end_with_1(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(sheet([SUBSCRIPTION, SUBSCRIPTION | {"as_of": "x", "tenant_id": ""}]))
    found = told(shell, "subscriptions", str(path), code=1)
    assert (found["used"], found["wrong"], found["fresh"]) == (False, 1, 1)
    reasons = {"tenant_id": "It is empty and must not be.", "as_of": "It is no day. Write it as 2026-11-30."}
    assert found["mistakes"] == [
        {"row": 3, "column": "tenant_id", "cell": "", "reason": reasons["tenant_id"]},
        {"row": 3, "column": "as_of", "cell": "x", "reason": reasons["as_of"]},
    ]
    result = shell.call("import", "subscriptions", str(path))
    assert result.exit_code == 1
    assert f"row 3, tenant_id (empty): {reasons['tenant_id']}" in result.output
    assert "2 rows: 1 new, 0 known already, 1 wrong. Nothing was imported." in result.output


def test_what_is_no_sheet_ends_with_1_and_a_sentence(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "letter.csv"
    path.write_bytes(b"Dear all\n")
    found = told(shell, "subscriptions", str(path), code=1)
    assert found["used"] is False
    assert "The column “tenant_id” is missing." in str(found["problem"])
    result = shell.call("import", "subscriptions", str(path))
    assert result.exit_code == 1
    assert "is missing" in result.output
    assert shell.call("import", "wishes", str(path)).exit_code == 2


def test_the_folder_of_a_demo_is_worked_on(shell: Shell, file: Path, tmp_path: Path) -> None:
    demo = tmp_path / "demo"
    settings = read_settings(demo=True, data_dir=demo, rules_dir=Path(str(shell.env["PORTAL_RULES_DIR"])))
    demo.mkdir()
    shell.env |= {"PORTAL_SECRET_KEY": None, "PORTAL_DATA_DIR": str(tmp_path / "elsewhere")}
    app = create_app(settings)
    with app.app_context():
        db.engine.dispose()
    shell.env |= {"PORTAL_DEMO": "true", "PORTAL_DATA_DIR": str(demo)}
    shell.done("db", "upgrade")
    shell.env |= {"PORTAL_DEMO": None, "PORTAL_DATA_DIR": str(tmp_path / "elsewhere")}
    assert "3 rows: 3 new" in shell.done("import", "subscriptions", str(file), "--data", str(demo))
    assert not (tmp_path / "elsewhere").exists()
