"""Packs that somebody made to harm whoever verifies them: told in a sentence, and at no cost."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from portal.proof.linking import event_findings
from portal.proof.reading import FILES_AT_MOST, TEXT_BYTES_AT_MOST, PackFile, Unreadable
from portal.proof.verifying import verify
from tests.portal.proof.packs import written

MANIFEST: dict[str, Any] = {
    "claim": "CL-2026-000001", "told_to": "partner", "made_at": "then", "made_by": "Kim", "files": [],
}  # fmt: skip
NO_LIST = "manifest.json: It is not the list of files of a proof pack."


def told(path: Path) -> list[str]:
    return [f"{one.file}: {one.problem}" for one in verify(path).findings]


def with_manifest(path: Path, **said: object) -> Path:
    return written(path, {"manifest.json": json.dumps({**MANIFEST, **said}).encode()})


@pytest.mark.parametrize(
    "file",
    [
        {"path": "a", "size": float("inf"), "sha256": "b"},
        {"path": "\ud800", "size": 1, "sha256": "b"},
        {"path": "a", "size": 1, "sha256": "\udfff"},
    ],
)
def test_a_list_that_cannot_be_one_is_told(tmp_path: Path, file: dict[str, object]) -> None:
    assert told(with_manifest(tmp_path / "false.zip", files=[file])) == [NO_LIST]


def test_more_files_than_any_pack_has_are_not_looked_at(tmp_path: Path) -> None:
    files = [{"path": f"a{number}", "size": 1, "sha256": "b"} for number in range(FILES_AT_MOST + 1)]
    assert told(with_manifest(tmp_path / "listed.zip", files=files)) == [NO_LIST]
    path = written(tmp_path / "packed.zip", {f"a{number}": b"" for number in range(FILES_AT_MOST + 1)})
    assert told(path) == [f"packed.zip: It holds more than {FILES_AT_MOST} files, and no pack does."]


@pytest.mark.parametrize("way", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_what_is_compressed_in_a_way_of_its_own_is_not_unpacked(tmp_path: Path, way: int) -> None:
    path = tmp_path / "odd.zip"
    with zipfile.ZipFile(path, "w", way) as whole:
        whole.writestr("manifest.json", json.dumps(MANIFEST))
    damaged = path.read_bytes().replace(b"]\x00", b"\xff\xff", 1)
    path.write_bytes(damaged)
    assert told(path) == ["manifest.json: It is compressed in a way in which no pack is."]


def test_a_small_file_does_not_unpack_to_a_large_one(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as whole:
        for name in "abcdef":
            whole.writestr(name, bytes(TEXT_BYTES_AT_MOST))
    with PackFile(path) as pack:
        sizes = [pack.digest(name, 10**15)[0] for name in "ab"]
        assert sizes == [TEXT_BYTES_AT_MOST, TEXT_BYTES_AT_MOST]
        with pytest.raises(Unreadable, match="unpacks to more than any pack of this size"):
            [pack.digest(name, 10**15) for name in "cdef"]


def test_what_goes_deeper_than_can_be_counted_is_told() -> None:
    for depth in range(300, 1000):
        try:
            deep = json.loads("[" * depth + "]" * depth)
        except RecursionError:
            break  # which PackFile tells
        event = {"place": 1, "previous": "", "status": [None, None], "details": deep, "link": ""}
        assert list(event_findings([event], "CL-2026-000001", "partner"))
