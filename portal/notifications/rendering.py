"""Writes the text and the HTML of a mail from the templates in `templates/mail/`."""

import textwrap
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from portal.languages.catalogs import catalog
from portal.languages.offered import ENGLISH, LANGUAGES

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "mail"
DEFAULT = "claim_event"
LINE = 72

# Line ends and tabs are kept; letters that steer a screen or turn the reading direction are not.
_KEPT = "\n\t"
_STEERING = frozenset({"Cc", "Cf", "Cs"})


@dataclass(frozen=True)
class Rendered:
    """A mail as it is sent: its subject on one line, and the same message as text and as HTML."""

    subject: str
    text: str
    html: str


def render(template: str, context: Mapping[str, Any], language: str = ENGLISH) -> Rendered:
    """Write the mail `template` (`claim_event`, `consent_request`) for `context`, in an offered `language`.

    The subject is the context's, with the claim number where it is about a claim. Everything a person
    wrote is shown as they wrote it and means nothing to the program that shows it. Raises
    jinja2.UndefinedError when the context lacks something that the template says, and
    jinja2.TemplateNotFound.
    """
    clean = {name: _clean(value) for name, value in context.items()}
    environment = _environment(language)
    return Rendered(
        subject=_subject(clean["subject"], clean.get("claim_number", "")),
        text=environment.get_template(f"{template}.txt").render(clean).strip() + "\n",
        html=environment.get_template(f"{template}.html").render(clean).strip() + "\n",
    )


def _subject(subject: str, number: str) -> str:
    line = " ".join(subject.split())
    return line if number in line else f"{line} ({number})"


@lru_cache(maxsize=len(LANGUAGES))
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=select_autoescape(default=True, disabled_extensions=("txt",)),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
    )
    # `_("… %(name)s", name=…)` fills in, and escapes what a person wrote.
    environment.install_gettext_translations(catalog(language), newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    environment.globals["language"] = language
    environment.filters |= {"one_line": _one_line, "lines": _lines, "quoted": _quoted}
    return environment


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return "".join(
            letter for letter in value if letter in _KEPT or unicodedata.category(letter) not in _STEERING
        )
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value


def _one_line(text: str) -> str:
    """Join the words of `text` by single blanks."""
    return " ".join(text.split())


def _lines(text: str, indent: str = "") -> str:
    """Break `text` into lines of at most 72 characters, all but the first begun with `indent`.

    Words are never broken, so that an address stays whole.
    """
    return textwrap.fill(
        _one_line(text),
        LINE,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    ).removeprefix(indent)


def _quoted(text: str) -> str:
    """Begin every line of `text`, also those that are broken here, with "> "."""
    broken = [_lines(line, "> ") for line in text.strip().splitlines()]
    return "\n".join(f"> {line}".rstrip() for line in broken)
