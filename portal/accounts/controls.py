"""Control characters in what people and browsers send: no e-mail address has any, no database takes a NUL."""

import unicodedata


def has_controls(text: str) -> bool:
    """Tell whether `text` holds a control character (Unicode's category Cc), such as NUL or a line end."""
    return any(unicodedata.category(letter) == "Cc" for letter in text)


def without_controls(text: str) -> str:
    """Return `text` without its control characters."""
    return "".join(letter for letter in text if unicodedata.category(letter) != "Cc")
