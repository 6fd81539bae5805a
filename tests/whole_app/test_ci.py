"""A green run under CI has seen Chromium and PostgreSQL: there, a test that needs one is not skipped."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = """
import pytest

@pytest.mark.browser
def test_in_chromium():
    pytest.skip("there is none here")

@pytest.mark.postgres
def test_on_postgresql():
    pytest.skip("there is none here")
"""


@pytest.mark.parametrize(("ci", "code", "told"), [("true", 1, "2 failed"), ("", 0, "2 skipped")])
def test_what_ci_must_run_is_not_skipped_there(tmp_path: Path, ci: str, code: int, told: str) -> None:
    (tmp_path / "test_skipped.py").write_text(SKIPPED, encoding="utf-8")
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "tests.conftest",
            "-c",
            ROOT / "pyproject.toml",
            "-q",
            tmp_path,
        ],
        cwd=ROOT,
        env={**os.environ, "CI": ci, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == code, run.stdout + run.stderr
    assert told in run.stdout
