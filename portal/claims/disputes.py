"""Which actions and statuses of a policy are disputes, whatever it calls them."""

from portal.rulebook.models import Transition
from portal.rulebook.rulebook import Rulebook

USE_DISPUTE = "use_dispute"  # the effect by which an action is a dispute


def is_dispute(transition: Transition) -> bool:
    """Tell whether carrying out the transition uses up a dispute."""
    return USE_DISPUTE in transition.effects


def disputed_statuses(rulebook: Rulebook) -> frozenset[str]:
    """Return the statuses that a dispute leads into."""
    return frozenset(
        end for row in rulebook.transitions.values() if is_dispute(row) for end in row.moves.values()
    )
