"""What a form says: what was chosen in it counts once, however often it was sent."""

from portal.claims.answers import Answers
from tests.portal.reviews.filing import Filing

INES = "incentives@contoso.example"


def test_what_is_chosen_twice_is_chosen_once() -> None:
    given = Answers({"reason": ("wrong_activity", " ", "other", " wrong_activity")})
    assert given.many("reason") == ("wrong_activity", "other")


def test_one_reason_sent_hundreds_of_times_is_told_once(filing: Filing) -> None:
    """Events and mails are for good; nobody fills those that others read."""
    number = filing.submitted()
    partner = filing.browser(INES)
    partner.visit(f"/claims/{number}")
    filled = partner.filled(f"/claims/{number}/rejection-request", reason="wrong_activity")
    filled.values.extend([("reason", "wrong_activity")] * 500)
    page = partner.send_filled(filled)
    assert page.region("claim-timeline").count("Reason: ") == 1
