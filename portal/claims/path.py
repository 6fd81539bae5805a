"""The way of a claim through its lifecycle: where it was, where it is, and what can come next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.claims.clock_states import ENDED
from portal.claims.model import Claim
from portal.claims.timeline import REVIEW_TEAM, Entry
from portal.languages.sentences import gettext
from portal.rulebook.closed_names import CUSTOMER, GONE, NEW, SYSTEM
from portal.rulebook.models import Transition
from portal.rulebook.rulebook import Rulebook
from portal.rulebook.wording import listed

# A claim may go round as often as its sides like; the first and the last steps say what a reader looks for.
FIRST_KEPT, LAST_KEPT = 1, 4


@dataclass(frozen=True)
class Stop:
    """A status that the claim was in, since when, and who brought it there, "" where nobody knows."""

    label: str
    tone: str
    at: datetime
    who: str


@dataclass(frozen=True)
class Branch:
    """A status that can come next, with each way there: whose action it is, and what it is called."""

    label: str
    tone: str
    ways: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ClaimPath:
    """The whole way. `folded` stops are left out between `first` and `last`; the last stop is where it is."""

    first: tuple[Stop, ...]
    folded: int
    last: tuple[Stop, ...]
    branches: tuple[Branch, ...]

    @property
    def here(self) -> Stop:
        return self.last[-1]


def path_of(rulebook: Rulebook, claim: Claim, entries: Sequence[Entry], side: str) -> ClaimPath:
    """Return the way of `claim`, whose timeline is `entries` (newest first), in words for the side `side`.

    What can come next is what the claim's own policy declares; a closed claim goes nowhere.
    """
    statuses = rulebook.statuses
    stops = [
        Stop(entry.status_label, statuses[entry.status].tone, entry.at, entry.who)
        for entry in reversed(entries)
        if entry.status in statuses
    ]
    if not stops:  # rows that no event tells of, such as those brought from elsewhere
        here = statuses[claim.status]
        stops = [Stop(here.label, here.tone, claim.status_since, "")]
    folded = len(stops) - FIRST_KEPT - LAST_KEPT
    # One step alone takes no more place than the words that would stand for it.
    cut = FIRST_KEPT if folded > 1 else 0
    return ClaimPath(
        first=tuple(stops[:cut]),
        folded=folded if cut else 0,
        last=tuple(stops[-LAST_KEPT:] if cut else stops),
        branches=() if claim.closed else tuple(_branches(rulebook, claim, side)),
    )


def _branches(rulebook: Rulebook, claim: Claim, side: str) -> list[Branch]:
    ways: dict[str, list[tuple[str, str]]] = {}
    for code, transition in rulebook.transitions.items():
        end = transition.moves.get(claim.status, claim.status)
        if end not in (claim.status, NEW, GONE):
            by_customer = transition.by == CUSTOMER
            mover = _customer(rulebook, claim) if by_customer else _mover(rulebook, code, transition, side)
            ways.setdefault(end, []).append((mover, transition.label))
    order = list(rulebook.statuses)
    return [
        Branch(rulebook.statuses[end].label, rulebook.statuses[end].tone, tuple(ways[end]))
        for end in sorted(ways, key=order.index)
    ]


def _customer(rulebook: Rulebook, claim: Claim) -> str:
    """Name the customer; where nobody waits for them any more, that their link still works is said too."""
    states = {row.clock: row.state for row in claim.clocks}  # of each clock the latest
    over = [
        clock.label
        for code, clock in rulebook.clocks.items()
        if clock.waits_for == CUSTOMER and states.get(code) == ENDED
    ]
    if not over:
        return gettext("The customer")
    return gettext(
        "The customer, by their link, which works after “%(deadline)s” as well",
        deadline=listed(over, gettext("or")),
    )


def _mover(rulebook: Rulebook, code: str, transition: Transition, side: str) -> str:
    if transition.by == SYSTEM:
        ends = [
            gettext("“%(deadline)s” ends", deadline=clock.label)
            for clock in rulebook.clocks.values()
            if clock.at_end == code
        ]
        if not ends:
            return gettext("The portal")
        return gettext("The portal, when %(ends)s", ends=listed(ends, gettext("or")))
    sides = {rulebook.side_of(role) for role in rulebook.roles_with(transition.by)}
    own, other = ("partner", "operator") if side == "partner" else ("operator", "partner")
    if own in sides:
        return gettext("Your organization") if side == "partner" else gettext("A reviewer")
    if other not in sides:
        return gettext("Nobody")
    return str(REVIEW_TEAM) if side == "partner" else gettext("The partner")
