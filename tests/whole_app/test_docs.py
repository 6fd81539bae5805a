"""Prose is pinned: what the README and the documents name exists."""

import re
from pathlib import Path

import click
import pytest

from portal.cli import main
from portal.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "rules").rglob("*.md")),
]

CODE = re.compile(r"`([^`\n]+)`")
BLOCK = re.compile(r"```[a-z]*\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
SETTING = re.compile(r"\bPORTAL_[A-Z][A-Z_]*\b")
MAKE = re.compile(r"\bmake ([a-z]+)\b")
COMMAND = re.compile(r"^portal ([a-z]+(?:-[a-z]+)*(?: [a-z]+)?)\b")
TOP_FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir()} - {".git"}


def pieces_of_code(document: Path) -> list[str]:
    """Return every piece of a document that is set as code, blocks by the line."""
    text = document.read_text(encoding="utf-8")
    lines = [line for block in BLOCK.findall(text) for line in block.splitlines()]
    return CODE.findall(BLOCK.sub("", text)) + lines


@pytest.fixture(params=DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def document(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def test_links_lead_to_files(document: Path) -> None:
    links = [link for link in LINK.findall(document.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_paths_exist(document: Path) -> None:
    named = [
        word.rstrip(".,:;/")
        for piece in pieces_of_code(document)
        for word in piece.split()
        if word.split("/")[0] in TOP_FOLDERS and "/" in word and not set(word) & set("<>*…{}$|")
    ]
    named += [word for piece in pieces_of_code(document) for word in re.findall(r"[\w/]+/\w+\.py\b", piece)]
    places = (ROOT, ROOT / "portal")
    lost = [path for path in named if not any((place / path.split(":")[0]).exists() for place in places)]
    assert lost == []


def test_settings_exist(document: Path) -> None:
    known = {f"PORTAL_{name.upper()}" for name in Settings.model_fields}
    assert set(SETTING.findall(document.read_text(encoding="utf-8"))) - known == set()


def test_words_of_make_exist(document: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    words = {word for piece in pieces_of_code(document) for word in MAKE.findall(piece)}
    assert {word for word in words if not re.search(rf"^{word}:", makefile, re.MULTILINE)} == set()


def test_commands_exist(document: Path) -> None:
    lost = []
    for piece in pieces_of_code(document):
        command = COMMAND.match(piece)
        words = command[1].split() if command else []
        known: click.Command | None = main
        for word in words:
            if isinstance(known, click.Group):
                known = known.commands.get(word)
        if known is None:
            lost.append(piece)
    assert lost == []


def test_options_exist(document: Path) -> None:
    lost = []
    for piece in pieces_of_code(document):
        command = COMMAND.match(piece)
        known: click.Command | None = main
        for word in command[1].split() if command else []:
            known = known.commands.get(word) if isinstance(known, click.Group) else known
        if command and known is not None:
            options = {option for parameter in known.params for option in parameter.opts}
            lost += [f"{piece}: {one}" for one in re.findall(r"--[a-z-]+", piece) if one not in options]
    assert lost == []


def test_readme_tells_where_the_command_and_the_mails_of_the_demo_are() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    bin_folder = re.search(r"^VENV \?= (\S+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert bin_folder is not None
    assert f"`{bin_folder[1]}/bin/portal`" in readme
    assert f"`{Settings(demo=True, data_dir=Path('data')).mail_dir}`" in readme


def test_readme_tells_every_setting() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    operations = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    told = set(SETTING.findall(readme + operations))
    assert {f"PORTAL_{name.upper()}" for name in Settings.model_fields} - told == set()
