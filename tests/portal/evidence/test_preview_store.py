"""Drawn pages on the disk: found again, within their room, and gone with their document."""

from hashlib import sha256
from pathlib import Path

import pytest

from portal.evidence.preview_store import PreviewStore
from portal.evidence.store import FileStore

SHA, OTHER = sha256(b"one").hexdigest(), sha256(b"two").hexdigest()


def test_a_page_is_found_again_until_its_document_is_forgotten(tmp_path: Path) -> None:
    kept = PreviewStore(tmp_path / "previews", 1000)
    assert kept.get(SHA, "1.png") is None
    kept.put(SHA, "1.png", b"a page")
    kept.put(OTHER, "1.png", b"another")
    assert kept.get(SHA, "1.png") == b"a page"
    kept.forget(SHA)
    assert kept.get(SHA, "1.png") is None
    assert kept.get(OTHER, "1.png") == b"another"


def test_the_pages_drawn_longest_ago_make_room(tmp_path: Path) -> None:
    kept = PreviewStore(tmp_path, 1000)
    for page in range(1, 11):
        kept.put(SHA, f"{page}.png", b"x" * 300)
    held = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in held) <= 1000
    assert kept.get(SHA, "10.png") is not None
    assert kept.get(SHA, "1.png") is None


def test_clearing_up_leaves_the_pages_of_documents_that_are_kept_and_no_problems(tmp_path: Path) -> None:
    files = FileStore(tmp_path / "documents")
    kept = PreviewStore(tmp_path / "previews", 1000)
    files.put(b"one")
    for name in ("1.png", "2.png.problem"):
        kept.put(SHA, name, b"x")
    kept.put(OTHER, "1.png", b"x")
    kept.clear_up(files)
    assert kept.get(SHA, "1.png") == b"x"
    assert kept.get(SHA, "2.png.problem") is None
    assert kept.get(OTHER, "1.png") is None


def test_a_disk_that_takes_nothing_keeps_nobody_from_reading(tmp_path: Path) -> None:
    (tmp_path / "previews").write_bytes(b"no folder")
    kept = PreviewStore(tmp_path / "previews", 1000)
    kept.put(SHA, "1.png", b"x")
    assert kept.get(SHA, "1.png") is None


@pytest.mark.parametrize(
    ("sha", "name"), [("../" + SHA, "1.png"), (SHA, "../1.png"), (SHA, "0.png"), (SHA, "1.exe")]
)
def test_no_name_leads_out_of_the_folder(tmp_path: Path, sha: str, name: str) -> None:
    kept = PreviewStore(tmp_path, 1000)
    with pytest.raises(ValueError, match="named by"):
        kept.get(sha, name)
    with pytest.raises(ValueError, match="named by"):
        kept.put(sha, name, b"x")
