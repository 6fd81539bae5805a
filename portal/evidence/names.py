"""Makes the name that a client gave a file safe to show; it is never used on this machine's disk."""

import re
import unicodedata

CHARACTERS_AT_MOST = 120
NAMELESS = "document"

# Letters that stand for nothing a person sees: control, format (which turn the reading direction or have
# no width), surrogate, private and unassigned ones, and the separators of lines and paragraphs.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# What looks like the suffix of a type; "letter v1.2 final" has none.
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}\Z")


def safe_name(given: str) -> str:
    """Return the last part of the path `given` as it may be shown: one line, normal form C, 120 characters.

    The suffix is kept where the name is cut. A name of which nothing can be seen becomes "document".
    """
    last = re.split(r"[/\\]", given)[-1]
    seen = "".join(" " if letter in "\t\n" else letter for letter in last if _is_seen(letter))
    name = " ".join(unicodedata.normalize("NFC", seen).split()).strip(". ")
    return _cut(name or NAMELESS, "")


def name_for(given: str, suffixes: tuple[str, ...]) -> str:
    """Return the safe name of a file whose content is of a type with `suffixes` (each with its dot).

    A suffix that the content contradicts is replaced by the first of them, so that the file opens in
    the right program and its name does not lie.
    """
    name = safe_name(given)
    for candidate in (name, _SUFFIX.sub("", name)):
        if candidate.casefold().endswith(suffixes):
            return candidate
    return _cut(_SUFFIX.sub("", name), suffixes[0])


def _cut(name: str, suffix: str) -> str:
    if not suffix and (own := _SUFFIX.search(name)):
        name, suffix = name[: own.start()], own[0]
    stem = name[: CHARACTERS_AT_MOST - len(suffix)].strip(". ")
    return (stem or NAMELESS) + suffix


def _is_seen(letter: str) -> bool:
    return letter in "\t\n" or unicodedata.category(letter) not in _UNSEEN
