"""Control characters in what people and browsers send: no e-mail address has any, no database takes a NUL."""

import unicodedata


def has_controls(text: str) -> bool:
    """Tell whether `text` holds a control character (Unicode's category Cc), such as NUL or a line end."""
    return any(unicodedata.category(letter) == "Cc" for letter in text)


def is_one_line(text: str) -> bool:
    """Tell whether `text` is shown as it is: no line ends, and nothing invisible or that turns it around.

    A name that holds such a mark would show another name, or turn the date beside it around.
    """
    return text.isprintable()


def without_controls(text: str) -> str:
    """Return `text` without its control characters."""
    return "".join(letter for letter in text if unicodedata.category(letter) != "Cc")
