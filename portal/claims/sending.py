"""What sending a draft changes for its organization, told before it is sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from portal.claims.clocks import due_moment, runs_in
from portal.claims.model import Claim
from portal.claims.offering import Offer
from portal.languages.sentences import gettext
from portal.rulebook.rulebook import Rulebook
from portal.rulebook.wording import quoted


@dataclass(frozen=True)
class Due:
    """What begins to run when the draft is sent: what it is called, and its last day if it is sent now."""

    label: str
    due_on: date


@dataclass(frozen=True)
class Sending:
    """Where sending leads. `closed` names the statuses in which nothing can be changed, "" for none."""

    closed: str
    due: tuple[Due, ...]


def sending(rulebook: Rulebook, claim: Claim, ways: Iterable[Offer], now: datetime) -> list[Sending]:
    """Tell of every status that one of `ways` leads to, by the claim's policy."""
    reached = dict.fromkeys(way.transition.moves[claim.status] for way in ways)
    return [
        Sending(_closed(rulebook, status), tuple(_due(rulebook, claim, status, now))) for status in reached
    ]


def _closed(rulebook: Rulebook, first: str) -> str:
    """Name `first` and what follows while the same side is to move, as far as nothing is open there."""
    closed = [
        status for status in _with_same_mover(rulebook, first) if not rulebook.statuses[status].editable
    ]
    return quoted([rulebook.statuses[status].label for status in closed], gettext("or")) if closed else ""


def _with_same_mover(rulebook: Rulebook, first: str) -> Sequence[str]:
    found = [first]
    for status in found:  # grows while it is gone through
        for transition in rulebook.transitions.values():
            after = rulebook.statuses.get(transition.moves.get(status, ""))
            entered = transition.moves.get(status, "")
            if after and after.waits_for == rulebook.statuses[first].waits_for and entered not in found:
                found.append(entered)
    return found


def _due(rulebook: Rulebook, claim: Claim, status: str, now: datetime) -> Iterable[Due]:
    """Yield the clocks that surely run there from the moment of sending; of others nothing is promised."""
    for name, rule in rulebook.clocks.items():
        if runs_in(rule, status) and rule.if_ is None and rule.starts == "entered":
            yield Due(rule.label, due_moment(rulebook, claim, name, now).due_on)
