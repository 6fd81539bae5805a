"""Competing claims: who would lose if one claim won, told before anybody presses the button."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from portal.claims.desk import Desk
from portal.claims.model import Claim
from portal.claims.panels import Panel
from portal.claims.units import rivals
from portal.languages.sentences import gettext
from portal.rulebook.wording import listed


@dataclass(frozen=True)
class Loser:
    """A claim that the settlement would end, and the status it would then be in."""

    number: str
    organization: str
    status_label: str
    becomes: str


def losers(session: Session, desk: Desk, claim: Claim, action: str) -> list[Loser]:
    """Return every claim that `action` on `claim` would end with it (product.md T16), by number.

    Empty for an action that concerns one claim alone. Each loser goes by its own policy version.
    """
    if not desk.rulebook_of(claim).called_by(action):
        return []
    ids = sorted({rival.claim_id for rival in rivals(session, claim, desk.rulebook_of(claim))})
    found = sorted((session.get_one(Claim, claim_id) for claim_id in ids), key=lambda row: row.number)
    return [_loser(desk, row, action) for row in found]


def naming_losers(session: Session, desk: Desk, claim: Claim, panel: Panel) -> Panel:
    """Return `panel` with every claim that its action would end named, by number, before its confirmation."""
    found = losers(session, desk, claim, panel.offer.action)
    if not found:
        return panel
    names = listed([_named(row) for row in found], gettext("and"))
    ends = gettext("This also ends %(claims)s.", claims=names)
    confirm = f"{ends} {panel.offer.transition.confirm or ''}".strip()
    transition = panel.offer.transition.model_copy(update={"confirm": confirm})
    return replace(panel, offer=replace(panel.offer, transition=transition))


def _named(loser: Loser) -> str:
    return gettext(
        "%(number)s of %(organization)s (%(status)s, then %(becomes)s)",
        number=loser.number,
        organization=loser.organization,
        status=loser.status_label,
        becomes=loser.becomes,
    )


def _loser(desk: Desk, claim: Claim, action: str) -> Loser:
    rulebook = desk.rulebook_of(claim)
    moves = [rulebook.transitions[code].moves for code in rulebook.called_by(action)]
    target = next((move[claim.status] for move in moves if claim.status in move), claim.status)
    return Loser(
        number=claim.number,
        organization=claim.organization.name,
        status_label=rulebook.statuses[claim.status].label,
        becomes=rulebook.statuses[target].label,
    )
