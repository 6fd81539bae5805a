"""What a status keeps: begun on entering, ended on leaving."""

from collections.abc import Callable, Mapping

from sqlalchemy import update

from portal.claims.consent_links import new_link, void_links
from portal.claims.desk import Step
from portal.claims.model import Association
from portal.claims.units import ASSOCIATION, unit_of

CONSENT_LINK = "consent_link"


def _begin_association(step: Step) -> None:
    """Hold every unit of the claim. The index refuses a unit that another claim holds.

    What the claim was rejected for before is no longer said of it; the timeline and decisions keep it.
    """
    step.claim.rejection_reasons, step.claim.decision_text = [], ""
    units = {unit_of(step.claim, product, step.rulebook.programs) for product in step.claim.products}
    for unit in sorted(unit for unit in units if unit is not None):
        step.session.add(Association(claim_id=step.claim.id, unit=unit, began_at=step.now))
    step.session.flush()


def _end_association(step: Step) -> None:
    step.session.execute(
        update(Association)
        .where(Association.claim_id == step.claim.id, Association.ended_at.is_(None))
        .values(ended_at=step.now)
    )


BEGIN: Mapping[str, Callable[[Step], None]] = {ASSOCIATION: _begin_association, CONSENT_LINK: new_link}
END: Mapping[str, Callable[[Step], None]] = {ASSOCIATION: _end_association, CONSENT_LINK: void_links}


def end_kept(step: Step) -> None:
    """End all that is kept, unless both the status that was left and the new one keep it.

    A link that was sent again in a status that keeps none (T23) is void on leaving it as well.
    """
    for name, end in END.items():
        if not (name in _kept(step, step.from_status) and name in _kept(step, step.to_status)):
            end(step)


def begin_kept(step: Step) -> None:
    """Begin what the status that was entered keeps and the old one did not."""
    for name in _kept(step, step.to_status):
        if name not in _kept(step, step.from_status):
            BEGIN[name](step)


def _kept(step: Step, status: str) -> list[str]:
    known = step.rulebook.statuses.get(status)  # `new` is a reserved word, not a status
    return known.keeps if known else []
