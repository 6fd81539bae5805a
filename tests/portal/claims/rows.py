"""Rows of claims as a long history would have left them, for lists; nothing of them was lived."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from portal.accounts.model import Location
from portal.claims.model import Claim, ClaimProduct
from portal.claims.searching import search_text
from portal.customers.model import Customer
from portal.db import db, transaction
from tests.portal.reviews.filing import Filing


def location_id(filing: Filing, partner: str = "contoso") -> int:
    """Return the id of the location that the house gave the partner."""
    owner_id = filing.actors[f"incentives@{partner}.example"].organization_id
    with filing.context():
        return db.session.scalars(select(Location.id).where(Location.organization_id == owner_id)).all()[0]


def customer_id(filing: Filing, partner: str = "contoso") -> int:
    """Return the id of the customer that the house gave the partner."""
    owner_id = filing.actors[f"incentives@{partner}.example"].organization_id
    with filing.context():
        return db.session.scalars(select(Customer.id).where(Customer.organization_id == owner_id)).all()[0]


def add_claims(filing: Filing, *rows: dict[str, Any], partner: str = "contoso") -> list[str]:
    """Add one claim a row, with what the row says of it, and return the numbers in their order."""
    actor = filing.actors[f"incentives@{partner}.example"]
    general = {
        "organization_id": actor.organization_id,
        "created_by_id": actor.person_id,
        "location_id": location_id(filing, partner),
    }
    now = filing.clock.now()
    with filing.context(), transaction() as session:
        taken = session.scalar(select(func.count()).select_from(Claim)) or 0
        claims = [_claim(taken + place, now, general | row) for place, row in enumerate(rows, start=1)]
        session.add_all(claims)
        session.flush()
        for claim in claims:
            session.refresh(claim)
            claim.search_text = search_text(claim, filing.desk.policies.in_force())
        return [claim.number for claim in claims]


def _claim(place: int, now: datetime, row: dict[str, Any]) -> Claim:
    fields = {
        "number": f"CL-2026-{place:06d}",
        "status": "draft",
        "waits_for": "partner",
        "created_at": now,
        "changed_at": now - timedelta(minutes=place),
        "status_since": now,
    }
    products = [ClaimProduct(product=code) for code in row.get("products", [])]
    return Claim(**{**fields, **row, "products": products})
