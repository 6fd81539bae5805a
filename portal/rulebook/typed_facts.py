"""Facts are whole and typed before anything is decided on them, because durable-rules guesses otherwise."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from portal.rulebook.condition_types import NUMBER_LIMIT, FactType
from portal.rulebook.decision import Value

TEXT_LIMIT = 32_768  # bytes in UTF-8
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class IllTyped(ValueError):
    """A fact is missing or is not what its type says; names the fact, never its value."""

    def __init__(self, fact: str, why: str) -> None:
        super().__init__(f"fact {fact} {why}")
        self.fact = fact


def require(types: Mapping[str, FactType], needed: Iterable[str], facts: Mapping[str, Value]) -> None:
    """Raise IllTyped for the first of the `needed` facts that is missing or not of its type."""
    for name in needed:
        if name not in facts:
            raise IllTyped(name, "is missing")
        value, type_ = facts[name], types[name]
        if value is None:
            if not type_.may_be_absent:
                raise IllTyped(name, "is absent and may not be")
            continue
        if not _TYPED[type_.type](value):
            raise IllTyped(name, f"is no {type_.type}")
        if type_.codes is None:
            continue
        codes = value if isinstance(value, frozenset) else frozenset((value,))
        if not codes <= type_.codes:
            raise IllTyped(name, "holds a code that the policy does not know")


def microseconds(moment: datetime) -> int:
    """Return the microseconds from 1970 to `moment` (aware)."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def is_safe_text(value: object) -> bool:
    """Return whether a text survives the engine: below 32 KiB, without NUL and half characters."""
    if type(value) is not str or "\0" in value:
        return False
    try:
        return len(value.encode()) < TEXT_LIMIT
    except UnicodeEncodeError:
        return False


def _is_number(value: object) -> bool:
    return type(value) is int and abs(value) < NUMBER_LIMIT


def _is_moment(value: object) -> bool:
    if not isinstance(value, datetime) or value.tzinfo is None:
        return False
    try:
        return abs(microseconds(value)) < NUMBER_LIMIT
    except OverflowError:  # at the ends of the calendar, shifted out of it by the zone
        return False


def _is_set(value: object) -> bool:
    return isinstance(value, frozenset) and all(is_safe_text(code) for code in value)


_TYPED: dict[str, Callable[[object], bool]] = {
    "bool": lambda value: type(value) is bool,
    "int": _is_number,
    "money": _is_number,
    "choice": is_safe_text,
    "text": is_safe_text,
    "date": lambda value: type(value) is date,
    "timestamp": _is_moment,
    "set": _is_set,
}
