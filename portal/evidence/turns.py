"""Who may have documents opened: few at once, in the order in which they came, and of each person one form.

Opening a document takes a processor and up to a gibibyte, and whoever waits for it holds one of the
threads that answer everybody. Each use (uploads, pages to look at) has turns of its own, so that readers
keep nobody from handing in. All numbers are those of one process.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

OPENED_AT_ONCE = 2  # of each use
PLACES_EACH = 2  # a button pressed twice waits until the first time is through


class Busy(Exception):
    """As many wait already as may, or it did not come to one's turn in time; later it will."""


class Turns:
    """The turns of one use. At most `places` are here, and each waits for at most `seconds` a time."""

    def __init__(self, *, places: int, seconds: float) -> None:
        self.places = places
        self.seconds = seconds
        self._change = threading.Condition()
        self._here: Counter[str] = Counter()
        self._served: set[str] = set()
        self._line: list[object] = []
        self._opened = 0

    @contextmanager
    def place(self, whose: str) -> Iterator[None]:
        """Come in for one form of the person `whose`, after their earlier one is through. Raises Busy."""
        with self._change:
            if self._here.total() >= self.places or self._here[whose] >= PLACES_EACH:
                raise Busy
            self._here[whose] += 1
        try:
            with self._change:
                if not self._change.wait_for(lambda: whose not in self._served, self.seconds):
                    raise Busy
                self._served.add(whose)
            try:
                yield
            finally:
                with self._change:
                    self._served.discard(whose)
                    self._change.notify_all()
        finally:
            with self._change:
                self._here[whose] -= 1
                if not self._here[whose]:
                    del self._here[whose]  # people are many

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait, in a place, until one document may be opened; whoever came first is first. Raises Busy."""
        ticket = object()
        with self._change:
            self._line.append(ticket)
            try:
                if not self._change.wait_for(lambda: self._may_open(ticket), self.seconds):
                    raise Busy
                self._opened += 1
            finally:
                self._line.remove(ticket)
                self._change.notify_all()
        try:
            yield
        finally:
            with self._change:
                self._opened -= 1
                self._change.notify_all()

    def _may_open(self, ticket: object) -> bool:
        return self._opened < OPENED_AT_ONCE and self._line[0] is ticket
