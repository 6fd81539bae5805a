"""The languages that the portal speaks to people outside, and which of them a reader gets."""

from collections.abc import Iterable, Mapping

ENGLISH = "en"  # what the templates and the rule files are written in
# Each named as its speakers name it, for a switch that they find without reading English.
LANGUAGES: Mapping[str, str] = {
    ENGLISH: "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "ja": "日本語",
}


def offered(code: str) -> str | None:
    """Return the offered language that a code such as `de`, `DE` or `de-AT` means, or None."""
    main = code.strip().replace("_", "-").partition("-")[0].lower()
    return main if main in LANGUAGES else None


def first_offered(codes: Iterable[str]) -> str:
    """Return the first of `codes` that is offered, English where none is."""
    return next((found for code in codes if (found := offered(code))), ENGLISH)
