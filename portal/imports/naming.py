"""How sentences name an import, and where a sentence that was kept does, for pages to make a link of it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from portal.languages.sentences import gettext, in_english


class Piece(NamedTuple):
    """A part of a sentence; `number` is that of the import which it names, None where it names none."""

    text: str
    number: int | None = None


def import_named(number: int) -> str:
    """Return what an import is called within a sentence."""
    return gettext("import %(number)s", number=number)


def pieces(kept: str, imports: Sequence[int]) -> Iterator[Piece]:
    """Yield the pieces of a sentence that was kept in English; it names `imports` in this order.

    What was typed into a file can read like the name of an import as well, so only these are taken for one,
    each where it is named first.
    """
    rest = kept
    for number in imports:
        with in_english():
            name = import_named(number)
        before, found, behind = rest.partition(name)
        if found:
            yield Piece(before)
            yield Piece(name, number)
            rest = behind
    yield Piece(rest)
