"""The comparisons that made a condition hold, worded for explanations."""

from collections.abc import Mapping

from portal.languages.sentences import gettext
from portal.rulebook.check_words import PLAIN, Speech, asked_in_words, plain, sign_of
from portal.rulebook.condition_types import Always, And, Check, Condition, Node, Not
from portal.rulebook.decision import Comparison, Value
from portal.rulebook.python_evaluator import check_holds


def held(condition: Condition, facts: Mapping[str, Value], speech: Speech = PLAIN) -> tuple[Comparison, ...]:
    """Return the comparisons that made the condition hold, in the words of `speech`; none where it does not.

    Facts must be whole and typed. Operators besides those of the condition: `is not`, `given`, `not given`,
    `not in`, `has`, `has not`, `not all in`, `none in`, for what was negated.
    """
    found = _reasons(condition.root, True, facts) or ()
    kept: dict[tuple[Check, bool], Comparison] = {}
    for check, holds in found:
        kept.setdefault((check, holds), _comparison(check, holds, facts, speech))
    return tuple(kept.values())


def _reasons(node: Node, wanted: bool, facts: Mapping[str, Value]) -> list[tuple[Check, bool]] | None:
    """Return the checks that make `node` come out as wanted, or None where it does not."""
    if isinstance(node, Check):
        return [(node, wanted)] if check_holds(node)(facts) == wanted else None
    if isinstance(node, Always):
        return [] if node.truth == wanted else None
    if isinstance(node, Not):
        return _reasons(node.item, not wanted, facts)
    parts = [_reasons(item, wanted, facts) for item in node.items]
    told = [part for part in parts if part is not None]
    if isinstance(node, And) == wanted and len(told) < len(parts):
        return None
    return [one for part in told for one in part] if told else None


def _comparison(check: Check, holds: bool, facts: Mapping[str, Value], speech: Speech) -> Comparison:
    value, sign = facts[check.fact], sign_of(check, holds)
    against: Value | tuple[str, ...] = facts[check.other] if check.other else check.against
    if check.operator in ("in", "all in", "any in"):  # stays English: operators
        against = tuple(plain(check.fact, code) for code in check.codes)
    if check.operator == "is":
        against = True
    return Comparison(check.fact, value, sign, against, _words(check, holds, facts, speech))


def _words(check: Check, holds: bool, facts: Mapping[str, Value], speech: Speech) -> str:
    """Say what is so; beside a value that was only compared, what the rule looks for."""
    if check.operator == "is":
        return speech.sentence_of(check.fact, holds)
    value = facts[check.fact]
    said = {"fact": speech.name_of(check.fact), "value": speech.value_of(check.fact, value)}
    settled = value is None or check.operator == "given" or sign_of(check, holds) == "=="
    if settled and not check.other:
        return gettext("%(fact)s: %(value)s", **said)
    asked = asked_in_words(check, holds, speech)
    if check.other is None:
        return gettext("%(fact)s: %(value)s (the rule looks for: %(asked)s)", asked=asked, **said)
    said["other"] = speech.value_of(check.other, facts[check.other])
    return gettext(
        "%(fact)s: %(value)s (the rule looks for: %(asked)s, which is %(other)s)", asked=asked, **said
    )
