"""Reading goes on after a stop, is shared by several at once, and lists the first mistakes."""

from dataclasses import replace
from typing import BinaryIO, cast

import pytest

from portal.evidence.store import FileStore
from portal.imports import reading
from portal.imports.importer import NoImport
from portal.imports.model import MISTAKES_AT_MOST
from portal.imports.reading import read_in
from portal.imports.using import drop
from tests.bare_app import at_once
from tests.portal.imports.conftest import Imports, subscriptions

ROWS = 2600
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Pulled:
    """A file on a disk that somebody pulls out after so many bytes."""

    def __init__(self, file: BinaryIO, left: int) -> None:
        self._file = file
        self._left = left

    def read(self, size: int = -1) -> bytes:
        self._left -= size
        if self._left < 0:
            raise OSError("the disk is gone")
        return self._file.read(size)

    def seek(self, place: int) -> int:
        return self._file.seek(place)

    def __enter__(self) -> "Pulled":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


class PulledStore(FileStore):
    """A store whose disk is pulled out in the middle of a file."""

    def open(self, sha256: str) -> BinaryIO:
        return cast(BinaryIO, Pulled(super().open(sha256), 120_000))


class OvertakenStore(FileStore):
    """A store that somebody else reads the first parts of an import from while it opens the file."""

    def __init__(self, imports: Imports, import_id: int) -> None:
        super().__init__(imports.importer.settings.documents_dir)
        self._other = lambda: read_and_stop(imports, import_id)

    def open(self, sha256: str) -> BinaryIO:
        at_once([self._other])
        return super().open(sha256)


def read_and_stop(imports: Imports, import_id: int) -> None:
    broken = replace(imports.importer, files=PulledStore(imports.importer.settings.documents_dir))
    with imports.filing.context(), pytest.raises(OSError, match="disk is gone"):
        read_in(broken, import_id)


def test_who_is_overtaken_goes_on_behind_what_the_other_read(imports: Imports) -> None:
    import_id = imports.take(subscriptions(ROWS))
    with imports.filing.context():
        read_in(replace(imports.importer, files=OvertakenStore(imports, import_id)), import_id)
    row = imports.row(import_id)
    assert (row.state, row.read, row.fresh, row.same) == ("ready", ROWS, ROWS, 0)


def test_a_stop_in_the_middle_goes_on_where_it_stopped(imports: Imports) -> None:
    import_id = imports.take(subscriptions(ROWS))
    read_and_stop(imports, import_id)
    stopped = imports.row(import_id)
    assert stopped.state == "reading"
    assert 0 < stopped.read == stopped.fresh == imports.count() < ROWS
    row = imports.read(import_id)
    assert (row.state, row.read, row.fresh, row.same) == ("ready", ROWS, ROWS, 0)
    assert imports.count() == ROWS


@pytest.mark.parametrize("readers", [2, 4])
def test_several_who_read_at_once_read_each_row_once(imports: Imports, readers: int) -> None:
    import_id = imports.take(subscriptions(ROWS))
    at_once([lambda: imports.read(import_id)] * readers)
    row = imports.row(import_id)
    assert (row.state, row.read, row.fresh, row.same, row.wrong) == ("ready", ROWS, ROWS, 0, 0)
    assert imports.count() == ROWS


def test_overlapping_files_that_are_read_at_once_share_their_rows(imports: Imports) -> None:
    first, second = imports.take(subscriptions(900)), imports.take(subscriptions(900, start=300))
    at_once([lambda: imports.read(first), lambda: imports.read(second)])
    assert [imports.row(one).state for one in (first, second)] == ["ready", "ready"]
    assert imports.count() == 1200


def test_who_comes_late_finds_the_file_read_whole(imports: Imports) -> None:
    import_id = imports.checked(subscriptions(3))
    assert imports.read(import_id).fresh == 3
    with imports.filing.context():
        drop(imports.importer, import_id, imports.actor)
    assert imports.read(import_id).state == "dropped"
    with imports.filing.context(), pytest.raises(NoImport):
        read_in(imports.importer, 2147483647)


@SQLITE
def test_mistakes_are_counted_by_rows_and_the_first_thousand_are_listed(imports: Imports) -> None:
    row = imports.row(imports.checked(subscriptions(1100, as_of="yesterday")))
    assert (row.state, row.wrong, row.fresh) == ("wrong", 1100, 0)
    found = imports.mistakes(row.id)
    assert len(found) == MISTAKES_AT_MOST
    assert found[0] == (2, "as_of", "yesterday", "It is no day. Write it as 2026-11-30.")
    assert found[-1][0] == 1001


@SQLITE
def test_mistakes_are_kept_in_english_and_long_cells_cut(imports: Imports) -> None:
    ((_, _, cell, reason),) = imports.mistakes(imports.checked(subscriptions(1, state="x" * 500)))
    assert len(cell) == reading.CELL_CHARACTERS_AT_MOST
    assert reason.startswith("It is none of these: ")
