"""Keeps slow downloads from holding every thread: few are under way at once, and fewer of each person.

A file is sent part by part as fast as its reader takes it, and a thread waits for that reader as long. Pages
are handed to the server whole, and wait for nobody. All numbers are those of one process.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import cast

from flask import Flask, Response, request

from portal.languages.sentences import lazy_gettext
from portal.web.errors import ErrorText, error_page
from portal.web.guard import signed_in_person

# Of the threads of a process (`cli/serving.py`); the others answer everybody.
AT_ONCE = 4
OF_EACH = 2
WAIT_SECONDS = "10"

TOO_MANY = ErrorText(
    lazy_gettext("Too many files are being downloaded at the moment"),
    lazy_gettext(
        "At most %(of_each)s of your files and %(at_once)s of everybody’s are sent at a time. This one was "
        "not begun.",
        of_each=OF_EACH,
        at_once=AT_ONCE,
    ),
    (
        lazy_gettext("Wait until a download is finished, or cancel one."),
        lazy_gettext("Then download the file again."),
    ),
)


class Downloads:
    """Those that are under way, by whose they are."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: Counter[str] = Counter()

    def begin(self, whose: str) -> bool:
        """Count one more, unless as many are under way as may."""
        with self._lock:
            if self._of.total() >= AT_ONCE or self._of[whose] >= OF_EACH:
                return False
            self._of[whose] += 1
            return True

    def end(self, whose: str) -> None:
        with self._lock:
            self._of[whose] -= 1
            if not self._of[whose]:
                del self._of[whose]  # people are many


class _Sent:
    """The parts of one file; whatever ends the sending, `end` is called once."""

    def __init__(self, parts: Iterable[bytes], end: Callable[[], None]) -> None:
        self._parts = parts
        self._each = iter(parts)
        self._end: Callable[[], None] | None = end

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._each)
        except StopIteration:
            self.close()
            raise

    def close(self) -> None:
        end, self._end = self._end, None
        if end is not None:
            end()
            if close := getattr(self._parts, "close", None):
                close()

    def __del__(self) -> None:
        self.close()


def limit_downloads(app: Flask, files_of_pages: str = "static") -> None:
    """Let each file that is sent part by part be counted, and answer 503 where too many are."""
    downloads = Downloads()

    @app.after_request
    def count(response: Response) -> Response:
        if not response.direct_passthrough or request.endpoint == files_of_pages:
            return response
        person = signed_in_person()
        whose = person.email if person else ""
        if not downloads.begin(whose):
            response.close()
            refused = error_page(HTTPStatus.SERVICE_UNAVAILABLE, TOO_MANY)
            refused.headers["Retry-After"] = WAIT_SECONDS
            return refused
        parts = cast("Iterable[bytes]", response.response)
        response.response = _Sent(parts, lambda: downloads.end(whose))
        return response
