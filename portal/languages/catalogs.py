"""The translated sentences of the portal's own texts, compiled in memory from the files of translators.

`messages.po` of a language holds what people outside read, and is whole. `interface.po` holds the rest; a
language that has one is spoken on every page.
"""

from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from portal.languages.offered import ENGLISH, LANGUAGES

FOLDER = Path(__file__).resolve().parents[1] / "translations"
OUTSIDE, INTERFACE = "messages", "interface"


@lru_cache(maxsize=len(LANGUAGES))
def catalog(language: str) -> NullTranslations:
    """Return the sentences in one of LANGUAGES; English has no file, for the sentences are written in it.

    Nothing compiled lies on the disk, so what is said is always what stands in the `.po` files. Raises
    OSError where an offered language has no file.
    """
    if language == ENGLISH:
        return NullTranslations()
    said = _compiled(sentences(language))
    if language in spoken_everywhere():
        said.merge(_compiled(sentences(language, INTERFACE)))
    return said


def sentences(language: str, domain: str = OUTSIDE) -> Catalog:
    """Return a file of a language with everything that translators see. Raises OSError without one."""
    with path_of(language, domain).open("rb") as file:
        return read_po(file, locale=language)


def path_of(language: str, domain: str = OUTSIDE) -> Path:
    """Return where the translators of a language keep the sentences of a domain."""
    return FOLDER / language / "LC_MESSAGES" / f"{domain}.po"


@lru_cache(maxsize=1)
def spoken_everywhere() -> frozenset[str]:
    """Return the languages that every page can be in: English, and those whose interface is translated."""
    return frozenset(code for code in LANGUAGES if code == ENGLISH or path_of(code, INTERFACE).is_file())


def _compiled(file: Catalog) -> Translations:
    # A counted sentence that nobody translated would be said in its singular for every number.
    for message in [one for one in file if one.pluralizable and not all(one.string or ())]:
        file.delete(message.id, message.context)
    compiled = BytesIO()
    write_mo(compiled, file)
    compiled.seek(0)
    return Translations(compiled)
