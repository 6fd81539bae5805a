"""What the texts of a mail may name besides facts."""

from portal.rulebook import closed_names as closed
from portal.rulebook.models import Mail
from portal.rulebook.parts import Parts

PARTNER = "partner"


def names_of_mail(parts: Parts, event: str, mail: Mail) -> frozenset[str]:
    """Return the names beside facts that `mail`, sent at `event`, can be filled with."""
    transition = parts.lifecycle.transitions.get(event)
    if transition is None and event.startswith(closed.REMIND):
        return closed.REMINDER_NAMES
    # No review tells what a claim earns, and no customer is told.
    assessed = transition is not None and closed.ASSESS in transition.effects and mail.to == PARTNER
    return closed.ASSESSMENT_NAMES if assessed else closed.MAIL_NAMES
