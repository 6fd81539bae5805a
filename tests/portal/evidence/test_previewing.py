"""Who waits to see a page, and who is told to come again because enough people wait."""

import threading
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from queue import Queue
from typing import BinaryIO

import pytest

from portal.evidence import previewing
from portal.evidence.model import StoredFile
from portal.evidence.preview_store import PreviewStore
from portal.evidence.previewing import PROBLEMS, NoPreview, Previews
from portal.evidence.store import FileStore
from portal.evidence.turns import PLACES_EACH, Turns
from portal.settings import read_settings


class SlowStore(FileStore):
    """Documents whose reading lasts until `opened` is set."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.opened = threading.Event()

    def open(self, sha256: str) -> BinaryIO:
        self.opened.wait()
        return BytesIO(b"%PDF-1.7 nothing")


def test_whoever_finds_enough_people_waiting_is_told_so_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slow documents of one person must not take the threads that answer all others."""
    monkeypatch.setattr(previewing, "_turns", Turns(places=3, seconds=300.0))
    files, told = SlowStore(tmp_path / "documents"), Queue[str]()
    previews = Previews(
        files, PreviewStore(tmp_path / "previews", 1000), read_settings(demo=True, data_dir=tmp_path)
    )
    more = 3

    def look(page: int) -> None:
        file = StoredFile(sha256=sha256(b"slow").hexdigest(), media_type="application/pdf", pages=20)
        try:
            previews.picture(file, page, "person 1")
        except NoPreview as reason:
            told.put(str(reason))

    lookers = [threading.Thread(target=look, args=(page,)) for page in range(1, PLACES_EACH + more + 1)]
    try:
        for looker in lookers:
            looker.start()
        assert [told.get(timeout=30) for _ in range(more)] == [PROBLEMS["busy"]] * more
        assert told.empty()
    finally:
        files.opened.set()
        for looker in lookers:
            looker.join()
    assert PROBLEMS["busy"] not in list(told.queue), "those who waited had their turn"
