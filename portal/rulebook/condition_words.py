"""A condition as a person reads it: what is asked of each fact, and what has to hold together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from portal.languages.sentences import gettext
from portal.rulebook.check_words import PLAIN, Speech, check_in_words
from portal.rulebook.condition_types import Always, And, Check, Condition, Node, Not

# What is said where a named condition holds, and where it does not.
Named = tuple[str, str]


@dataclass(frozen=True)
class Words:
    """One thing asked (`text`), or several of which all or some have to hold (`joined`, `items`)."""

    text: str = ""
    joined: Literal["", "all", "some"] = ""
    items: tuple["Words", ...] = ()


def condition_in_words(
    condition: Condition,
    speech: Speech = PLAIN,
    *,
    defined: Mapping[Node, Named],
    unless: bool = False,
) -> Words:
    """Return the condition in words, or with `unless` what holds exactly where it does not.

    A part that stands in `defined` is told by what it means there, as the policy's author named it, and
    not by what it is made of. Each text begins a line: it is never put within a sentence.
    """
    return _Wording(speech, defined).words(condition.root, not unless)


@dataclass(frozen=True)
class _Wording:
    speech: Speech
    defined: Mapping[Node, Named]

    def words(self, node: Node, holds: bool) -> Words:
        if node in self.defined:
            so, not_so = self.defined[node]
            return Words(so if holds else not_so)
        if isinstance(node, Always):
            return Words(gettext("Always") if node.truth == holds else gettext("Never"))
        if isinstance(node, Not):
            return self.words(node.item, not holds)
        if isinstance(node, Check):
            return Words(check_in_words(node, holds, self.speech))
        # What is not "all" is "some not", so the joint turns over where the whole is negated.
        joined: Literal["all", "some"] = "all" if isinstance(node, And) == holds else "some"
        return Words(joined=joined, items=tuple(self._parts(node.items, holds, joined)))

    def _parts(self, nodes: tuple[Node, ...], holds: bool, joined: str) -> list[Words]:
        """Return the parts in words; what is joined the same way within is told on the same level."""
        parts: list[Words] = []
        for node in nodes:
            words = self.words(node, holds)
            parts += words.items if words.joined == joined else [words]
        return parts
