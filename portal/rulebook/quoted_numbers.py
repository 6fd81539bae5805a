"""The numbers that a quoted clause of the written source names, so that a value can be held against them."""

import re

# "one" is left out: in English it is mostly no number.
_WORDS = {
    "once": 1, "two": 2, "twice": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40,
    "sixty": 60, "ninety": 90,
}  # fmt: skip


def quoted_numbers(source: str) -> frozenset[int]:
    """Return every whole number that `source` names, in digits or as an English word."""
    words = re.findall(r"[a-z]+|[0-9]+", source.lower())
    return frozenset(
        _WORDS[word] if word in _WORDS else int(word) for word in words if word in _WORDS or word.isdigit()
    )
