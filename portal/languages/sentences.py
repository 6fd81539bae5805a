"""Marks the portal's own sentences for translation, and says them in the language being spoken.

Placeholders are written `%(name)s`. What is stored, logged or told to programmers stays in English, so that
it reads the same whoever caused it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any, cast

from babel.support import LazyProxy

from portal.languages.catalogs import catalog
from portal.languages.dates import month_in_words
from portal.languages.numbers import number_in_words, percent_in_words
from portal.languages.offered import ENGLISH, between


class _Speaker:
    """Knows the language being spoken; the web tells it how to find out."""

    language: Callable[[], str] = staticmethod(lambda: ENGLISH)


_kept_to: ContextVar[str] = ContextVar("language_kept_to", default="")


def speak_as(language: Callable[[], str]) -> None:
    """Say sentences from here on in what `language()` returns at that moment, one of LANGUAGES."""
    _Speaker.language = staticmethod(language)


def speaking() -> str:
    """Return the language being spoken, one of LANGUAGES."""
    return _kept_to.get() or _Speaker.language()


@contextmanager
def in_english() -> Iterator[None]:
    """Say everything in English within, for what is kept: it reads the same whoever caused it."""
    before = _kept_to.set(ENGLISH)
    try:
        yield
    finally:
        _kept_to.reset(before)


def number(value: int) -> str:
    """Return a number as it is written in the language being spoken: "10,000", "10.000"."""
    return number_in_words(value, speaking())


def percent(value: int) -> str:
    """Return a whole percentage as it is written in the language being spoken: "67%", "67 %"."""
    return percent_in_words(value, speaking())


def month(value: str) -> str:
    """Return an ISO month in the language being spoken: "November 2026", "novembre 2026"."""
    return month_in_words(value, speaking())


def gettext(sentence: str, /, **values: Any) -> str:
    """Return the sentence in the language being spoken, with its placeholders filled in."""
    return _filled(unfilled(sentence), values)


def ngettext(one: str, many: str, number: int, /, **values: Any) -> str:
    """Return the form of a sentence that goes with `number`, which fills in `%(num)s`."""
    return _filled(unfilled_of_many(one, many, number), {"num": number, **values})


def together(*sentences: str | None) -> str:
    """Return sentences one after the other as the language being spoken does; empty ones are left out."""
    return between(speaking()).join(filter(None, sentences))


def printable(typed: str) -> str:
    """Return what somebody typed as it can stand in a sentence: what cannot be printed, by its code."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in typed)


def lazy_gettext(sentence: str, /, **values: Any) -> str:
    """Return what `gettext` does, said anew wherever it is written, for labels that are made at import.

    It acts as a text in templates and f-strings; `str()` makes a real one where a text is joined or kept.
    """
    return cast("str", LazyProxy(partial(gettext, sentence, **values), enable_cache=False))


def unfilled(sentence: str) -> str:
    """Return the sentence in the language being spoken, with its placeholders as they are."""
    return catalog(speaking()).gettext(sentence)


def unfilled_of_many(one: str, many: str, number: int) -> str:
    """Return the form of a sentence that goes with `number`, with its placeholders as they are."""
    return catalog(speaking()).ngettext(one, many, number)


def _filled(sentence: str, values: dict[str, Any]) -> str:
    return sentence % values if values else sentence
