"""Every marked sentence is whole in every language that reads it, and nothing that is read is unmarked."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from portal.languages.catalogs import FOLDER, INTERFACE
from tests.conftest import ROOT
from tests.portal.languages.tool import translations_tool
from tests.portal.languages.unmarked import in_module, in_template

PLACEHOLDER = re.compile(r"%\(([a-z_]+)\)s|\{([a-z_]+)\}")
PLAIN = {"<strong>", "</strong>", "<br>", "<code>", "</code>", "<kbd>", "</kbd>"}
MARKUP = re.compile(r'</?[a-zA-Z][^<>"]*>?|["&]')
TEMPLATES = ROOT / "templates"
# The styleguide shows whoever builds pages what there is; it is there in the demo alone.
ALL_TEMPLATES = sorted(
    path
    for path in (*TEMPLATES.rglob("*.html"), *TEMPLATES.rglob("*.txt"))
    if path.relative_to(TEMPLATES).parts[0] != "styleguide"
)
# What these say is told to operators in a shell, to programmers and to databases, or is the sample's. What
# pages show of the rulebook is marked too, beside much that is told to authors of rules in the shell.
SILENT = {"backups", "cli", "db.py", "rulebook", "sample", "settings.py"}
# The document that the customer signs is English as a whole, as its introduction in programs.yaml is.
SIGNED = {ROOT / "portal" / "claims" / "poe_template.py", ROOT / "portal" / "evidence" / "template.py"}
MODULES = sorted(
    path
    for path in {*(ROOT / "portal").rglob("*.py")} - SIGNED
    if path.relative_to(ROOT / "portal").parts[0] not in SILENT
)


def test_the_files_are_as_the_tool_leaves_them() -> None:
    for path, held in translations_tool().files():
        assert path.read_bytes() == held, f"Run `make translations`, and translate what is empty in {path}."


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.po")), ids=lambda path: path.parts[-3])
def test_what_translators_wrote_can_be_said(path: Path) -> None:
    """It fills in what the sentence does and brings no markup of its own; people outside lack nothing."""
    with path.open("rb") as file:
        messages = [message for message in read_po(file, locale=path.parts[-3]) if message.id]
    assert len(messages) > 60
    for message in messages:
        said, ids = forms(message.string), forms(message.id)
        assert all(said) or path.stem == INTERFACE, f"{path} lacks {message.id!r}"
        assert not message.fuzzy, message.id
        for form in filter(None, said):
            assert filled(form) - {"num"} == filled(ids[-1]) - {"num"}, form
            assert not re.search(r"%(?!\([a-z_]+\)s|%)", form) or not filled(form), f"{form} has a lone %"
            assert set(MARKUP.findall(form)) <= set(MARKUP.findall("".join(ids))), f"{form} has markup"


def test_a_slip_of_a_translator_would_be_found() -> None:
    assert filled("Hallo %(name)s, {day}") == {"name", "day"}
    assert MARKUP.findall('<b onclick="x">A</b> & "B"') == ["<b onclick=", '"', '"', "</b>", "&", '"', '"']


def forms(said: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (said or "",) if isinstance(said, str | None) else tuple(said)


def filled(sentence: str) -> set[str]:
    """Return the names of what is filled in."""
    return {one or other for one, other in PLACEHOLDER.findall(sentence)}


def test_sentences_of_the_interface_can_be_translated() -> None:
    """They hold no markup that a translator could break, and counted ones the same placeholders twice."""
    with (FOLDER / f"{INTERFACE}.pot").open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    assert len(messages) > 800
    for message in messages:
        for form in forms(message.id):
            assert set(MARKUP.findall(form)) <= PLAIN, form
        assert len({frozenset(filled(form) - {"num"}) for form in forms(message.id)}) == 1, message.id


@pytest.mark.parametrize("path", ALL_TEMPLATES, ids=lambda path: path.relative_to(TEMPLATES).as_posix())
def test_every_word_of_a_template_is_marked(path: Path) -> None:
    assert in_template(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_sentence_of_a_module_is_marked(path: Path) -> None:
    assert list(in_module(path.read_text(encoding="utf-8"))) == []


def test_unmarked_words_would_be_found() -> None:
    template = (
        "<p class='a' title=\"Dear\">{{ _('Oh') }} dear {% if b %}<b title=\"{{ b }}\">me</b>{% endif %}</p>"
        "{{ notice('danger', 'Mind the gap') }}{{ notice('danger', _('A %(b)s gap', b='wide open')) }}"
    )
    assert in_template(template) == ["dear", "me", "Dear", "Mind the gap", "wide open"]
    module = """
LABEL = lazy_gettext("Marked here")
OTHER = "Not marked"
KEPT = "Kept in a row"  # stays English: an event says it

def told(name: str) -> str:
    \"\"\"Tell it.\"\"\"
    log.warning("not for people")
    return gettext("For %(whom)s", whom=f"dear {name} there") + f"{name} is gone"
"""
    assert list(in_module(module)) == [
        (3, "Not marked"),
        (9, "dear … there"),
        (9, "… is gone"),
    ]
