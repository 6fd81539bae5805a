"""The states of a claim's clocks, and which of its clocks run and wait."""

from datetime import datetime

from portal.claims.model import Claim, ClaimClock

NEVER, RUNNING, STOPPED, ENDED, WAITING = "never", "running", "stopped", "ended", "waiting"


def clock_state(row: ClaimClock | None, now: datetime) -> str:
    """Return never, running, stopped or ended; a running clock past its due moment has ended.

    A clock that waits for its mail has not begun: nobody can be late for what they were not told.
    """
    if row is None or row.state == WAITING:
        return NEVER
    if row.state == RUNNING and row.due_at is not None and now >= row.due_at:
        return ENDED
    return row.state


def running_clock(claim: Claim) -> ClaimClock | None:
    """Return the running clock that ends first, or None."""
    rows = [row for row in claim.clocks if row.state == RUNNING and row.due_at is not None]
    return min(rows, key=lambda row: (row.due_at, row.id or 0), default=None)


def waiting_clocks(claim: Claim) -> list[ClaimClock]:
    """Return the clocks that start when the partner has been told."""
    return [row for row in claim.clocks if row.state == WAITING]
