"""A made-up language: German, or another, in which every sentence of the portal stands in brackets."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from portal.languages import catalogs
from tests.portal.languages.tool import translations_tool

LEFT, RIGHT = "⟦", "⟧"


@contextmanager
def in_brackets(folder: Path, language: str = "de") -> Iterator[None]:
    """Let every page be spoken in `language`, from files that are made in `folder` as a translator would."""
    shutil.copytree(catalogs.FOLDER, folder, dirs_exist_ok=True)
    tool = translations_tool()
    for domain, found in zip((catalogs.OUTSIDE, catalogs.INTERFACE), tool.extracted(), strict=True):
        path = folder / language / "LC_MESSAGES" / f"{domain}.po"
        path.write_bytes(tool.updated(language, found))
        with path.open("rb") as file:
            catalog = read_po(file, locale=language)
        _put_in_brackets(catalog)
        with path.open("wb") as file:
            write_po(file, catalog)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogs, "FOLDER", folder)
        _forget()
        yield
    _forget()


def _forget() -> None:
    catalogs.catalog.cache_clear()
    catalogs.spoken_everywhere.cache_clear()


def _put_in_brackets(catalog: Catalog) -> None:
    for message in catalog:
        if message.id:
            one = isinstance(message.id, str)
            ids = (message.id,) if one else message.id
            said = tuple(f"{LEFT}{form}{RIGHT}" for form in ids)
            message.string = said[0] if one else said
