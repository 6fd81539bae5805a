"""The ways an action on a claim can come to nothing; each changes nothing and says why."""

from collections.abc import Mapping, Sequence

from portal.accounts.sentences import shortened
from portal.rulebook.decision import Decision


class NotThere(Exception):
    """No such claim for this person; another organization's claims do not exist either."""


class Refused(Exception):
    """The rules refuse the action; `decision` carries every reason."""

    def __init__(self, number: str, decision: Decision) -> None:
        super().__init__(f"{decision.question} of {number} is refused")  # stays English: no page shows it
        self.number = number
        self.decision = decision


class Stale(Exception):
    """Somebody changed the claim after the form was opened; `changes` says what, in sentences."""

    def __init__(self, number: str, changes: Sequence[str]) -> None:
        super().__init__(f"{number} was changed in between")  # stays English: no page shows it
        self.number = number
        self.changes = tuple(changes)


class Invalid(Exception):
    """What was typed cannot be taken; `errors` maps a field to a sentence that says what to do.

    A sentence that repeats a long text is cut in its middle: what is wrong and what to do stay.
    """

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = {name: shortened(sentence) for name, sentence in errors.items()}
        super().__init__("; ".join(f"{name}: {sentence}" for name, sentence in self.errors.items()))
