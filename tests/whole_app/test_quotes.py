"""What people read has curly quotes and apostrophes: marked sentences, and the texts of the rule files."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from portal.languages.catalogs import FOLDER, INTERFACE, OUTSIDE, sentences
from portal.rulebook.translations import FOREIGN
from tests.conftest import ROOT
from tests.portal.languages.tool import translations_tool

TAG = re.compile(r"<[^>]*>")  # quotes in the tags of a sentence are markup
CONDITIONS = ("when", "closed_when")  # the language of conditions, where quotes are code
RULES = sorted((ROOT / "rules").rglob("*.yaml"))


def straight(text: str) -> bool:
    return bool(re.search(r"['\"]", TAG.sub("", text)))


def texts_of(node: Any, key: str = "") -> Iterator[str]:
    """Return the texts of a rule file, which are all its values but conditions."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from texts_of(value, str(name))
    elif isinstance(node, list):
        for value in node:
            yield from texts_of(value, key)
    elif isinstance(node, str) and key not in CONDITIONS:
        yield node


def forms_of(text: object) -> tuple[str, ...]:
    return text if isinstance(text, tuple) else (str(text),)


def test_marked_sentences_have_curly_quotes() -> None:
    marked = [
        form for catalog in translations_tool().extracted() for row in catalog for form in forms_of(row.id)
    ]
    assert len(marked) > 500
    assert [text for text in marked if straight(text)] == []


@pytest.mark.parametrize("language", FOREIGN)
def test_translated_sentences_have_curly_quotes(language: str) -> None:
    domains = [one for one in (OUTSIDE, INTERFACE) if (FOLDER / language / f"LC_MESSAGES/{one}.po").exists()]
    said = [
        form for one in domains for row in sentences(language, one) if row.id for form in forms_of(row.string)
    ]
    assert said
    assert [text for text in said if straight(text)] == []


@pytest.mark.parametrize("file", RULES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_texts_of_rule_files_have_curly_quotes(file: Path) -> None:
    texts = list(texts_of(YAML(typ="safe").load(file.read_text("utf-8"))))
    assert texts
    assert [text for text in texts if straight(text)] == []
