"""Control characters in what people and browsers send: no e-mail address has any, no database takes a NUL."""

import unicodedata

# They join or part letters of scripts that need it, and are invisible between letters of these.
JOINERS = "\u200c\u200d"
SCRIPTS_WITHOUT_JOINERS = ("LATIN", "GREEK", "CYRILLIC", "DIGIT")


def has_controls(text: str) -> bool:
    """Tell whether `text` holds a control character (Unicode's category Cc), such as NUL or a line end."""
    return any(unicodedata.category(letter) == "Cc" for letter in text)


def is_one_line(text: str) -> bool:
    """Tell whether `text` is shown as it is: no line ends, and nothing invisible or that turns it around.

    A name that holds such a mark would show another name, or turn the date beside it around. Blanks of
    other scripts are what their keyboards type.
    """
    return all(
        letter.isprintable() or unicodedata.category(letter) == "Zs" or _joins(text, place)
        for place, letter in enumerate(text)
    )


def _joins(text: str, place: int) -> bool:
    """Tell whether a joiner stands between two letters of a script that is written with joiners."""
    sides = text[max(place - 1, 0) : place] + text[place + 1 : place + 2]
    return (
        text[place] in JOINERS
        and len(sides) == 2
        and all(
            unicodedata.category(letter)[0] in "LM"
            and not unicodedata.name(letter, "").startswith(SCRIPTS_WITHOUT_JOINERS)
            for letter in sides
        )
    )


def without_controls(text: str) -> str:
    """Return `text` without its control characters."""
    return "".join(letter for letter in text if unicodedata.category(letter) != "Cc")
