"""Proof-of-execution documents of the sample data: real PDF and DOCX files, each different."""

import io
from dataclasses import dataclass
from datetime import date

from docx import Document
from fpdf import FPDF

from portal.claims.answers import Upload


@dataclass(frozen=True)
class Letter:
    """What a sample document says; `signed` is None where the customer's signature is missing."""

    number: int
    partner: str
    customer: str
    contact: str
    products: tuple[str, ...]
    service: str
    signed: date | None


def _paragraphs(letter: Letter) -> list[str]:
    done = (
        f"{letter.partner} worked with {letter.customer} on {', '.join(letter.products)}. "
        f"The work consisted of {letter.service}, workshops with the business owners, and the "
        "hand-over to the administrators of the customer."
    )
    closing = (
        f"Acknowledged for {letter.customer}: {letter.contact}, {letter.signed:%d %B %Y}"
        if letter.signed
        else "Acknowledged for the customer: ____________________ (signature and date)"
    )
    return [
        f"Reference {letter.number:05d}",
        f"This letter confirms that {letter.customer} has chosen {letter.partner} as its partner.",
        done,
        closing,
    ]


def pdf(letter: Letter, pages: int = 2) -> Upload:
    """Return the letter as a PDF with `pages` pages, the last ones holding the record of work."""
    document = FPDF()
    document.set_title(f"Proof of execution {letter.number}")
    document.add_page()
    document.set_font("Helvetica", "B", 18)
    document.cell(0, 14, "Proof of execution", new_x="LMARGIN", new_y="NEXT")
    document.set_font("Helvetica", size=11)
    for paragraph in _paragraphs(letter):
        document.multi_cell(0, 7, paragraph, new_x="LMARGIN", new_y="NEXT")
        document.ln(4)
    for page in range(2, pages + 1):
        document.add_page()
        document.set_font("Helvetica", "B", 13)
        document.cell(0, 10, f"Record of work, part {page - 1}", new_x="LMARGIN", new_y="NEXT")
        document.set_font("Helvetica", size=11)
        for week in range(1, 7):
            line = f"Week {week}: {letter.service} for {letter.products[week % len(letter.products)]}"
            document.cell(0, 8, line, new_x="LMARGIN", new_y="NEXT")
    return Upload(f"poe-{letter.number:05d}.pdf", bytes(document.output()))


def docx(letter: Letter) -> Upload:
    """Return the letter as a DOCX file."""
    document = Document()
    document.add_heading("Proof of execution", level=1)
    for paragraph in _paragraphs(letter):
        document.add_paragraph(paragraph)
    content = io.BytesIO()
    document.save(content)
    return Upload(f"poe-{letter.number:05d}.docx", content.getvalue())
