"""The Word document that a proof of execution is written in, filled with what is known already.

Every text is written as a run of letters. None of it becomes markup, a field or a formula of the document.
"""

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from docx import Document

# What XML 1.0 cannot hold at all, whatever it is written as: it is left out.
_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_GRID = "Table Grid"
_LINES_TO_WRITE_IN = 4  # so that the place to write in is seen; it grows with what is written

TO_FILL_IN = "(fill in)"
NOTHING = " "  # a place that is left blank on purpose
SIGNED = ("Name", "Title", "Signature", "Date")

Row = tuple[str, str]  # term, text; where the text is "", the document asks to fill it in


@dataclass(frozen=True)
class Section:
    """One thing that the proof must show: `guidance` says what, sentence by sentence."""

    heading: str
    guidance: tuple[str, ...]


@dataclass(frozen=True)
class Template:
    """What the document says, in the order in which it stands there."""

    title: str
    introduction: tuple[str, ...]
    facts: tuple[Row, ...]
    product_headings: tuple[str, ...]
    products: tuple[tuple[str, ...], ...]  # a row has as many texts as there are headings
    contacts: tuple[Row, ...]
    sections: tuple[Section, ...]
    acknowledgment: str  # what is signed
    signatures: tuple[Row, ...]  # who signs and for whom: a block with name, title, signature and date each


def written(template: Template) -> bytes:
    """Return `template` as a DOCX file (Office Open XML)."""
    document = Document()
    _name(document, template.title)
    _heading(document, template.title, 0)
    for sentence in template.introduction:
        _write(document.add_paragraph(), sentence)
    _heading(document, "The association", 1)
    _facts(document, template.facts)
    _heading(document, "Products claimed", 1)
    _table(document, template.product_headings, template.products)
    _heading(document, "Contacts", 1)
    _facts(document, template.contacts)
    for section in template.sections:
        _section(document, section)
    _heading(document, "Signatures", 1)
    _write(document.add_paragraph(), template.acknowledgment)
    for role, party in template.signatures:
        _heading(document, role, 2)
        _facts(document, (("For", party), *((line, NOTHING) for line in SIGNED)))
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def in_xml(text: str) -> str:
    """Return `text` without the characters that no XML document can hold."""
    return _NOT_IN_XML.sub("", text)


def _name(document: Any, title: str) -> None:
    """Replace what the library's own blank document says about itself."""
    about = document.core_properties
    about.title, about.author, about.comments = in_xml(title), "", ""


def _write(paragraph: Any, text: str, *, bold: bool = False, italic: bool = False) -> None:
    """Append `text` as one run: every letter of it stands in the document as a letter."""
    run = paragraph.add_run(in_xml(text))
    run.bold, run.italic = bold or None, italic or None


def _heading(document: Any, text: str, level: int) -> None:
    _write(document.add_heading(level=level), text)


def _section(document: Any, section: Section) -> None:
    _heading(document, section.heading, 1)
    for sentence in section.guidance:
        _write(document.add_paragraph(), sentence, italic=True)
    cell = document.add_table(rows=1, cols=1, style=_GRID).cell(0, 0)
    for _ in range(_LINES_TO_WRITE_IN - 1):
        cell.add_paragraph()
    document.add_paragraph()


def _facts(document: Any, rows: Iterable[Row]) -> None:
    table = document.add_table(rows=0, cols=2, style=_GRID)
    for term, text in rows:
        left, right = table.add_row().cells
        _write(left.paragraphs[0], term, bold=True)
        _write(right.paragraphs[0], text or TO_FILL_IN)
    document.add_paragraph()


def _table(document: Any, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = document.add_table(rows=1, cols=len(headings), style=_GRID)
    for cell, heading in zip(table.rows[0].cells, headings, strict=True):
        _write(cell.paragraphs[0], heading, bold=True)
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            _write(cell.paragraphs[0], text or TO_FILL_IN)
    document.add_paragraph()
