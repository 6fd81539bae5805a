"""Real documents, made by the libraries that make such files, each with content of its own."""

from datetime import UTC, datetime
from io import BytesIO

from docx import Document
from fpdf import FPDF
from PIL import Image

from tests.form_filling import File

WRITTEN_AT = datetime(2026, 11, 1, tzinfo=UTC)  # one for all, so that the same words make the same file


def pdf(*pages: str, name: str = "proof of execution.pdf") -> File:
    """Return a PDF with one page for each text; different texts make different files."""
    writer = FPDF()
    writer.set_creation_date(WRITTEN_AT)
    writer.set_font("Helvetica", size=12)
    for words in pages or ("Proof of execution: the customer confirms the work that was done.",):
        writer.add_page()
        writer.multi_cell(0, 8, words)
    return File(name, bytes(writer.output()))


def docx(*paragraphs: str, name: str = "proof of execution.docx") -> File:
    """Return a Word document with one paragraph for each text."""
    writer = Document()
    for words in paragraphs or ("Proof of execution: the customer confirms the work that was done.",):
        writer.add_paragraph(words)
    content = BytesIO()
    writer.save(content)
    return File(name, content.getvalue())


def picture(color: tuple[int, int, int] = (200, 30, 30), kind: str = "PNG", name: str = "") -> File:
    """Return a PNG or JPEG of one color, 64 by 48 pixels."""
    content = BytesIO()
    Image.new("RGB", (64, 48), color).save(content, format=kind)
    return File(name or f"signature.{kind.lower()}", content.getvalue())
