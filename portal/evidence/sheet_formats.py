"""What number formats of a workbook show in a cell that is not in it; `sheet_reading.py` loads this file.

Like that, it knows nothing of the portal. A format has up to four sections: of numbers above 0, below 0, of
0, and of text. Its literals stand in quotation marks or behind a backslash, some signs without either.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from unicodedata import category

# A format of two zeros and more before the point, such as 00000, and no day, time or power (0E+00).
_FILLS_WITH_ZEROS = re.compile(r"""^(?!.*[dmyhse])[^.;]*0[^.;0]*0""", re.IGNORECASE)
_QUOTED = re.compile(r"""\[[^\]]*\]|"[^"]*"|\\.""")
_PART = re.compile(
    r"""
    "(?P<quoted>[^"]*)"?
    | \\(?P<escaped>.)
    | [_*](?P<space>.)               # as wide as a letter, or filled with it
    | \[(?P<bracket>[^\]]*)\]        # a color, a condition, a currency, hours that were counted
    | (?P<general>General)
    | (?P<power>E[+-])
    | (?P<sign>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_COUNTED = re.compile(r"h+|m+|s+", re.IGNORECASE)  # [h]:mm
_DAYS = frozenset("dmyhsaegb")
_DIGITS = frozenset("0#?")
_TEXT = "@"
_POINTS = frozenset(".,")
_NO_LITERAL = _DIGITS | _POINTS | {"%", "/", _TEXT}
# Between the digits of a number stand thousands alone; beside it what says how much it is, and not which.
_BETWEEN = frozenset(" \u00a0\u202f.,'’")
_BESIDE = _BETWEEN | frozenset("+-−–():%/")
_CURRENCY = "Sc"  # the category of €, $ and ¥
# What spreadsheets write for a currency that has no such sign, as countries set them up. It is taken for one
# where a number has a point or thousands alone, for an ID may begin with any of them.
_IN_LETTERS = re.compile(
    "Bs|DA|DT|Din|Fr|FCFA|Ft|KM|Kč|Kr|Ksh|Le|Lei|R|RM|Rp|Rs|S/|SFr|TL|Tk|TSh|USh|kn|kr|lei|zł"
    "|КМ|грн|ден|дин|лв|р|руб"
)
_LETTERS_OF_A_DOLLAR_AT_MOST = 3  # R$, US$, MOP$
_MARK = "\0"  # for what is not taken from a format


@dataclass(frozen=True)
class _Section:
    """One section: `signs` as they stand, `literal` the same with what is no literal as `_MARK`."""

    signs: str
    literal: str
    is_day: bool

    @property
    def is_amount(self) -> bool:
        """Whether it has a point or thousands, as no ID has."""
        return bool(_DIGITS & set(self.signs)) and bool(_POINTS & set(self.signs))

    def adds(self, places: Collection[str], currencies: Collection[str], *, to_amount: bool) -> bool:
        """Tell whether it shows a text between or beside what it shows at `places`."""
        found = [place for place, sign in enumerate(self.signs) if sign in places]
        if not found or self.is_day:
            return False
        before, between = self.literal[: found[0]], self.literal[found[0] : found[-1]]
        behind = self.literal[found[-1] :]
        if set(between) - _BETWEEN - {_MARK}:
            return True
        return any(_is_text(one, currencies, to_amount=to_amount) for one in (before, behind))


def fills_with_zeros(code: str) -> bool:
    """Tell whether a format shows zeros before a number that are not in it."""
    return bool(_FILLS_WITH_ZEROS.match(_QUOTED.sub("", code)))


def adds_to_numbers(code: str, currencies: Collection[str]) -> bool:
    """Tell whether a format shows a text with a number, other than signs and `currencies` of an amount."""
    sections = _sections(code)
    to_amount = any(one.is_amount for one in sections)
    numbers = sections if len(sections) == 1 else [one for one in sections if _TEXT not in one.signs]
    return any(one.adds(_DIGITS | {_TEXT}, currencies, to_amount=to_amount) for one in numbers)


def adds_to_texts(code: str, currencies: Collection[str]) -> bool:
    """Tell whether a format shows more of a text than is in it."""
    return any(one.adds({_TEXT}, currencies, to_amount=False) for one in _sections(code))


def _sections(code: str) -> Sequence[_Section]:
    found, signs, literal, is_day = [], "", "", False
    for sign, text, day in (*_parts(code), (";", "", False)):
        if sign == ";":
            found.append(_Section(signs, literal, is_day))
            signs, literal, is_day = "", "", False
        else:
            signs, literal, is_day = signs + (sign or _MARK), literal + (text or _MARK), is_day or day
    return found


def _parts(code: str) -> Iterator[tuple[str, str, bool]]:
    """Yield what stands in a format: (a sign, "", whether it is of a day) or ("", a literal, False)."""
    for part in _PART.finditer(code):
        kind, text = str(part.lastgroup), part[str(part.lastgroup)]
        if kind in ("quoted", "escaped"):
            yield from (("", letter, False) for letter in text)
        elif kind == "bracket":
            yield _MARK, "", bool(_COUNTED.fullmatch(text))
        elif kind == "general":
            yield "0", "", False
        elif kind in ("space", "power"):
            yield _MARK, "", False
        elif text == ";" or text in _NO_LITERAL:
            yield text, "", False
        elif text.casefold() in _DAYS:
            yield _MARK, "", True
        else:
            yield "", text, False


def _is_text(literal: str, currencies: Collection[str], *, to_amount: bool) -> bool:
    """Tell whether what stands beside a number says more than how much of which currency it is."""
    words = [word.lstrip("(-−–+").rstrip(".)") for word in literal.replace(_MARK, " ").split()]
    return any(
        set(word) - _BESIDE
        and not _is_currency(word, currencies)
        and not (to_amount and _IN_LETTERS.fullmatch(word))
        for word in words
    )


def _is_currency(word: str, currencies: Collection[str]) -> bool:
    letters = "".join(sign for sign in word if category(sign) != _CURRENCY)
    if letters == word:
        return word in currencies
    return not letters or (letters.isalpha() and len(letters) <= _LETTERS_OF_A_DOLLAR_AT_MOST)
