"""Association units: what one claim would hold exclusively, and who else is after it."""

from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from portal.claims.model import Claim, ClaimProduct, ClaimUnit
from portal.rulebook.program_models import ProgramsFile
from portal.rulebook.rulebook import Rulebook

ASSOCIATION = "association"  # the name in `keeps` of a status in which a claim holds its units
NONE, OPEN, HELD = (
    "none",
    "open",
    "approved",
)  # values of the facts product.own_claim and product.other_partner


def unit_of(claim: Claim, product: ClaimProduct, programs: ProgramsFile) -> str | None:
    """Return the unit that `product` stands for, or None while customer or activity are missing.

    The solution area of the claim's activity says what a unit consists of: the customer's tenant and
    the product in Modern Work and Security, the subscription besides in Business Applications.
    """
    if claim.customer is None or claim.activity not in programs.activities:
        return None
    area = programs.solution_areas[programs.activities[claim.activity].solution_area]
    parts = {
        "tenant": claim.customer.tenant_id,
        "product": product.product,
        "subscription": product.subscription_id.casefold(),
    }
    return "|".join(f"{name}:{_written(parts[name])}" for name in area.unit)


def _written(value: str) -> str:
    """Return a part so that it ends where the next one begins, whatever a partner typed as subscription."""
    return value.replace("%", "%25").replace("|", "%7C")


def parts_of(unit: str) -> dict[str, str]:
    """Return what a unit consists of, by name, as `unit_of` joined it.

    Of parts of one name the first is it: units from before parts were written so may have more.
    """
    found: dict[str, str] = {}
    for part in unit.split("|"):
        name, _, value = part.partition(":")
        found.setdefault(name, value.replace("%7C", "|").replace("%25", "%"))
    return found


def holding_statuses(rulebook: Rulebook) -> frozenset[str]:
    """Return the statuses in which a claim holds its association (Approved)."""
    return frozenset(code for code, status in rulebook.statuses.items() if ASSOCIATION in status.keeps)


def open_statuses(rulebook: Rulebook) -> frozenset[str]:
    """Return the statuses of claims under way, as lifecycle.yaml says (`open`)."""
    return frozenset(code for code, status in rulebook.statuses.items() if status.open)


def note_units(claim: Claim, rulebook: Rulebook) -> None:
    """Bring the claim's units and whether they are active in line with its products and status."""
    units = {unit_of(claim, product, rulebook.programs) for product in claim.products} - {None}
    active = claim.status in open_statuses(rulebook) | holding_statuses(rulebook)
    for kept in list(claim.units):
        if kept.unit in units:
            kept.active = active
            units.discard(kept.unit)
        else:
            claim.units.remove(kept)
    for unit in sorted(unit for unit in units if unit is not None):
        claim.units.append(ClaimUnit(unit=unit, organization_id=claim.organization_id, active=active))


def sharing_units_with(claims: int | Select[int]) -> Select[int]:
    """Return the select of the ids of all claims that have a unit with one of `claims`, these among them."""
    mine, other = aliased(ClaimUnit), aliased(ClaimUnit)
    theirs = mine.claim_id == claims if isinstance(claims, int) else mine.claim_id.in_(claims)
    return select(other.claim_id).join(mine, mine.unit == other.unit).where(theirs)


@dataclass(frozen=True)
class Rival:
    """Another claim on one of a claim's units."""

    unit: str
    claim_id: int
    number: str
    organization_id: int
    status: str


def rivals(session: Session, claim: Claim, rulebook: Rulebook) -> list[Rival]:
    """Return every other open or approved claim on a unit of `claim`, of any organization."""
    units = [unit for product in claim.products if (unit := unit_of(claim, product, rulebook.programs))]
    if not units:
        return []
    rows = session.execute(
        select(ClaimUnit.unit, Claim.id, Claim.number, Claim.organization_id, Claim.status)
        .join(Claim, Claim.id == ClaimUnit.claim_id)
        .where(ClaimUnit.unit.in_(units), ClaimUnit.active, Claim.id != (claim.id or 0))
        .order_by(Claim.number)
    )
    return [Rival(*row) for row in rows]


def worst(found: list[Rival], rulebook: Rulebook) -> str:
    """Return how far the furthest of `found` has come: none, open or approved."""
    if any(rival.status in holding_statuses(rulebook) for rival in found):
        return HELD
    return OPEN if found else NONE
