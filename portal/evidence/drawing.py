"""Draws one page of a document, or reads its text, inside the limited process; `limits.py` runs this file.

It reads the content from stdin and writes a PNG to stdout, or one JSON object: `{"text": "…"}` or
`{"problem": "damaged"}`. Like `reading.py` beside it, it knows nothing of the portal.
"""

import importlib.util
import io
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

PICTURE, TEXT = "picture", "text"

# A4 at 150 dots per inch: small print can be read, and a page of text takes some hundred kilobytes.
DOTS_PER_INCH = 150
WIDTH_AT_MOST = 1240
PIXELS_AT_MOST = 3_000_000
# A page of photographs in full color takes more; it is drawn with fewer colors, and then smaller.
BYTES_AT_MOST = 2 * 1000 * 1000
COLORS = 256
HALVED_AT_MOST = 3
# As long as forty pages of a letter; whoever reads further opens the document.
CHARACTERS_AT_MOST = 100_000

PNG = b"\x89PNG\r\n\x1a\n"
HEAD_BYTES = 24  # of a PNG, with its width and height in the last eight
POINTS_PER_INCH = 72
# What a scan of 16 bits a pixel has to be divided by to be one of eight.
DEEP = 256


def draw_pdf(content: bytes, page: int) -> Any:
    """Return the page as a picture of Pillow."""
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    sheet = document[page - 1]
    width, height = sheet.get_size()
    scale = DOTS_PER_INCH / POINTS_PER_INCH
    scale = min(scale, WIDTH_AT_MOST / width, (PIXELS_AT_MOST / (width * height)) ** 0.5)
    # Rounding up by a pixel on each side must not lead past the limit.
    return sheet.render(scale=scale * 0.998).to_pil().convert("RGB")


def draw_image(content: bytes, kind: str) -> Any:
    """Return the picture as it is meant to be seen: turned as the camera was held, on white."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # the limit was kept when the document was taken
    with Image.open(io.BytesIO(content), formats=[kind]) as opened:
        scale = min(
            1.0, WIDTH_AT_MOST / opened.width, (PIXELS_AT_MOST / (opened.width * opened.height)) ** 0.5
        )
        size = max(1, int(opened.width * scale)), max(1, int(opened.height * scale))
        opened.draft("RGB", size)
        image: Any = opened
        if image.mode.startswith("I"):
            image = image.convert("I").point(lambda dot: dot / DEEP).convert("L")
        if image.mode in ("P", "1"):
            image = image.convert("RGBA")
        small = ImageOps.exif_transpose(image.resize(size, Image.Resampling.BOX, reducing_gap=2.0))
        if small.has_transparency_data:
            small = small.convert("RGBA")
            ground = Image.new("RGBA", small.size, "white")
            ground.alpha_composite(small)
            small = ground
        return small.convert("RGB")


def text_of_pdf(content: bytes, page: int) -> str:
    """Return the text of the page, "" where it is a picture alone."""
    import pypdfium2

    text: str = pypdfium2.PdfDocument(content)[page - 1].get_textpage().get_text_bounded()
    return text.replace("\r\n", "\n")


def text_of_docx(content: bytes) -> str:
    """Return the paragraphs and tables in their order; the cells of a row are parted by tabs."""
    import docx
    from docx.table import Table

    lines: list[str] = []
    length = 0
    for block in docx.Document(io.BytesIO(content)).iter_inner_content():
        if isinstance(block, Table):
            said = "\n".join("\t".join(cell.text for cell in row.cells) for row in block.rows)
        else:
            said = block.text
        lines.append(said)
        length += len(said)
        if length > CHARACTERS_AT_MOST:
            break
    return "\n".join(lines)[:CHARACTERS_AT_MOST]


def encoded(picture: Any) -> bytes:
    """Return the picture as a PNG of at most BYTES_AT_MOST: in fewer colors, then smaller, where needed."""
    content = _png(picture)
    for _ in range(HALVED_AT_MOST + 1):
        if len(content) <= BYTES_AT_MOST:
            break
        content = _png(picture.quantize(COLORS))
        picture = picture.resize((max(1, picture.width // 2), max(1, picture.height // 2)))
    return content


def _png(picture: Any) -> bytes:
    result = io.BytesIO()
    picture.save(result, "PNG")
    return result.getvalue()


def answer(kind: str, wanted: str, page: int, content: bytes) -> bytes:
    """Return the PNG, or the JSON object that tells text or problem."""
    try:
        if wanted == TEXT:
            text = text_of_docx(content) if kind == "docx" else text_of_pdf(content, page)
            return json.dumps({"text": text[:CHARACTERS_AT_MOST]}).encode()
        return encoded(draw_pdf(content, page) if kind == "pdf" else draw_image(content, kind.upper()))
    except MemoryError:
        problem = "needs_too_much"
    except Exception:  # noqa: BLE001  # whatever a document does to its reader, the page says a sentence
        problem = "damaged"
    return json.dumps({"problem": problem}).encode()


def _beside(name: str) -> ModuleType:
    """Return the module beside this file: in isolated mode no folder is searched for it."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(kind: str, wanted: str, mebibytes: int, seconds: int, page: int) -> None:
    """Draw or read one page of the document on stdin within the limits and answer on stdout."""
    reading = _beside("reading")
    reading.limit(mebibytes, seconds, BYTES_AT_MOST)
    reading.load_library(kind)
    sys.stdout.buffer.write(answer(kind, wanted, page, sys.stdin.buffer.read()))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *(int(number) for number in sys.argv[3:6]))
