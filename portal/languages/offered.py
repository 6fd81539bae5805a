"""The languages that the portal can speak, to people outside and on other pages, and which a reader gets."""

from collections.abc import Collection, Iterable, Mapping

ENGLISH = "en"  # what the templates and the rule files are written in
# stays English: each is named as its speakers name it, for a switch that they find without reading English.
LANGUAGES: Mapping[str, str] = {
    ENGLISH: "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "ja": "日本語",
}
_WITHOUT_BLANKS = frozenset({"ja"})  # sentences follow one another without a blank


def between(language: str) -> str:
    """Return what stands between two sentences of a language: a blank, where it has blanks."""
    return "" if language in _WITHOUT_BLANKS else " "


def offered(code: str, among: Collection[str] = LANGUAGES) -> str | None:
    """Return the language of `among` that a code such as `de`, `DE` or `de-AT` means, or None."""
    main = code.strip().replace("_", "-").partition("-")[0].lower()
    return main if main in among else None


def first_offered(codes: Iterable[str], among: Collection[str] = LANGUAGES) -> str:
    """Return the first of `codes` that `among` has, English where it has none."""
    return next((found for code in codes if (found := offered(code, among))), ENGLISH)
