"""Rows of claims as a long history would have left them, for lists; nothing of them was lived."""

from datetime import datetime, timedelta
from typing import Any

from portal.claims.model import Claim, ClaimProduct
from portal.claims.searching import search_text
from portal.db import db, transaction
from tests.portal.reviews.filing import Filing


def add_claims(filing: Filing, *rows: dict[str, Any], partner: str = "contoso") -> list[str]:
    """Add one claim a row, with what the row says of it, and return the numbers in their order."""
    owner = getattr(filing.house, partner)
    now = filing.clock.now()
    with filing.context(), transaction() as session:
        taken = session.query(Claim).count()
        claims = [
            _claim(filing, owner.id, partner, taken + place, now, row) for place, row in enumerate(rows, 1)
        ]
        session.add_all(claims)
        session.flush()
        for claim in claims:
            session.refresh(claim)
            claim.search_text = search_text(claim, filing.desk.policies.in_force())
        return [claim.number for claim in claims]


def _claim(
    filing: Filing, owner_id: int, partner: str, place: int, now: datetime, row: dict[str, Any]
) -> Claim:
    products = [ClaimProduct(product=code) for code in row.pop("products", [])]
    fields = {
        "number": f"CL-2026-{place:06d}",
        "organization_id": owner_id,
        "location_id": filing.house.locations[partner].id,
        "status": "draft",
        "waits_for": "partner",
        "created_by_id": filing.house.people[f"incentives@{partner}.example"].id,
        "created_at": now,
        "changed_at": now - timedelta(minutes=place),
        "status_since": now,
    }
    return Claim(**fields | row, products=products)


def numbers_of(filing: Filing) -> list[str]:
    with filing.context():
        return list(db.session.scalars(db.select(Claim.number)))
