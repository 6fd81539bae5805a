"""The conditions of one policy in words, each where it stands in the files."""

from portal.rulebook.condition_types import Node
from portal.rulebook.condition_words import Words, condition_in_words
from portal.rulebook.conditions import Condition
from portal.rulebook.documents import Path
from portal.rulebook.rulebook import Rulebook


class ConditionsInWords:
    """Words the conditions of `rulebook`; those that it names are told by what their name means."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._vocabulary = rulebook.vocabulary
        self._defined: dict[Node, str] = {
            rulebook.vocabulary.parse(one.when).root: one.means
            for one in rulebook.vocabulary.defined.values()
        }
        # A rule's own condition is kept as it is asked: `unless` is turned already.
        self._rules = {(rule.file, rule.path): rule.condition for rule in rulebook.asked_rules()}

    def of_rule(self, file: str, path: Path) -> Words:
        """Return when the rule at `path` of `file` fires. Raises KeyError where no rule stands there."""
        return self._words(self._rules[file, path])

    def of_text(self, text: str | None) -> Words | None:
        """Return a condition of the files in words, None for none."""
        return self._words(self._vocabulary.parse(text)) if text else None

    def of_defined(self, text: str) -> Words:
        """Return what a named condition is made of, without its own name."""
        parsed = self._vocabulary.parse(text)
        others = {root: means for root, means in self._defined.items() if root != parsed.root}
        return self._words(parsed, others)

    def _words(self, condition: Condition, defined: dict[Node, str] | None = None) -> Words:
        return condition_in_words(
            condition,
            name_of=self._vocabulary.meaning,
            value_of=self._vocabulary.written,
            defined=self._defined if defined is None else defined,
        )
