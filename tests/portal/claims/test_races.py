"""Two who act on one claim, or on two that compete, at the same moment: one wins, the other is told why."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.accounts.model import Organization
from portal.audit.model import AuditEvent
from portal.claims.acting import act
from portal.claims.answers import Answers
from portal.claims.ends import apply_due_ends
from portal.claims.model import Association, Claim
from portal.claims.queries import find_claim
from portal.claims.refusals import Refused, Stale
from portal.db import db, transaction
from tests.bare_app import at_once
from tests.factories import location
from tests.portal.reviews.filing import REVIEWER, REVIEWER2, Filing

INES, GLORIA = "incentives@contoso.example", "global@contoso.example"
FABRIKAM = "incentives@fabrikam.example"
LONG_ENOUGH_TO_WAIT = 0.5  # seconds; where the other one is slower still, nothing is proved and nothing fails
# A race is a matter of luck, so `make soak` runs fifty of each.
rounds = pytest.mark.parametrize(
    "round_", [0, *(pytest.param(number, marks=pytest.mark.soak) for number in range(1, 50))]
)


@dataclass(frozen=True)
class Try:
    """What one of the two wants to do. `None` as `action` stands for the sweep."""

    action: str | None
    number: str = ""
    by: str = ""
    answers: tuple[tuple[str, str], ...] = ()


def run(filing: Filing, tries: list[Try]) -> list[str]:
    """Do all at once; return for each `done`, `refused`, `stale` or `swept`; the losers must be told why."""
    together = threading.Barrier(len(tries))
    versions = {one.number: filing.claim(one.number).version for one in tries if one.number}
    outcomes = ["" for _ in tries]

    def work(place: int, one: Try) -> Callable[[], None]:
        def do() -> None:
            with filing.context():
                together.wait(60)
                outcomes[place] = attempt(one)

        return do

    def attempt(one: Try) -> str:
        if one.action is None:
            apply_due_ends(filing.desk)
            return "swept"
        answers = Answers({name: (text,) for name, text in one.answers})
        try:
            act(filing.desk, one.action, one.number, filing.actors[one.by], answers, versions[one.number])
        except Refused as refused:
            why = [reason.text for reason in refused.decision.reasons]
            return "refused" if all(why) else "refused without a word"
        except Stale as stale:
            return "stale" if stale.changes else "stale without a word of what came first"
        return "done"

    at_once(work(place, one) for place, one in enumerate(tries))
    check_ground(filing)
    return outcomes


def check_ground(filing: Filing) -> None:
    """What must be true after every race: one holder a unit, as the statuses say, and whole audit chains."""
    with filing.context():
        session = db.session
        holders = session.execute(
            select(Association.unit, func.count())
            .where(Association.ended_at.is_(None))
            .group_by(Association.unit)
        ).all()
        assert all(count == 1 for _, count in holders)
        held = set(session.scalars(select(Association.claim_id).where(Association.ended_at.is_(None))))
        assert held == set(session.scalars(select(Claim.id).where(Claim.status == "approved")))
        for number in session.scalars(select(Claim.number)):
            places = session.scalars(
                select(AuditEvent.place)
                .where(AuditEvent.subject == f"claim:{number}")
                .order_by(AuditEvent.place)
            ).all()
            assert list(places) == list(range(1, len(places) + 1))


REJECT = (("reason", "insufficient_poe"), ("message", "It shows nothing."))


@rounds
def test_two_people_dispute_one_rejection(filing: Filing, round_: int) -> None:
    number = filing.under_review()
    filing.do("reject", number, REVIEWER, **dict(REJECT))
    tries = [Try("dispute", number, by, (("justification", by),)) for by in (INES, GLORIA)]

    assert sorted(run(filing, tries)) == ["done", "stale"]
    assert filing.claim(number).disputes_used == 1


@rounds
def test_an_answer_and_its_deadline(filing: Filing, round_: int) -> None:
    number = filing.under_review()
    filing.do("request_information", number, REVIEWER, reason="missing_all_poe", message="Send the letter.")
    filing.wait(40)
    tries = [Try("resubmit", number, INES, (("message", "Here it is."),)), Try(None), Try(None)]

    assert run(filing, tries)[0] in {"stale", "refused"}
    claim = filing.claim(number)
    assert (claim.status, claim.rejection_reasons) == ("rejected", ["no_partner_response"])


@rounds
def test_an_approval_and_the_partners_way_out(filing: Filing, round_: int) -> None:
    number = filing.under_review()
    tries = [
        Try("approve", number, REVIEWER),
        Try("request_rejection", number, INES, (("reason", partner_reason(filing)),)),
    ]

    outcomes = run(filing, tries)
    assert sorted(outcomes) == ["done", "stale"]
    assert filing.claim(number).status == ("approved" if outcomes[0] == "done" else "rejected")


@rounds
def test_an_approval_and_a_disassociation(filing: Filing, round_: int) -> None:
    """Whoever disassociates saw a claim that was not approved yet, and is told of it."""
    number = filing.under_review()
    away = Try("disassociate", number, INES, (("reason", "We parted."),))
    assert run(filing, [Try("approve", number, REVIEWER), away])[0] == "done"
    assert filing.claim(number).status == "approved"


@rounds
def test_a_settlement_and_the_disassociation_of_the_claim_that_held_the_unit(
    filing: Filing, round_: int
) -> None:
    held = filing.approved("contoso")
    rival = filing.under_review("fabrikam", by=REVIEWER2)
    away = Try("disassociate", held, INES, (("reason", "We parted."),))
    settled, left = run(filing, [Try("settle", rival, REVIEWER2), away])

    assert (settled, left) in {("done", "stale"), ("refused", "done")}
    statuses = (filing.claim(held).status, filing.claim(rival).status)
    assert statuses == (("rejected", "approved") if settled == "done" else ("rejected_final", "under_review"))


def partner_reason(filing: Filing) -> str:
    with filing.context():
        return next(iter(filing.desk.policies.in_force().reasons.partner_request_reasons))


@rounds
def test_two_drafts_of_one_organization_for_one_product(filing: Filing, round_: int) -> None:
    first, second = filing.draft(), filing.draft()
    assert sorted(run(filing, [Try("submit", first, INES), Try("submit", second, INES)])) == [
        "done",
        "refused",
    ]


@rounds
def test_two_settlements_that_meet_on_the_same_claims(filing: Filing, round_: int) -> None:
    ours, theirs = filing.under_review("contoso"), filing.under_review("fabrikam", by=REVIEWER2)
    outcomes = run(filing, [Try("settle", ours, REVIEWER), Try("settle", theirs, REVIEWER2)])

    assert sorted(outcomes) == ["done", "stale"]
    winner, loser = (ours, theirs) if outcomes[0] == "done" else (theirs, ours)
    assert (filing.claim(winner).status, filing.claim(loser).status) == ("approved", "rejected")
    assert filing.claim(loser).rejection_reasons == ["competing_association"]


@rounds
def test_a_settlement_and_a_rival_that_withdraws(filing: Filing, round_: int) -> None:
    ours, theirs = filing.under_review("contoso"), filing.under_review("fabrikam", by=REVIEWER2)
    withdraws = Try("request_rejection", theirs, FABRIKAM, (("reason", partner_reason(filing)),))
    settled, withdrawn = run(filing, [Try("settle", ours, REVIEWER), withdraws])

    assert (settled, withdrawn) in {("done", "stale"), ("refused", "done")}
    assert filing.claim(theirs).status == "rejected"
    assert filing.claim(ours).status == ("approved" if settled == "done" else "under_review")


def test_what_belongs_to_a_claim_is_read_after_the_wait_for_its_lock(filing: Filing) -> None:
    """Somebody chooses another location while a second transaction waits for the claim."""
    number = filing.under_review()
    with filing.context(), transaction() as session:
        organization = session.get_one(Organization, filing.actors[INES].organization_id)
        other_id = location(session, organization, name="Branch").id
    locked, seen = threading.Event(), []

    def choose() -> None:
        with filing.context(), transaction() as session:
            claim = find_claim(session, filing.desk, number, filing.actors[INES], lock=True)
            claim.location_id = other_id
            session.flush()
            locked.set()
            time.sleep(LONG_ENOUGH_TO_WAIT)

    def look() -> None:
        assert locked.wait(60)
        with filing.context(), transaction() as session:
            claim = find_claim(session, filing.desk, number, filing.actors[INES], lock=True)
            seen.append(claim.location.name if claim.location else None)

    at_once([choose, look])
    assert seen == ["Branch"]


@rounds
def test_several_sweeps_at_once_apply_each_end_once(filing: Filing, round_: int) -> None:
    number = filing.submitted()
    filing.clock.set(filing.clock.now() + timedelta(days=30))
    run(filing, [Try(None)] * 4)

    with filing.context():
        ended = select(func.count()).where(
            AuditEvent.subject == f"claim:{number}", AuditEvent.action == "pickup_overdue"
        )
        assert db.session.scalar(ended) == 1
