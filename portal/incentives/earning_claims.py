"""Which claim a line of earnings belongs to: the one that it names, or the one that held what it tells of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, exists, select
from sqlalchemy.orm import Session

from portal.claims.model import Association, Claim, ClaimProduct
from portal.claims.units import parts_of
from portal.customers.model import Customer
from portal.imports.kinds import Entry
from portal.incentives.model import EarningLine
from portal.languages.sentences import gettext
from portal.rulebook.rulebook import Rulebook

# So many lines are compared with the associations of their customers by one statement.
LINES_AT_ONCE = 500

Holders = Mapping[tuple[str, str], Sequence[tuple[Association, Claim]]]


@dataclass(frozen=True)
class Claimed:
    """A claim as far as a line must fit it."""

    id: int
    number: str
    organization_id: int
    engagement: str
    tenant_id: str
    products: frozenset[tuple[str, str]]
    held: bool


def find_claims(session: Session, rulebook: Rulebook, entries: Sequence[Entry]) -> dict[int, Claimed]:
    """Return the claim of each entry by the entry's number; where there is none, note why with the entry."""
    named = _claims(session, {entry.values["claim"] for entry in entries} - {""})
    holders = _holders(session, [entry for entry in entries if not entry.values["claim"]])
    zone = ZoneInfo(rulebook.policy.time_zone)
    found = {}
    for entry in entries:
        if entry.values["claim"]:
            claim = named.get(entry.values["claim"])
            _check(entry, claim)
        else:
            claim = _holder(entry, holders, zone)
        if claim is not None:
            found[entry.number] = claim
    return found


def misplaced(session: Session, rulebook: Rulebook, wanted: ColumnElement[bool]) -> bool:
    """Tell whether a line that fulfils `wanted`, names no claim and does not count belongs elsewhere by now.

    That is to another claim than when it was read, to none, or to more than one.
    """
    last = 0
    while rows := _unnamed(session, wanted, last):
        entries = [Entry(line_id, {}, values=said) for line_id, _, said in rows]
        found = find_claims(session, rulebook, entries)
        if any(line_id not in found or found[line_id].id != claim_id for line_id, claim_id, _ in rows):
            return True
        last = rows[-1][0]
    return False


def _unnamed(
    session: Session, wanted: ColumnElement[bool], after: int
) -> Sequence[Row[int, int, dict[str, Any]]]:
    line = EarningLine
    query = select(line.id, line.claim_id, line.said).where(
        wanted, ~line.live, line.said["claim"].as_string() == "", line.id > after
    )
    return session.execute(query.order_by(line.id).limit(LINES_AT_ONCE)).all()


def _claims(session: Session, numbers: set[str]) -> Mapping[str, Claimed]:
    if not numbers:
        return {}
    held = exists().where(Association.claim_id == Claim.id)
    query = (
        select(Claim.id, Claim.number, Claim.organization_id, Claim.engagement, Customer.tenant_id, held)
        .join(Customer, Customer.id == Claim.customer_id)
        .where(Claim.number.in_(numbers))
    )
    rows = session.execute(query).all()
    products_of: dict[int, set[tuple[str, str]]] = {row[0]: set() for row in rows}
    claimed = select(ClaimProduct.claim_id, ClaimProduct.product, ClaimProduct.subscription_id)
    for claim_id, product, subscription in session.execute(
        claimed.where(ClaimProduct.claim_id.in_(list(products_of)))
    ):
        products_of[claim_id].add((product, subscription.casefold()))
    return {
        number: Claimed(
            one, number, owner, engagement or "", tenant.casefold(), frozenset(products_of[one]), was_held
        )
        for one, number, owner, engagement, tenant, was_held in rows
    }


def _check(entry: Entry, claim: Claimed | None) -> None:
    """Note where the line does not fit the claim that it names."""
    said = entry.values
    if claim is None:
        entry.wrong("claim", gettext("There is no such claim. Check its number."))
        return
    if not claim.held:
        entry.wrong("claim", gettext("The claim was never approved, and only approved claims earn."))
    if claim.tenant_id != said["tenant_id"]:
        entry.wrong("tenant_id", gettext("The claim is for a customer with another tenant ID."))
    codes = {product for product, _ in claim.products}
    subscriptions = {given for product, given in claim.products if product == said["product"] and given}
    if said["product"] not in codes:
        entry.wrong("product", gettext("The claim is not for this product."))
    elif subscriptions and said["subscription_id"] and said["subscription_id"] not in subscriptions:
        entry.wrong("subscription_id", gettext("The claim names another subscription for this product."))


def _holders(session: Session, entries: Sequence[Entry]) -> Holders:
    """Return who held what, by (tenant ID, product), for the lines that name no claim."""
    tenants = {entry.values["tenant_id"] for entry in entries}
    if not tenants:
        return {}
    query = (
        select(Association, Claim)
        .join(Claim, Claim.id == Association.claim_id)
        .join(Customer, Customer.id == Claim.customer_id)
        .where(Customer.tenant_id.in_(tenants))
    )
    found: dict[tuple[str, str], list[tuple[Association, Claim]]] = {}
    for association, claim in session.execute(query).unique():
        parts = parts_of(association.unit)
        found.setdefault((parts.get("tenant", "").casefold(), parts.get("product", "")), []).append(
            (association, claim)
        )
    return found


def _holder(entry: Entry, holders: Holders, zone: ZoneInfo) -> Claimed | None:
    """Return the one claim that held the line's unit in its month, or note that there is none, or more."""
    said = entry.values
    found = {
        claim.id: claim
        for association, claim in holders.get((said["tenant_id"], said["product"]), [])
        if _in_month(association, said["month"], zone)
        and parts_of(association.unit).get("subscription", "") in ("", said["subscription_id"])
    }
    if len(found) == 1:
        claim = next(iter(found.values()))
        return Claimed(
            claim.id,
            claim.number,
            claim.organization_id,
            claim.engagement or "",
            said["tenant_id"],
            frozenset(),
            held=True,
        )
    if found:
        reason = gettext("More than one claim held this customer and product in that month. Name the claim.")
    else:
        reason = gettext(
            "No claim held this customer and product in that month. Name the claim, or take the row out."
        )
    entry.wrong("claim", reason)
    return None


def _in_month(association: Association, wanted: str, zone: ZoneInfo) -> bool:
    """Tell whether it was held on a day of the month `wanted`, as the program's zone counts days."""
    began = association.began_at.astimezone(zone).date().isoformat()[:7]
    ended = (
        association.ended_at.astimezone(zone).date().isoformat()[:7] if association.ended_at else "9999-12"
    )
    return began <= wanted <= ended
