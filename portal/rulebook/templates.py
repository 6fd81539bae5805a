"""The `{placeholders}` of the texts that rules say: which there are, and how they are filled."""

import re
from collections.abc import Mapping

from portal.languages.sentences import lazy_gettext, number
from portal.rulebook.decision import Value
from portal.rulebook.vocabulary import Vocabulary

# What a mail may name besides facts (MAIL_NAMES, REMINDER_NAMES and ASSESSMENT_NAMES of closed_names.py).
_OF_MAILS: Mapping[str, str] = {
    "claim.number": lazy_gettext("Number of the claim"),
    "claim.name": lazy_gettext("Name of the claim"),
    "customer.name": lazy_gettext("Name of the customer"),
    "partner.name": lazy_gettext("Name of the partner"),
    "deadline.last_day": lazy_gettext("Last day of the deadline"),
    "deadline.left": lazy_gettext("Time that is left"),
    "eligibility.outcome": lazy_gettext("Incentive eligibility"),
    "eligibility.reasons": lazy_gettext("Why it is so"),
    "eligibility.change": lazy_gettext("What would change it"),
}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def placeholders(text: str) -> tuple[tuple[str, int], ...]:
    """Return the name in each placeholder of `text` and the index at which it begins."""
    return tuple((found.group(1), found.start() + 1) for found in _PLACEHOLDER.finditer(text))


def stray_brace(text: str) -> int | None:
    """Return the index of a brace that opens or closes no placeholder, or None."""
    found = re.search(r"[{}]", _PLACEHOLDER.sub(lambda match: " " * len(match.group()), text))
    return found.start() if found else None


def facts_in(text: str) -> frozenset[str]:
    """Return the facts that a checked `text` needs to be filled."""
    return frozenset(name for name, _ in placeholders(text) if not name.startswith("value."))


def fill(text: str, vocabulary: Vocabulary, facts: Mapping[str, Value]) -> str:
    """Return `text` with every placeholder replaced, formatted by the type of what it names.

    Raises KeyError when a fact that the text names is not among `facts`.
    """

    def replaced(found: re.Match[str]) -> str:
        name = found.group(1)
        kind, _, short = name.partition(".")
        if kind == "value" and short in vocabulary.values:
            value = vocabulary.values[short]
            return number(value) if isinstance(value, int) else value
        # Generated texts hold labels, and a label may hold braces that name nothing.
        return vocabulary.written(name, facts[name]) if name in vocabulary.facts else found.group()

    return _PLACEHOLDER.sub(replaced, text)


def spelled(text: str, vocabulary: Vocabulary, known: Mapping[str, str] | None = None) -> str:
    """Return `text` for whoever reads a rule and no claim: each placeholder as ‹what will stand there›.

    `known` are those that can be told already, by name.
    """

    def named(found: re.Match[str]) -> str:
        name = found.group(1)
        kind, _, short = name.partition(".")
        if known and name in known:
            return known[name]
        if kind == "value" and short in vocabulary.values:
            return str(vocabulary.values[short])
        return f"‹{_OF_MAILS.get(name) or vocabulary.meaning(name)}›"

    return _PLACEHOLDER.sub(named, text)
