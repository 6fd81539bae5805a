"""What would change a refusal, as pages tell it: who does what, or that nothing helps and what to do then."""

import pytest
from sqlalchemy import select

from portal.accounts.model import Location, Organization
from portal.claims.acting import create
from portal.claims.answers import Answers
from portal.db import db
from tests.browser import Browser, Page
from tests.portal.claims.conftest import PARTNER
from tests.portal.reviews.filing import REVIEWER, Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def steps(page: Page, action: str) -> list[str]:
    return [" ".join(one.split()) for one in page.texts(f"#action-{action} .remedy li")]


@SQLITE
def test_an_empty_draft_is_told_all_that_it_takes(filing: Filing, partner: Browser) -> None:
    with filing.context():
        location = db.session.scalars(
            select(Location.id).join(Organization).where(Organization.name == "Contoso")
        )
        given = Answers({"location": (str(location.one()),)})
        number = create(filing.desk, filing.actors[PARTNER], given).number
    page = partner.visit(f"/claims/{number}")
    told = steps(page, "submit")
    assert "You: Choose at least one product." in told
    assert "You: Upload a proof of execution that can be opened." in told
    (summary,) = page.texts("#action-submit .remedy summary")
    assert summary == f"What would change it ({len(told)} changes together)"


@SQLITE
def test_one_missing_thing_stands_open(filing: Filing, partner: Browser) -> None:
    number = filing.draft()
    filing.do("edit", number, PARTNER, own_contact_name="")
    page = partner.visit(f"/claims/{number}")
    assert steps(page, "submit") == ["You: Fill in the name and e-mail address of your own contact."]
    assert page.texts("#action-submit .remedy summary") == []


@SQLITE
def test_where_nothing_helps_the_page_says_so_and_what_to_do_instead(filing: Filing) -> None:
    number = filing.under_review()
    filing.do("reject", number, REVIEWER, reason="insufficient_poe", message="Page 2 is missing.")
    filing.wait(40)
    page = filing.browser(PARTNER).visit(f"/claims/{number}")
    assert steps(page, "dispute") == []
    (told,) = page.texts("#action-dispute .remedy")
    assert told == "Instead: “Create claim”."


@SQLITE
def test_what_a_form_lacks_is_told_once_in_the_field_where_it_is_mended(
    filing: Filing, partner: Browser
) -> None:
    number = filing.under_review()
    filing.do("reject", number, REVIEWER, reason="insufficient_poe", message="Page 2 is missing.")
    partner.visit(f"/claims/{number}")
    page = partner.fill_and_submit("Dispute", status=422)
    told = (
        "Write something under “Business justification” or choose a file under “Updated proof of execution”."
    )
    assert page.texts("#action-dispute-justification-error") == [f"To correct: {told}"]
    assert page.links()[told] == "#action-dispute-justification"
    assert steps(page, "dispute") == [], "one of the two alone would say less than that sentence"


@SQLITE
def test_a_day_that_is_refused_is_no_dead_end(filing: Filing) -> None:
    number, reviewer = filing.under_review(), filing.browser(REVIEWER)
    reviewer.visit(f"/reviews/{number}")
    page = reviewer.fill_and_submit(
        "Extend the deadline", status=422, until=f"{filing.desk.today()}", message="They are away."
    )
    (mistake,) = page.texts("#action-extend-until-error")
    assert mistake.endswith("Choose a later day.")
    assert not page.select("#action-extend-outcome .remedy")


@SQLITE
def test_only_what_the_reader_could_do_is_named_instead(filing: Filing) -> None:
    number = filing.under_review()
    filing.do("reject", number, REVIEWER, reason="insufficient_poe", message="Page 2 is missing.")
    filing.wait(40)
    page = filing.browser(REVIEWER).visit(f"/reviews/{number}")
    assert "Instead: “Create claim”." not in page.text


@SQLITE
def test_where_nothing_would_change_it_the_reason_alone_says_what_to_do(
    filing: Filing, partner: Browser
) -> None:
    page = partner.visit(f"/claims/{filing.draft()}")
    told = page.region("action-comment")
    assert "“Comment” is not possible while the claim is in status “Draft”." in told
    assert "Nothing can be done" not in page.text
    assert not page.select("#action-comment .remedy")
