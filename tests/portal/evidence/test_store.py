import hashlib
import os
import secrets
import stat
from io import BytesIO
from pathlib import Path

import pytest

from portal.evidence.store import FileStore
from tests.bare_app import at_once

CONTENT = b"%PDF-1.7 a letter"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "data" / "documents"


def files_of(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_a_content_is_kept_under_its_hash(root: Path) -> None:
    store = FileStore(root)

    assert store.put(CONTENT) == SHA256
    assert store.path(SHA256) == root / SHA256[:2] / SHA256
    with store.open(SHA256) as kept:
        assert kept.read() == CONTENT


def test_the_same_content_is_kept_once(root: Path) -> None:
    store = FileStore(root)

    assert store.put(CONTENT) == store.put(CONTENT) == SHA256
    assert files_of(root) == [store.path(SHA256)]


def test_nobody_else_on_the_machine_may_read_it(root: Path) -> None:
    store = FileStore(root)
    store.put(CONTENT)

    assert stat.S_IMODE(store.path(SHA256).stat().st_mode) == 0o600
    assert stat.S_IMODE(root.stat().st_mode) == 0o700
    assert stat.S_IMODE(store.path(SHA256).parent.stat().st_mode) == 0o700


def test_a_damaged_content_is_whole_again_once_it_comes_back(root: Path) -> None:
    store = FileStore(root)
    store.put(CONTENT)
    store.path(SHA256).write_bytes(b"half")

    store.put(CONTENT)

    assert store.path(SHA256).read_bytes() == CONTENT


def test_many_may_bring_the_same_content_at_once(root: Path) -> None:
    content = os.urandom(500_000)
    at_once([lambda: FileStore(root).put(content)] * 8)

    assert [path.read_bytes() for path in files_of(root)] == [content]


def test_a_content_and_its_name_have_reached_the_disk_before_it_is_told(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Watches the real calls: the file, while it has no name yet, then every folder that got a new name."""
    root.parent.mkdir()
    synced: list[tuple[str, bool]] = []
    real = os.fsync

    def watched(handle: int) -> None:
        synced.append(
            (str(Path(f"/proc/self/fd/{handle}").readlink()), FileStore(root).path(SHA256).exists())
        )
        real(handle)

    monkeypatch.setattr(os, "fsync", watched)
    FileStore(root).put(CONTENT)

    folder = str(root / SHA256[:2])
    assert synced[0] == (str(root.parent), False)
    assert synced[1] == (str(root), False)
    assert synced[2][0].startswith(f"{folder}/.{SHA256}")
    assert synced[2][1] is False
    assert synced[3:] == [(folder, True)]


def test_what_could_not_be_written_leaves_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        if Path(f"/proc/self/fd/{handle}").readlink().is_file():
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(OSError, match="No space left"):
        FileStore(root).put(CONTENT)
    assert files_of(root) == []


@pytest.mark.parametrize(
    "name", ["", "..", "../../etc/passwd", SHA256.upper(), SHA256 + "\n", SHA256[:-1], "０" * 64]
)
def test_only_a_hash_names_a_content(root: Path, name: str) -> None:
    with pytest.raises(ValueError, match="64 lower-case hex digits"):
        FileStore(root).open(name)


def test_what_is_not_kept_is_not_found(root: Path) -> None:
    with pytest.raises(FileNotFoundError):
        FileStore(root).open(SHA256)


class Changing(BytesIO):
    """A file that somebody writes to whenever it is read from its beginning again."""

    def seek(self, place: int, whence: int = 0) -> int:
        super().seek(0)
        self.write(secrets.token_bytes(8))
        return super().seek(place, whence)


def test_a_file_that_changes_while_it_is_read_is_not_kept(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "documents")
    with pytest.raises(OSError, match="changed while it was read"):
        store.put_file(Changing(b"twelve bytes"))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_an_open_file_is_kept_whole_wherever_it_was_read_to(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "documents")
    file = BytesIO(bytes(range(256)) * 10_000)
    file.read(100)
    assert store.open(store.put_file(file)).read() == file.getvalue()
