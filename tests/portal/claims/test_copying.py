"""A new claim from a closed one: everything but the proof, once, and only when the old one is closed."""

import pytest
from sqlalchemy import select

from portal.audit.model import AuditEvent
from portal.claims.acting import act
from portal.claims.answers import Answers, Upload
from portal.claims.content import content_of
from portal.claims.model import Claim
from portal.claims.queries import claim_by_number
from portal.claims.refusals import NotThere, Refused
from portal.db import db
from portal.work.auditing import verify_audit
from portal.work.sweep import sweep
from tests.portal.reviews.filing import REVIEWER, Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
INES, OTHER = "incentives@contoso.example", "incentives@fabrikam.example"
LABEL = "New claim from this one"


def rejected(filing: Filing) -> str:
    number = filing.under_review()
    filing.do("reject", number, REVIEWER, reason="insufficient_poe", message="Page 2 is missing.")
    return number


def closed(filing: Filing) -> str:
    number = rejected(filing)
    filing.wait(40)
    with filing.context():
        assert sweep(filing.desk).applied
    return number


def content(filing: Filing, number: str) -> dict[str, object]:
    with filing.context():
        return content_of(claim_by_number(db.session(), number))


def numbers(filing: Filing) -> list[str]:
    with filing.context():
        return list(db.session.scalars(select(Claim.number).order_by(Claim.id)))


def test_everything_is_taken_over_but_the_proof(filing: Filing) -> None:
    old = closed(filing)
    browser = filing.browser(INES)
    browser.visit(f"/claims/{old}")
    page = browser.fill_and_submit(LABEL)
    (new,) = set(numbers(filing)) - {old}
    assert page.path.startswith(f"/claims/{new}/wizard/")
    assert f"{new} is saved as a draft with what {old} said" in page.text

    before, after = content(filing, old), content(filing, new)
    assert after["documents"] == []
    assert after["commentary"] == ""
    left = {"documents", "commentary"}
    assert {name: after[name] for name in after if name not in left} == {
        name: before[name] for name in before if name not in left
    }
    assert filing.claim(new).status == "draft"
    assert filing.claim(old).status == "rejected"
    with filing.context():
        begun = db.session.scalars(
            select(AuditEvent).where(AuditEvent.subject == f"claim:{new}", AuditEvent.to_status == "draft")
        ).one()
        assert begun.details["copied_from"] == old
        assert verify_audit(filing.desk).findings == ()


@SQLITE
def test_a_form_sent_twice_begins_one_draft(filing: Filing) -> None:
    old = closed(filing)
    browser = filing.browser(INES)
    browser.visit(f"/claims/{old}")
    form = browser.filled(LABEL)
    first, second = browser.send_filled(form), browser.send_filled(form)
    assert first.path == second.path
    assert len(numbers(filing)) == 2


@SQLITE
def test_a_claim_that_can_still_be_disputed_begins_none(filing: Filing) -> None:
    old = rejected(filing)
    with pytest.raises(Refused) as refusal:
        filing.do("copy", old, INES)
    assert [reason.code for reason in refusal.value.decision.reasons] == ["can_still_be_disputed"]
    assert numbers(filing) == [old]


@SQLITE
def test_nobody_begins_a_claim_from_anothers(filing: Filing) -> None:
    old = closed(filing)
    with pytest.raises(NotThere):
        filing.do("copy", old, OTHER)
    assert numbers(filing) == [old]


@SQLITE
def test_the_old_proof_is_refused_for_the_new_claim(filing: Filing) -> None:
    """Settled question 4: the source asks for an updated proof of execution."""
    old = closed(filing)
    filing.do("copy", old, INES)
    (new,) = set(numbers(filing)) - {old}
    with filing.context():
        claim = db.session.scalars(select(Claim).where(Claim.number == old)).one()
        proof = Upload("again.pdf", filing.desk.files.path(claim.documents[0].sha256).read_bytes())
        act(filing.desk, "edit", new, filing.actors[INES], Answers({}, (proof,)))
    with pytest.raises(Refused) as refusal:
        filing.do("submit", new, INES)
    assert [reason.code for reason in refusal.value.decision.reasons] == ["poe_of_closed_claim"]
