"""The conditions of one policy in words, each where it stands in the files."""

from collections.abc import Mapping

from portal.rulebook.condition_types import Node
from portal.rulebook.condition_words import Named, Words, condition_in_words
from portal.rulebook.conditions import Condition
from portal.rulebook.documents import Path
from portal.rulebook.rulebook import Rulebook


class ConditionsInWords:
    """Words the conditions of `rulebook`; those that it names are told by what their name means."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._vocabulary = rulebook.vocabulary
        sentence = rulebook.vocabulary.sentence
        self._defined: dict[Node, Named] = {
            rulebook.vocabulary.parse(one.when).root: (sentence(name, True), sentence(name, False))
            for name, one in rulebook.vocabulary.defined.items()
        }
        # A rule's own condition is kept as it is asked: `unless` is turned already.
        self._rules = {(rule.file, rule.path): rule.condition for rule in rulebook.asked_rules()}

    def of_rule(self, file: str, path: Path, asks: Mapping[str, str]) -> Words:
        """Return when the rule at `path` of `file` fires; `asks` are the labels of what the form asks for.

        Raises KeyError where no rule stands there.
        """
        return self._words(self._rules[file, path], asks=asks)

    def of_text(self, text: str | None) -> Words | None:
        """Return a condition of the files in words, None for none."""
        return self._words(self._vocabulary.parse(text)) if text else None

    def of_defined(self, text: str) -> Words:
        """Return what a named condition is made of, without its own name."""
        parsed = self._vocabulary.parse(text)
        others = {root: means for root, means in self._defined.items() if root != parsed.root}
        return self._words(parsed, others)

    def _words(
        self,
        condition: Condition,
        defined: Mapping[Node, Named] | None = None,
        asks: Mapping[str, str] | None = None,
    ) -> Words:
        return condition_in_words(
            condition,
            self._vocabulary.speech(asks),
            defined=self._defined if defined is None else defined,
        )
