"""The lot of each decision: foreseen by nobody, steered by nobody, and the same when it is drawn again."""

import hashlib
import hmac

LOTS = 10_000
PER_PERCENT = LOTS // 100


def lot_of(secret: bytes, decision_id: int) -> int:
    """Return the lot of a decision, from 0 to below LOTS, by the secret that no reviewer knows."""
    # The prefix keeps this use of the installation's secret apart from every other one.
    digest = hmac.new(secret, b"second review:" + str(decision_id).encode(), hashlib.sha256).digest()
    return int.from_bytes(digest, "big") % LOTS


def is_drawn(lot: int, percent: int) -> bool:
    """Tell whether a lot falls into the share: none of them at 0, all at 100."""
    return lot < percent * PER_PERCENT
