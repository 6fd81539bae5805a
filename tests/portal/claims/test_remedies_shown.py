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
def test_a_form_that_was_refused_is_told_too(filing: Filing, partner: Browser) -> None:
    number = filing.under_review()
    filing.do("reject", number, REVIEWER, reason="insufficient_poe", message="Page 2 is missing.")
    partner.visit(f"/claims/{number}")
    page = partner.fill_and_submit("Dispute", status=422)
    assert steps(page, "dispute") == ['You: Give "Updated proof of execution".']
