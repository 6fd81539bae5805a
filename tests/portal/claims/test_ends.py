"""Ends of clocks that go wrong: refused ones bring a person to the claim, broken ones hold back no other."""

import pytest
from sqlalchemy import select

from portal.audit.model import AuditEvent
from portal.claims import ends
from portal.claims.refusals import Refused
from portal.db import db
from portal.policies.model import StoredDecision
from portal.work.sweep import sweep
from tests.portal.reviews.filing import REVIEWER, Filing

INES = "incentives@contoso.example"


def test_a_refused_end_is_tried_once_and_flags_the_claim(
    filing: Filing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No policy that loads can refuse an end; were it to happen, nobody may overlook it."""
    number = filing.submitted()
    with pytest.raises(Refused) as refusal:
        filing.do("approve", number, REVIEWER)
    decision = refusal.value.decision
    version = filing.claim(number).version

    def refuse(*_: object, **__: object) -> None:
        raise Refused(number, decision)

    monkeypatch.setattr(ends, "perform", refuse)
    filing.wait(40)
    with filing.context():
        assert sweep(filing.desk).applied == ()
        assert sweep(filing.desk).applied == ()
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "end_refused")).one()
        assert db.session.get_one(StoredDecision, event.decision_id).subject == number

    claim = filing.claim(number)
    assert (claim.overdue, claim.due_at, claim.version) == (True, None, version + 1)
    assert "A deadline passed" in filing.browser(INES).visit(f"/claims/{number}").region("claim-timeline")
