"""A condition as a person reads it: what is asked of each fact, and what has to hold together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from portal.languages.sentences import gettext, lazy_gettext
from portal.rulebook.comparing import against_in_words, sign_of
from portal.rulebook.condition_types import Always, And, Check, Condition, Node, Not
from portal.rulebook.decision import Value

NameOf = Callable[[str], str]
ValueOf = Callable[[str, Value], str]

# What is not before a day may also have no day at all; of these operators the opposite says less than "not".
_ORDER = ("<", "<=", ">", ">=")
# stays English: the operators are no words, and the words are marked
_YES = {
    "is": lazy_gettext("yes"),
    "is not": lazy_gettext("no"),
    "given": lazy_gettext("given"),
    "not given": lazy_gettext("not given"),
}


@dataclass(frozen=True)
class Words:
    """One thing asked (`text`), or several of which all or some have to hold (`joined`, `items`)."""

    text: str = ""
    joined: Literal["", "all", "some"] = ""
    items: tuple["Words", ...] = ()


def condition_in_words(
    condition: Condition,
    *,
    name_of: NameOf,
    value_of: ValueOf,
    defined: Mapping[Node, str],
    unless: bool = False,
) -> Words:
    """Return the condition in words, or with `unless` what holds exactly where it does not.

    `name_of` words a fact and `value_of` a value of a fact. A part that stands in `defined` is told by
    what it means there, as the policy's author named it, and not by what it is made of.
    """
    return _Wording(name_of, value_of, defined).words(condition.root, not unless)


@dataclass(frozen=True)
class _Wording:
    name_of: NameOf
    value_of: ValueOf
    defined: Mapping[Node, str]

    def words(self, node: Node, holds: bool) -> Words:
        if node in self.defined:
            return Words(f"{self.defined[node]}: {gettext('yes') if holds else gettext('no')}")
        if isinstance(node, Always):
            return Words(gettext("always") if node.truth == holds else gettext("never"))
        if isinstance(node, Not):
            return self.words(node.item, not holds)
        if isinstance(node, Check):
            return self._check(node, holds)
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

    def _check(self, check: Check, holds: bool) -> Words:
        sign = sign_of(check, holds)
        if sign == "==" and check.other is None:
            told = self.value_of(check.fact, check.against)
        else:
            told = _YES.get(sign) or against_in_words(check, sign, self.name_of, self.value_of)
        types = (check.type, check.other_type)
        if not holds and check.operator in _ORDER and any(one and one.may_be_absent for one in types):
            told = gettext("%(asked)s, or not given", asked=told)
        return Words(f"{self.name_of(check.fact)}: {told}")
