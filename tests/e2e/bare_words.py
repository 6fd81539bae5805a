"""What a page may say in the words of the policy, of the house or of names, and what else it says."""

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from lxml import html
from ruamel.yaml import YAML

from portal.accounts.preferences import time_zones
from portal.languages.dates import zone_in_words
from portal.languages.offered import LANGUAGES
from tests.e2e.sample_house import RULES

# What a state of a page was searched for; its chip says it again.
SEARCHED = "nothingiscalledthis"
# Mails about accounts are in English; the list of mails shows their subjects.
SUBJECTS = ("Choose a new password for customer claims", "your account for customer claims")
FILLED_IN = re.compile(r"\{[a-z_.]+\}")
MARKED = re.compile(r"⟦[^⟦⟧]*⟧")
# What Babel writes: days, months, times, numbers, amounts, and the zone.
DAYS = re.compile(
    r"(Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag),? ?"
    r"|(\d+\. )?(Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember) \d{4}"
    r"|GMT[+-]\d\d:\d\d|\d+(px|%)|[\d.,]+ (kB|MB)|[\d.,]+\s(EUR|USD)\b"
    r"|‹[^‹›]*›"  # what a mail's sentence is filled in with, told by what it means
)
# Documents and mails as they are, what is shown as code, and pictures, whose words the policy says.
SHOWN_AS_IT_IS = (
    "ancestor::script or ancestor::style or ancestor::pre or ancestor::code or ancestor::svg"
    " or ancestor::*[contains(concat(' ', @class, ' '), ' code ') or contains(@class, 'viewer-text')]"
)
BREAK = "\n"
READ = ("aria-label", "title", "placeholder", "alt")


def house_says(database: Path) -> Iterator[str]:
    """Yield every text of the policy and of a house, and the names that are the same in every language."""
    yield from (zone_in_words(zone, "de") for zone in time_zones())
    yield from (path.name for path in RULES.rglob("*.yaml"))
    yield from SUBJECTS
    yield SEARCHED
    yield from LANGUAGES.values()
    for path in sorted(RULES.rglob("*.yaml")):
        yield from texts(YAML(typ="safe").load(path))
    with sqlite3.connect(database) as rows:
        for (table,) in rows.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in rows.execute(f'SELECT * FROM "{table}"'):
                yield from (text for value in row if isinstance(value, str) for text in texts(read(value)))


def read(value: str) -> Any:
    """Return what a column holds: JSON, or the text itself."""
    try:
        return json.loads(value)
    except ValueError:
        return value


def texts(content: Any) -> Iterator[str]:
    """Yield each text of lists and mappings within each other, and each key in words, as pages say codes."""
    if isinstance(content, dict):
        for key, value in content.items():
            yield str(key).replace("_", " ")
            yield from texts(value)
    elif isinstance(content, list):
        for value in content:
            yield from texts(value)
    elif isinstance(content, str):
        yield content
        yield content.replace("_", " ")


class Known:
    """What pages may say in no language of theirs: whole texts, and those that the policy fills in."""

    def __init__(self, said: Iterable[str]) -> None:
        whole = {plain(part) for text in said for part in (text, *text.splitlines())}
        self._whole = {part for text in whole for part in (text, *pieces(text))}
        # What is filled in alone would fit anything.
        filled_in = [
            piece for text in whole for piece in pieces(text) if re.search(r"\w{4}", FILLED_IN.sub("", piece))
        ]
        self._filled = [
            re.compile(".+?".join(map(re.escape, FILLED_IN.split(piece))), re.DOTALL)
            for piece in filled_in
            if FILLED_IN.search(piece)
        ]

    def __contains__(self, said: str) -> bool:
        return plain(said) in self._whole or any(one.fullmatch(plain(said)) for one in self._filled)


def bare(tree: html.HtmlElement) -> Iterator[str]:
    """Yield each piece of what the page says that is no sentence of the portal's."""
    said = [text for text in tree.xpath(f"//body//text()[not({SHOWN_AS_IT_IS})]") if text.strip()]
    said += ["\n"] + [value for name in READ for value in tree.xpath(f"//body//@{name}")]
    whole = "".join(f"{'' if is_broken(text) else BREAK}{text}" for text in said)
    while (fewer := MARKED.sub(BREAK, whole)) != whole:
        whole = fewer
    yield from pieces(DAYS.sub("0", whole))


def is_broken(text: Any) -> bool:
    """Tell whether a text goes on with what stood before, where a long word may be broken."""
    return hasattr(text, "getparent") and text.getparent().tag == "wbr"


def pieces(text: str) -> list[str]:
    """Return what stands between separators and has a word, since pages put several values on one line."""
    found = [piece.strip(" .-–") for piece in re.split(r"[\n·,;:()→“”/|…]+|[.] | – | and ", text)]
    return [piece for piece in found if re.search(r"[^\W\d_]{2}", piece)]


def plain(text: str) -> str:
    """Return the text without what a page shows otherwise: blanks, capitals, a dot at the end."""
    return " ".join(text.split()).strip(" .-–").casefold()
