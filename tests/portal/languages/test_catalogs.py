"""Every marked sentence is there in every language, whole, and marked templates hold no others."""

import importlib.util
import re
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from babel.messages.pofile import write_po
from jinja2 import Environment, nodes

from portal.languages.catalogs import FOLDER, catalog, sentences
from portal.languages.offered import ENGLISH, LANGUAGES
from tests.conftest import ROOT

FOREIGN = [code for code in LANGUAGES if code != ENGLISH]
PLACEHOLDER = re.compile(r"%\([a-z_]+\)s|\{[a-z_]+\}")
TEMPLATES = ROOT / "templates"
# Templates of which every word is marked; those that another language reads must all be here.
MARKED = [
    *sorted((TEMPLATES / "consent").glob("*.html")),
    TEMPLATES / "layouts" / "page.html",
    TEMPLATES / "layouts" / "_footer.html",
    TEMPLATES / "mail" / "_layout.html",
    TEMPLATES / "mail" / "consent_request.html",
    TEMPLATES / "mail" / "consent_request.txt",
]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """What `make translations` runs."""
    spec = importlib.util.spec_from_file_location("translations_tool", ROOT / ".ci" / "translations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("language", FOREIGN)
def test_the_file_is_as_the_tool_leaves_it(tool: Any, language: str) -> None:
    found = tool.updated(language, tool.extracted())
    written = BytesIO()
    written.write(tool.HEADER.format(code=language, plurals=found.plural_forms).encode())
    write_po(written, found, width=tool.WIDTH, omit_header=True, include_lineno=False)
    text = (FOLDER / language / "LC_MESSAGES" / "messages.po").read_bytes()
    assert text == written.getvalue(), "Run `make translations`, and translate what is empty then."


@pytest.mark.parametrize("language", FOREIGN)
def test_every_sentence_is_translated_with_its_placeholders(language: str) -> None:
    messages = [message for message in sentences(language) if message.id]
    assert len(messages) > 60
    for message in messages:
        assert isinstance(message.id, str), "No sentence is counted yet."
        assert isinstance(message.string, str)
        assert message.string, f"{language} lacks {message.id!r}"
        assert not message.fuzzy, message.id
        assert sorted(set(PLACEHOLDER.findall(message.string))) == sorted(
            set(PLACEHOLDER.findall(message.id))
        ), (language, message.id)
        assert catalog(language).gettext(message.id) == message.string


@pytest.mark.parametrize("path", MARKED, ids=lambda path: path.relative_to(TEMPLATES).as_posix())
def test_no_words_of_a_marked_template_are_bare(path: Path) -> None:
    assert bare_words(path.read_text(encoding="utf-8")) == []


def test_bare_words_would_be_found() -> None:
    assert bare_words(
        "<p class='a'>{{ _('Oh') }} dear {% if b %}<b title='{{ b }}'>me</b>{% endif %}</p>"
    ) == [
        "dear",
        "me",
    ]


def bare_words(template: str) -> list[str]:
    """Return the words that stand outside of tags and of what is translated or filled in."""
    classes = re.compile(r"{% block main_class %}.*?{% endblock %}", re.DOTALL)
    tree = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(classes.sub("", template))
    text = "\0".join(piece.data for piece in tree.find_all(nodes.TemplateData))
    text = re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
    return re.findall(r"[^\W\d_]+", re.sub(r"<[^>]*>", "", text))
