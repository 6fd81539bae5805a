"""The only reader of the system's time; everything else is handed a `Clock`."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_moved: ContextVar[datetime | None] = ContextVar("moved", default=None)


class Clock:
    """Tells the present moment as an aware datetime in UTC, to the microsecond."""

    def now(self) -> datetime:
        """Return the moment to act at: the system's, or the one `moved_to` set for this context."""
        return _moved.get() or datetime.now(UTC)

    def today(self, time_zone: str) -> date:
        """Return the day it is in a time zone, such as "America/Los_Angeles"."""
        return self.now().astimezone(ZoneInfo(time_zone)).date()

    @contextmanager
    def moved_to(self, moment: datetime) -> Iterator[None]:
        """Let this context alone (thread or task) see `moment` as the present.

        Raises ValueError when `moment` carries no time zone: a bare local time would be read
        differently on every machine.
        """
        if moment.tzinfo is None:
            raise ValueError("Give the moment with its time zone, such as 2026-12-01T12:00:00+00:00.")
        token = _moved.set(moment.astimezone(UTC))
        try:
            yield
        finally:
            _moved.reset(token)


class FixedClock(Clock):
    """A clock that stands still until it is set; for tests, sample data and replays."""

    def __init__(self, moment: datetime) -> None:
        self.set(moment)

    def now(self) -> datetime:
        return _moved.get() or self._moment

    def set(self, moment: datetime) -> None:
        """Move to `moment` (aware)."""
        if moment.tzinfo is None:
            raise ValueError("Give the moment with its time zone.")
        self._moment = moment.astimezone(UTC)
