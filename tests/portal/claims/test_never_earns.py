"""An activity that cannot earn says so, and what it counts for, before anybody works for money in vain."""

import pytest

from tests.browser import Browser, Page
from tests.portal.claims.rows import add_claims, customer_id, location_id
from tests.portal.reviews.filing import Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TOLD = "This claim cannot earn incentives"
COUNTS = "It counts for: Usage or competency attainment."


def hint(page: Page, activity: str) -> str:
    """Return what describes the option of an activity."""
    option = page.select(f"#activity-{activity}")[0]
    return page.region(option.get("aria-describedby"))


@SQLITE
def test_each_option_says_it_before_it_is_chosen(filing: Filing, partner: Browser) -> None:
    number = filing.draft()
    page = partner.visit(f"/claims/{number}/wizard/activity")
    assert "Cannot earn incentives" in hint(page, "usage_recognition")
    assert COUNTS in hint(page, "usage_recognition")
    assert "It counts for: Revenue association." in hint(page, "influenced_revenue_recognition")
    for earning in ("build_intent_advisor", "use_or_consume"):
        assert "Can earn incentives" in hint(page, earning)


def test_the_step_behind_the_choice_and_the_last_one_say_it(filing: Filing, partner: Browser) -> None:
    number = filing.draft()
    for step in ("products", "review"):
        assert TOLD not in partner.visit(f"/claims/{number}/wizard/{step}").text
    partner.visit(f"/claims/{number}/wizard/activity")
    page = partner.fill_and_submit("Save and go on", activity="usage_recognition")
    assert page.heading == "Products"
    for told in (page, partner.visit(f"/claims/{number}/wizard/review")):
        assert TOLD in told.region("never-earns")
        assert COUNTS in told.region("never-earns")
        assert "You help the customer to use what they bought." in told.region("never-earns")
    partner.visit(f"/claims/{number}/wizard/review")
    assert partner.click("Go to Activity").heading == "Activity"


def test_the_claim_page_says_it_in_every_status(filing: Filing, partner: Browser) -> None:
    common = {
        "location_id": location_id(filing),
        "customer_id": customer_id(filing),
        "products": ["power_bi"],
    }
    wanted = ("draft", "submitted", "under_review", "approved", "rejected")
    numbers = add_claims(
        filing, *({**common, "status": status, "activity": "usage_recognition"} for status in wanted)
    )
    for number in numbers:
        told = partner.visit(f"/claims/{number}").region("never-earns")
        assert TOLD in told
        assert COUNTS in told
    (earning,) = add_claims(filing, {**common, "activity": "build_intent_advisor"})
    assert TOLD not in partner.visit(f"/claims/{earning}").text
