"""Decides again what imported rows may have changed: the eligibility of the claims that they tell of."""

import logging
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Select, select

from portal.accounts.actor import SYSTEM_ACTOR
from portal.claims.desk import Desk
from portal.claims.eligibility import reasons_kept
from portal.claims.gathering import Gathering
from portal.claims.lifecycle import perform
from portal.claims.model import NOT_ASSESSED, Claim
from portal.claims.queries import claim_by_id
from portal.customers.model import Customer, SubscriptionReading
from portal.db import db, transaction
from portal.imports.model import Import, ImportedRow
from portal.imports.setbacks import is_due, overcome, put_off, told
from portal.incentives.assessment import decide_eligibility

log = logging.getLogger(__name__)


def _of_subscriptions(import_id: int) -> Select[int]:
    """Return the select of the claims under way for customers whose subscriptions the import tells of.

    Whether one is assessed is asked when it is locked: at this moment somebody may be assessing it, from
    the subscriptions of before.
    """
    tenants = (
        select(SubscriptionReading.tenant_id)
        .join(ImportedRow, ImportedRow.row_id == SubscriptionReading.id)
        .where(ImportedRow.import_id == import_id)
    )
    return (
        select(Claim.id)
        .join(Customer, Customer.id == Claim.customer_id)
        .where(Customer.tenant_id.in_(tenants), Claim.first_submitted_at.is_not(None), ~Claim.closed)
        .order_by(Claim.id)
    )


# Which claims the rows of an import may concern, by kind; an import of any other kind changes no decision.
CONCERNED: Mapping[str, Callable[[int], Select[int]]] = {"subscriptions": _of_subscriptions}


def follow_imports(desk: Desk) -> int:
    """Decide again whatever imports changed since they came into use or were undone; return how many claims.

    One claim that cannot be decided keeps no other from its turn, and the import is followed once more, the
    later the oftener it failed.
    """
    desk.open()
    session = db.session()
    query = select(Import.id, Import.kind, Import.state).where(~Import.followed, is_due(desk.clock.now()))
    query = query.order_by(Import.id)
    waiting = [(row.id, row.kind, row.state) for row in session.execute(query)]
    session.rollback()
    changed = 0
    for import_id, kind, state in waiting:
        found, failed = _follow(desk, import_id, kind)
        changed += found
        if failed:
            put_off(import_id, state, desk.clock.now(), "; ".join(failed))
        else:
            _mark_followed(import_id, state)
    if changed:
        desk.committed()
    return changed


def _mark_followed(import_id: int, state: str) -> None:
    with transaction() as session:
        row = session.get_one(Import, import_id, with_for_update={"of": Import}, populate_existing=True)
        if row.state == state:  # what was undone meanwhile is followed once more
            row.followed = True
            overcome(row)


def _follow(desk: Desk, import_id: int, kind: str) -> tuple[int, list[str]]:
    """Return how many claims were decided otherwise, and what kept each that could not be asked."""
    changed, failed = 0, list[str]()
    for claim_id in _concerned(import_id, kind):
        try:
            changed += _decide_again(desk, claim_id, kind)
        except Exception as error:
            log.exception("a claim could not be decided again after an import", extra={"claim_id": claim_id})
            number = db.session().scalar(select(Claim.number).where(Claim.id == claim_id))
            failed.append(f"{number}: {told(error)}")
    return changed, failed


def _concerned(import_id: int, kind: str) -> Sequence[int]:
    if kind not in CONCERNED:
        return ()
    session = db.session()
    found = session.scalars(CONCERNED[kind](import_id)).all()
    session.rollback()
    return found


def _decide_again(desk: Desk, claim_id: int, kind: str) -> bool:
    """Carry out what the claim's policy says follows an import, where the answer is not what it was."""
    with transaction() as session:
        claim = claim_by_id(session, claim_id, lock=True)
        rulebook = desk.rulebook_of(claim)
        actions = [
            code for code in rulebook.following(kind) if claim.status in rulebook.transitions[code].moves
        ]
        if not actions or claim.eligibility == NOT_ASSESSED:
            return False
        decision = decide_eligibility(
            Gathering(session, desk, rulebook, claim, SYSTEM_ACTOR, desk.clock.now())
        )
        if (decision.outcome, reasons_kept(decision)) == (claim.eligibility, claim.eligibility_reasons):
            return False
        for action in actions:
            perform(session, desk, action, claim, SYSTEM_ACTOR)
        return True
