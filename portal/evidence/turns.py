"""Who may have a document opened: few at once and one of each person, while few others wait.

Opening a document takes a processor and up to a gibibyte, and whoever waits for it holds one of the
threads that answer everybody, of which there are eight by default. Uploads and pages to look at have
places of their own, so that readers keep nobody from handing in, and both leave threads for the rest.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

OPENED_AT_ONCE = 2
OPENED_AT_ONCE_EACH = 1  # of one person, whose slow documents must not take everybody's turns
TURN_SECONDS = 10.0  # somebody waits for it at the screen
PLACES = 3  # of those who are served and those who wait
PLACES_EACH = 2  # a button pressed twice waits for the first time, and is not refused


class Busy(Exception):
    """As many wait already as may, or it did not come to one's turn in time; later it will."""


class Turns:
    """Turns of one use; all uses together open `OPENED_AT_ONCE` documents."""

    _change = threading.Condition()
    _opened: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        self._here: Counter[str] = Counter()

    @contextmanager
    def turn(self, whose: str) -> Iterator[None]:
        """Wait for a turn of the person `whose`. Raises Busy."""
        with self._change:
            if self._here.total() >= PLACES or self._here[whose] >= PLACES_EACH:
                raise Busy
            self._here[whose] += 1
        try:
            with self._change:
                if not self._change.wait_for(lambda: self._may_open(whose), TURN_SECONDS):
                    raise Busy
                self._opened[whose] += 1
            try:
                yield
            finally:
                with self._change:
                    _take_one(self._opened, whose)
                    self._change.notify_all()
        finally:
            with self._change:
                _take_one(self._here, whose)

    def _may_open(self, whose: str) -> bool:
        return self._opened.total() < OPENED_AT_ONCE and self._opened[whose] < OPENED_AT_ONCE_EACH


def _take_one(counted: Counter[str], whose: str) -> None:
    """Count one less, and forget who has none: people are many."""
    counted[whose] -= 1
    if not counted[whose]:
        del counted[whose]
