"""Looks at what is kept of documents: the contents on the disk, their rows, and what claims refer to."""

import os
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from portal.claims.model import ClaimDocument
from portal.db import db
from portal.evidence.discarding import GRACE
from portal.evidence.model import StoredFile
from tests.portal.reviews.filing import Filing


def files_of(filing: Filing) -> list[Path]:
    """Return every file in the folder of documents, unfinished ones too."""
    return [path for path in filing.desk.settings.documents_dir.rglob("*") if path.is_file()]


def kept(filing: Filing) -> set[str]:
    """Return the names of all files: the SHA-256 of each content, and whatever else lies there."""
    return {path.name for path in files_of(filing)}


def is_whole(filing: Filing) -> bool:
    """Tell whether there is one file and one row for each content that a claim refers to, and no other."""
    with filing.context():
        referred = set(db.session.scalars(select(ClaimDocument.sha256)))
        rows = set(db.session.scalars(select(StoredFile.sha256)))
    return kept(filing) == referred == rows


def let_age(filing: Filing) -> None:
    """Make every file older than the grace time, as if the clock had gone on."""
    at = (filing.clock.now() - GRACE - timedelta(hours=1)).timestamp()
    for path in files_of(filing):
        os.utime(path, (at, at))


class Background(threading.Thread):
    """Does one thing in a thread of its own and keeps the error it came to, if any."""

    def __init__(self, work: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            self._work()
        except Exception as error:  # noqa: BLE001  # the test looks at it in its own thread
            self.error = error
