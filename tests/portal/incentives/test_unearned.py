"""Approved claims that earned nothing: each with the reason, and with what would change it and when."""

from tests.browser import Browser
from tests.portal.reviews.filing import Filing


def test_a_claim_in_the_time_to_decline_tells_what_would_change_it_and_when(
    filing: Filing, partner: Browser
) -> None:
    number = filing.approved()
    (row,) = partner.visit("/earnings/nothing-earned").rows()
    assert row["Claim"] == number
    why = row["Why nothing was earned"]
    assert "In consent window" in why
    assert "What would change it: By itself: “The customer’s time to decline” ends." in why
    assert "The customer’s time to decline: until 30 November 2026, end of day" in why
