"""Competing claims: who would lose if one claim won, told before anybody presses the button."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from portal.accounts.actor import SYSTEM_ACTOR
from portal.claims.clocks import runs_in
from portal.claims.desk import Desk
from portal.claims.disputes import is_dispute
from portal.claims.effects.settlement import SEEN, seen_as
from portal.claims.facts import gather_named
from portal.claims.gathering import Gathering
from portal.claims.model import Claim
from portal.claims.panels import Panel
from portal.claims.units import rivals
from portal.languages.sentences import gettext
from portal.rulebook.decision import Facts, Value
from portal.rulebook.rulebook import Rulebook
from portal.rulebook.wording import listed


@dataclass(frozen=True)
class Loser:
    """A claim that the settlement would end, and the status it would then be in.

    `reason` is what its partner is told; `windows` the clocks that begin, each with its length, none where
    nothing can be done about it. `seen` says to the settlement which state of the claim was looked at.
    """

    number: str
    organization: str
    status_label: str
    becomes: str
    reason: str
    windows: tuple[tuple[str, str], ...]
    seen: str


def losers(session: Session, desk: Desk, claim: Claim, action: str) -> list[Loser]:
    """Return every claim that `action` on `claim` would end with it (product.md T16), by number.

    Empty for an action that concerns one claim alone. Each loser goes by its own policy version.
    """
    if not desk.rulebook_of(claim).called_by(action):
        return []
    ids = sorted({rival.claim_id for rival in rivals(session, claim, desk.rulebook_of(claim))})
    found = sorted((session.get_one(Claim, claim_id) for claim_id in ids), key=lambda row: row.number)
    return [_loser(session, desk, row, action) for row in found]


def naming_losers(panel: Panel, found: Sequence[Loser]) -> Panel:
    """Return `panel` with every claim that its action would end named, by number, before its confirmation.

    The form tells in which state it showed them, so that what changed since is not ended unseen.
    """
    if not found:
        return panel
    names = listed([_named(row) for row in found], gettext("and"))
    ends = gettext("This also ends %(claims)s.", claims=names)
    confirm = f"{ends} {panel.offer.transition.confirm or ''}".strip()
    transition = panel.offer.transition.model_copy(update={"confirm": confirm})
    shown = tuple((SEEN, row.seen) for row in found)
    return replace(panel, offer=replace(panel.offer, transition=transition), shown=shown)


def _named(loser: Loser) -> str:
    return gettext(
        "%(number)s of %(organization)s (%(status)s, then %(becomes)s)",
        number=loser.number,
        organization=loser.organization,
        status=loser.status_label,
        becomes=loser.becomes,
    )


def _loser(session: Session, desk: Desk, claim: Claim, action: str) -> Loser:
    rulebook = desk.rulebook_of(claim)
    loses = [rulebook.transitions[code] for code in rulebook.called_by(action)]
    ends = next((row for row in loses if claim.status in row.moves), None)
    target = ends.moves[claim.status] if ends else claim.status
    code = (ends.reason if ends else None) or ""
    reason = rulebook.reasons.rejection_reasons.get(code)
    return Loser(
        number=claim.number,
        organization=claim.organization.name,
        status_label=rulebook.statuses[claim.status].label,
        becomes=rulebook.statuses[target].label,
        reason=reason.label if reason else "",
        windows=_windows(session, desk, rulebook, claim, target, code) if ends else (),
        seen=seen_as(claim),
    )


def _windows(
    session: Session, desk: Desk, rulebook: Rulebook, claim: Claim, target: str, reason: str
) -> tuple[tuple[str, str], ...]:
    """Return the clocks in which a dispute leads out of `target`, entered for `reason`."""
    leads_on = any(is_dispute(row) and target in row.moves for row in rulebook.transitions.values())
    found = []
    for code, rule in rulebook.clocks.items():
        if not leads_on or not runs_in(rule, target):
            continue
        gathering = Gathering(session, desk, rulebook, claim, SYSTEM_ACTOR, desk.clock.now())
        facts = gather_named(gathering, rulebook.facts_read(f"clock:{code}"))
        # What the settlement itself will have written by then.
        then: dict[str, Value] = {"claim.status": target, "claim.rejection_reasons": frozenset({reason})}
        known = {name: value for name, value in then.items() if name in facts.claim}
        if rulebook.clock_applies(code, Facts({**facts.claim, **known}, facts.products)):
            found.append((rule.label, rule.length))
    return tuple(found)
