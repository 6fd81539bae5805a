"""The portal's files are for its own account alone, also those of an earlier version."""

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.settings import close_data_dir, keep_files_private


@pytest.fixture(autouse=True)
def umask_as_before() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_written_is_for_nobody_else(tmp_path: Path) -> None:
    keep_files_private()
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    assert (mode_of(tmp_path / "folder"), mode_of(tmp_path / "file")) == (0o700, 0o600)


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o770, 0o777, 0o701])
def test_a_folder_that_stood_open_is_closed_and_that_is_told_once(
    tmp_path: Path, mode: int, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(mode)
    with caplog.at_level(logging.WARNING):
        close_data_dir(folder)
        close_data_dir(folder)
    assert mode_of(folder) == 0o700
    (line,) = caplog.records
    assert line.__dict__["folder"] == str(folder)
    assert line.__dict__["mode_before"] == f"{mode:o}"


def test_a_folder_that_many_share_is_left_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    close_data_dir(tmp_path)
    assert mode_of(tmp_path) == 0o1777


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o755)
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    close_data_dir(tmp_path)
    assert mode_of(tmp_path) == 0o755


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    close_data_dir(tmp_path / "data")
    assert not (tmp_path / "data").exists()
