"""What a Word document says, and what in it would be more than letters."""

import io
from collections.abc import Iterator
from typing import Any
from zipfile import ZipFile

import docx
from docx.oxml.ns import qn
from lxml import etree

# Fields, links, pictures and objects: what a document does rather than says.
RUNNING = {
    qn(f"w:{name}")
    for name in (
        "fldSimple",
        "instrText",
        "fldChar",
        "hyperlink",
        "object",
        "drawing",
        "pict",
        "altChunk",
        "sdt",
    )
}


def texts_of(content: bytes) -> list[str]:
    """Return every paragraph's text, those of tables too, in the order of the document."""
    return list(_texts(docx.Document(io.BytesIO(content))))


def tables_of(content: bytes) -> list[list[list[str]]]:
    """Return the tables, each a list of rows of texts."""
    tables = docx.Document(io.BytesIO(content)).tables
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in tables]


def headings_of(content: bytes) -> list[str]:
    paragraphs: list[Any] = docx.Document(io.BytesIO(content)).paragraphs
    return [one.text for one in paragraphs if one.style.name.startswith(("Heading", "Title"))]


def parts_that_run(content: bytes) -> list[str]:
    """Return what is more than letters: elements of the text, macros, and links out of the file."""
    found = []
    with ZipFile(io.BytesIO(content)) as file:
        for name in file.namelist():
            if not name.endswith((".xml", ".rels")):
                found += [name] if name.endswith((".bin", ".html")) else []
                continue
            for element in etree.fromstring(file.read(name)).iter():
                if element.tag in RUNNING or element.get("TargetMode") == "External":
                    found.append(f"{name}: {element.tag}")
    return found


def _texts(document: Any) -> Iterator[str]:
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            for row in block.rows:
                for cell in row.cells:
                    yield from _texts(cell)
        else:
            yield block.text
