"""Who holds which association unit: counted from the claims, and once more from the audit alone."""

from collections import Counter, defaultdict
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.model import AuditEvent
from portal.claims.model import Association, Claim, Submission
from portal.policies.model import StoredDecision

Holders = dict[str, str]  # the number of the claim by the unit
BY_SUBSCRIPTION = ("dynamics_365", "power_")  # how products begin whose units name the subscription


def unit(tenant: str, product: str, subscription: str) -> str:
    """Return what one partner alone may hold, written down a second time."""
    parts = [f"tenant:{tenant}", f"product:{product}"]
    if product.startswith(BY_SUBSCRIPTION):
        parts.append(f"subscription:{subscription.lower()}")
    return "|".join(parts)


def units_of(claim: Claim) -> set[str]:
    tenant = claim.customer.tenant_id if claim.customer else ""
    return {unit(tenant, row.product, row.subscription_id) for row in claim.products}


def claims_of(session: Session, numbers: Collection[str]) -> list[Claim]:
    found = session.scalars(select(Claim).where(Claim.number.in_(numbers)).order_by(Claim.number))
    return list(found.unique())


def check_holdings(session: Session, numbers: Collection[str]) -> None:
    """Raise AssertionError where two claims hold or ever held one unit, or where what is kept disagrees.

    The statuses of the claims, the table of associations and a replay of the audit each say who holds what,
    and all three must say the same.
    """
    claims = claims_of(session, numbers)
    by_status = held_by_status(claims)
    assert held_by_table(session, claims) == by_status
    assert replayed(session, claims) == by_status


def held_by_status(claims: Collection[Claim]) -> Holders:
    holders = defaultdict(list)
    for claim in claims:
        for one in units_of(claim) if claim.status == "approved" else ():
            holders[one].append(claim.number)
    assert {one: found for one, found in holders.items() if len(found) > 1} == {}
    return {one: number for one, (number,) in holders.items()}


def held_by_table(session: Session, claims: Collection[Claim]) -> Holders:
    numbers = {claim.id: claim.number for claim in claims}
    rows = session.execute(
        select(Association.unit, Association.claim_id).where(
            Association.claim_id.in_(numbers), Association.ended_at.is_(None)
        )
    ).all()
    assert [one for one, times in Counter(one for one, _ in rows).items() if times > 1] == []
    return {one: numbers[claim_id] for one, claim_id in rows}


def replayed(session: Session, claims: Collection[Claim]) -> Holders:
    """Play all events in the order in which they were written; at none may a unit have two holders.

    Each change of a status has an event with a decision of its own and the version that it was made under;
    the last event leaves the claim where it is.
    """
    subjects = {f"claim:{claim.number}": claim for claim in claims}
    events = session.scalars(
        select(AuditEvent).where(AuditEvent.subject.in_(subjects)).order_by(AuditEvent.id)
    ).all()
    decided = {
        row.id: row
        for row in session.scalars(
            select(StoredDecision).where(StoredDecision.subject.in_(claim.number for claim in claims))
        )
    }
    statuses, holders, told = dict.fromkeys(subjects, "new"), Holders(), set[int]()
    for event in events:
        if event.to_status is None:
            continue
        claim = subjects[event.subject]
        assert event.from_status == statuses[event.subject] != "rejected_final"
        decision = decided[event.decision_id or 0]
        assert (decision.question, decision.subject, decision.outcome) == (
            event.action, claim.number, "allowed",
        )  # fmt: skip
        assert decision.policy_version == event.policy_version != ""
        assert decision.id not in told, "two changes have one decision"
        told.add(decision.id)
        statuses[event.subject] = event.to_status
        if event.from_status == "approved":
            holders = {one: number for one, number in holders.items() if number != claim.number}
        if event.to_status == "approved":
            for one in submitted_units(session, claim, decision.id):
                assert one not in holders, f"{claim.number} took {one} while {holders[one]} held it"
                holders[one] = claim.number
    assert statuses == {subject: claim.status for subject, claim in subjects.items()}
    return holders


def submitted_units(session: Session, claim: Claim, decision_id: int) -> set[str]:
    """Return the units that the claim was last submitted for before a decision about it."""
    content = session.scalars(
        select(Submission.content)
        .where(Submission.claim_id == claim.id, Submission.decision_id < decision_id)
        .order_by(Submission.round.desc())
        .limit(1)
    ).one()
    return {unit(content["customer"][2], *product) for product in content["products"]}
