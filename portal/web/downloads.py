"""What files that are handed over share: how they are saved, and cells that no spreadsheet runs."""

import re
from urllib.parse import quote

# Spreadsheets read a file without this mark in the machine's old encoding and garble every accent.
BYTE_ORDER_MARK = "\ufeff"
# A cell that begins with one of these is run as a formula by a spreadsheet (also in their full-width forms).
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "|", "%")
# Many a country's spreadsheet splits a CSV file at semicolons, and takes the marks around a cell as its text.
_WITHIN = re.compile(rf"([;\t\r\n][\s\"]*)(?=[{re.escape(''.join(_FORMULA))}])")


def attachment(name: str) -> str:
    """Return the Content-Disposition with which `name` is saved, not opened, by every browser.

    The plain name is for old browsers, the encoded one (RFC 5987) keeps every letter.
    """
    plain = "".join(
        char if char.isascii() and char.isprintable() and char not in '"\\%' else "_" for char in name
    )
    # stays English: a header
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def safe(text: str) -> str:
    """Return `text` so that no spreadsheet runs it: an apostrophe goes before what would be a formula.

    That is at its beginning, and within it where another program than ours sees a cell begin.
    """
    begins = text.lstrip()
    blanks = text[: len(text) - len(begins)]
    runs = begins.startswith(_FORMULA) or text[:1] in ("\t", "\r", "\n")
    return "'" * runs + blanks + _WITHIN.sub(r"\1'", begins)
