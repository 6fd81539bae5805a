"""The translated sentences of the portal's own texts, compiled in memory from the files of translators."""

from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from portal.languages.offered import ENGLISH, LANGUAGES

FOLDER = Path(__file__).resolve().parents[1] / "translations"


@lru_cache(maxsize=len(LANGUAGES))
def catalog(language: str) -> NullTranslations:
    """Return the sentences in one of LANGUAGES; English has no file, for the sentences are written in it.

    Nothing compiled lies on the disk, so what is said is always what stands in the `.po` file. Raises
    OSError where an offered language has no file.
    """
    if language == ENGLISH:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, sentences(language))
    compiled.seek(0)
    return Translations(compiled)


def sentences(language: str) -> Catalog:
    """Return the file of a language with everything that translators see. Raises OSError without one."""
    with (FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)
