"""What changed is told field by field, in words, and drafts keep their secrets from the other side."""

import pytest

from portal.claims.chain import record_event
from portal.claims.differences import LONG_CHARACTERS, Difference, differences
from portal.claims.effects.customer_field import CORRECTED
from portal.db import transaction
from portal.rulebook.rulebook import Rulebook
from tests.documents import pdf
from tests.portal.reviews.filing import REVIEWER, Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PARTNER = "incentives@contoso.example"


@pytest.fixture
def rulebook(filing: Filing) -> Rulebook:
    with filing.context():
        return filing.desk.policies.in_force()


@SQLITE
def test_a_contact_is_compared_part_by_part(rulebook: Rulebook) -> None:
    before = {"customer_contact": ["Casey Lind", "", "casey@adatum.example"], "name": "Same"}
    after = {"customer_contact": ["Casey Lindt", "Head of IT", "casey@adatum.example"], "name": "Same"}
    assert differences(rulebook, before, after) == (
        Difference("Name of the customer contact", ("Casey Lind",), ("Casey Lindt",)),
        Difference("Job title of the customer contact", (), ("Head of IT",)),
    )


@SQLITE
def test_products_and_documents_come_and_go(rulebook: Rulebook) -> None:
    before = {
        "products": [["teams", ""], ["intune", "S-1"]],
        "documents": [["a", "one.pdf"], ["b", "two.pdf"]],
    }
    after = {"products": [["teams", ""], ["intune", "S-2"]], "documents": [["a", "1.pdf"], ["c", "two.pdf"]]}
    assert differences(rulebook, before, after) == (
        Difference(
            "Products",
            ("Microsoft Intune, subscription S-1",),
            ("Microsoft Intune, subscription S-2",),
            several=True,
        ),
        Difference("Documents", ("two.pdf",), ("two.pdf",), several=True),
    )


@SQLITE
def test_what_was_blank_what_is_gone_and_what_only_one_knows(rulebook: Rulebook) -> None:
    before = {"customer": None, "activity": "use_or_consume", "commentary": "Once", "old": 1}
    after = {
        "customer": ["Adatum", "adatum.example", "t"],
        "activity": "gone_since",
        "commentary": "",
        "name": "New",
    }
    assert differences(rulebook, before, after) == (
        Difference("Customer", (), ("Adatum",)),
        Difference("Domain", (), ("adatum.example",)),
        Difference("Tenant ID", (), ("t",)),
        Difference("Activity", ("Use or consume",), ("gone_since",)),
        Difference("Commentary", ("Once",), ()),
    )


def test_a_long_text_is_known_as_one() -> None:
    assert Difference("Commentary", (), ("x" * (LONG_CHARACTERS + 1),)).long
    assert not Difference("Commentary", ("x" * LONG_CHARACTERS,), ()).long


def sent_back_and_resubmitted(filing: Filing) -> str:
    """Return a claim that was renamed as a draft, sent back, changed, and submitted again."""
    number = filing.draft()
    filing.do("edit", number, PARTNER, name="A secret plan")
    filing.do("edit", number, PARTNER, name="Adatum rollout")
    filing.do("submit", number, PARTNER)
    filing.wait(1)
    filing.do("start_review", number, REVIEWER)
    filing.do("request_information", number, REVIEWER, reason="missing_products", message="Which of them?")
    filing.do("edit", number, PARTNER, commentary="All of them, <b>since</b> May.")
    browser = filing.browser(PARTNER)
    browser.visit(f"/claims/{number}")
    browser.fill_and_submit("/resubmission", document=pdf("A second letter", name="second.pdf"))
    return number


def test_the_timeline_tells_what_was_and_what_is(filing: Filing) -> None:
    number = sent_back_and_resubmitted(filing)
    told = filing.browser(PARTNER).visit(f"/claims/{number}").region("claim-timeline")
    assert "Claim name: was A secret plan, now Adatum rollout" in told
    assert "Commentary: was The letter covers this quarter., now All of them, <b>since</b> May." in told
    assert "Changed since round 1:" in told
    assert "Documents added: second.pdf." in told


@SQLITE
def test_reviewers_learn_of_a_draft_only_which_fields_changed(filing: Filing) -> None:
    number = sent_back_and_resubmitted(filing)
    page = filing.browser(REVIEWER).visit(f"/reviews/{number}")
    told = page.region("review-timeline")
    assert "A secret plan" not in page.text
    assert "Changed: Claim name." in told
    assert "Commentary: was The letter covers this quarter., now All of them, <b>since</b> May." in told
    assert "Documents added: second.pdf." in told


@SQLITE
def test_a_round_in_which_only_words_were_written_says_so(filing: Filing) -> None:
    number = filing.under_review()
    filing.do("request_information", number, REVIEWER, reason="missing_products", message="Which of them?")
    filing.do("resubmit", number, PARTNER, message="All that are on it.")
    told = filing.browser(PARTNER).visit(f"/claims/{number}").region("claim-timeline")
    assert "No field and no document changed since round 1." in told


@SQLITE
def test_a_customer_corrected_elsewhere_is_told_with_what_it_was(filing: Filing) -> None:
    number = filing.draft()
    with filing.context(), transaction() as session:
        details = {
            "changes": {
                "customer": [["Adatum", "adatum.example", "t"], ["Adatum AG", "adatum.example", "t"]]
            },
            "version": 9,
        }
        at = filing.clock.now()
        record_event(session, filing.desk, number, filing.actors[PARTNER], CORRECTED, at, details=details)
    told = filing.browser(PARTNER).visit(f"/claims/{number}").region("claim-timeline")
    assert "Customer: was Adatum, now Adatum AG" in told
