"""One check of a condition in words: a sentence, or what is asked of a fact behind its name and a colon."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from portal.languages.sentences import gettext, lazy_gettext
from portal.rulebook.condition_types import Check
from portal.rulebook.decision import Value
from portal.rulebook.wording import listed

# stays English: operators
_OPPOSITE = {
    "is": "is not", "given": "not given", "==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<",
    "in": "not in", "has": "has not", "all in": "not all in", "any in": "none in",
}  # fmt: skip
_ORDER = ("<", "<=", ">", ">=")
_NUMBER = {
    "<": lazy_gettext("less than %(value)s"),
    "<=": lazy_gettext("at most %(value)s"),
    ">": lazy_gettext("more than %(value)s"),
    ">=": lazy_gettext("at least %(value)s"),
}
_COUNT = {**_NUMBER, "<": lazy_gettext("fewer than %(value)s")}
_TIME = {
    "<": lazy_gettext("before %(value)s"),
    "<=": lazy_gettext("not after %(value)s"),
    ">": lazy_gettext("after %(value)s"),
    ">=": lazy_gettext("not before %(value)s"),
}
_SAME = {"==": lazy_gettext("the same as %(value)s"), "!=": lazy_gettext("not the same as %(value)s")}
_GIVEN = {"given": lazy_gettext("given"), "not given": lazy_gettext("not given")}
# stays English: the operators are no words, and the words are marked
_AMONG = {
    "has": lazy_gettext("“%(value)s” is among them"),
    "has not": lazy_gettext("“%(value)s” is not among them"),
    "all in": lazy_gettext("nothing but %(value)s"),
    "not all in": lazy_gettext("something other than %(value)s"),
    "any in": lazy_gettext("at least one of %(value)s"),
    "none in": lazy_gettext("none of %(value)s"),
}
# "Not none" says nothing to a stranger: of a choice among few, what it may be instead is told.
OTHERS_AT_MOST = 2


def plain(_fact: str, value: Value) -> str:
    """Return `value` as text without knowledge of labels; a policy's speech has better ones."""
    if value is None:
        return "not given"  # stays English: pages take the vocabulary's words
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, frozenset):
        return ", ".join(sorted(value)) or "empty"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M %Z}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _plainly(fact: str, holds: bool) -> str:
    return f"{fact}: {gettext('yes') if holds else gettext('no')}"


@dataclass(frozen=True)
class Speech:
    """How facts are spoken of. The vocabulary of a policy has its own.

    `name_of` is what stands before a colon, `value_of` a value of a fact; `sentence_of` says of a fact
    that is true or false that it is, or is not; `ordered` brings codes of a fact into their order;
    `least_of` is the least that a number can be, None where that is not known.
    """

    name_of: Callable[[str], str] = str
    value_of: Callable[[str, Value], str] = plain
    sentence_of: Callable[[str, bool], str] = _plainly
    ordered: Callable[[str, frozenset[str]], list[str]] = lambda _fact, codes: sorted(codes)
    least_of: Callable[[str], int | None] = lambda _fact: None


PLAIN = Speech()


def sign_of(check: Check, holds: bool) -> str:
    """Return the operator of a check that holds, or the opposite one of a check that does not."""
    return check.operator if holds else _OPPOSITE[check.operator]


def check_in_words(check: Check, holds: bool, speech: Speech) -> str:
    """Return what has to be so for the check to hold, or with `holds` false, for it not to."""
    if check.operator == "is":
        return speech.sentence_of(check.fact, holds)
    asked = asked_in_words(check, holds, speech)
    types = (check.type, check.other_type)
    # What is not before a day may also have no day at all.
    if not holds and check.operator in _ORDER and any(one and one.may_be_absent for one in types):
        asked = gettext("%(asked)s, or not given", asked=asked)
    return gettext("%(fact)s: %(value)s", fact=speech.name_of(check.fact), value=asked)


def asked_in_words(check: Check, holds: bool, speech: Speech) -> str:
    """Return what a check asks for behind the colon, such as "at least 1", "not Approved" or "A or B"."""
    sign = sign_of(check, holds)
    if sign in _GIVEN:
        return str(_GIVEN[sign])
    if sign in _AMONG:
        return _among(check, sign, speech)
    if check.operator == "in":
        return _one_of([speech.value_of(check.fact, code) for code in check.codes], sign)
    if check.other:
        other = gettext("“%(name)s”", name=speech.name_of(check.other))
        return str((_ordering(check).get(sign) or _SAME[sign]) % {"value": other})
    if sign in _ORDER:
        return _ordered(check, sign, speech)
    others = _others(check) if sign == "!=" else frozenset[str]()
    if others:
        return _one_of(
            [speech.value_of(check.fact, code) for code in speech.ordered(check.fact, others)], "in"
        )
    return _one_of([speech.value_of(check.fact, check.against)], "in" if sign == "==" else "not in")


def _ordered(check: Check, sign: str, speech: Speech) -> str:
    least = speech.least_of(check.fact)
    if sign == "<" and least is not None and check.against == least + 1:
        return speech.value_of(check.fact, least)
    return str(_ordering(check)[sign] % {"value": speech.value_of(check.fact, check.against)})


def _ordering(check: Check) -> dict[str, str]:
    if check.type.type in ("date", "timestamp"):
        return _TIME
    return _COUNT if check.type.unit else _NUMBER


def _others(check: Check) -> frozenset[str]:
    """Return the other codes of a choice that is not `against`, where they are few and one must be so."""
    others = (check.type.codes or frozenset()) - {str(check.against)}
    few = check.type.type == "choice" and len(others) <= OTHERS_AT_MOST
    return others if few and not check.type.may_be_absent else frozenset()


def _one_of(words: list[str], sign: str) -> str:
    if sign == "in":
        return listed(words, gettext("or")) or gettext("nothing")
    if len(words) < 2:
        return gettext("not %(value)s", value="".join(words) or gettext("nothing"))
    return gettext("neither %(values)s", values=listed(words, gettext("nor")))


def _among(check: Check, sign: str, speech: Speech) -> str:
    codes = (check.against,) if check.operator == "has" else check.codes
    ordered = speech.ordered(check.fact, frozenset(str(code) for code in codes))
    words = [speech.value_of(check.fact, frozenset((code,))) for code in ordered]
    return str(_AMONG[sign] % {"value": listed(words, gettext("and")) or gettext("nothing")})
