"""What a proof must show, and what reviewers have asked for or missed of it so far."""

from dataclasses import dataclass
from datetime import datetime

from portal.claims.model import Claim
from portal.rulebook.models import CatalogReason
from portal.rulebook.program_models import PoeElement
from portal.rulebook.rulebook import Rulebook

BETWEEN = "…"  # what stands between the parts of a quoted source


@dataclass(frozen=True)
class Missed:
    """A reason for which an element was asked for; `open` while the partner has not answered."""

    label: str
    at: datetime
    open: bool


@dataclass(frozen=True)
class Element:
    """One element of the proof with every time it was asked for, the earliest first."""

    label: str
    means: str
    missed: tuple[Missed, ...]


def elements_of(rulebook: Rulebook, claim: Claim) -> tuple[Element, ...]:
    """Return what the proof of `claim` must show, as far as reviewers have said what is missing of it.

    A reason belongs to the elements that quote the same clause of the written source.
    """
    catalog = rulebook.reasons.information_reasons
    asked = [
        (catalog[code], request.at, request.ended_at is None)
        for request in claim.requests
        for code in request.reasons
        if code in catalog
    ]
    return tuple(
        Element(
            element.label,
            element.means,
            tuple(
                Missed(reason.label, at, is_open) for reason, at, is_open in asked if _about(reason, element)
            ),
        )
        for element in rulebook.programs.poe_elements_of(claim.activity)
    )


def _about(reason: CatalogReason, element: PoeElement) -> bool:
    clauses = {part.strip() for part in (reason.source or "").split(BETWEEN)} - {""}
    return bool(clauses & {clause.strip() for clause in element.source})
