"""Files that somebody might upload by mistake or on purpose, and that must be refused."""

import struct
import warnings
import zipfile
import zlib
from io import BytesIO

from fpdf import FPDF
from fpdf.enums import EncryptionMethod
from PIL import Image

from tests.documents import docx, pdf

MEGABYTE = 1000 * 1000
CONTENT_TYPES = "[Content_Types].xml"


def raw_pdf(stream: bytes, *, filters: int = 1, count: int = 1) -> bytes:
    """Return a PDF of one page that draws `stream`, compressed `filters` times, and claims `count` pages."""
    for _ in range(filters):
        stream = zlib.compress(stream, 9)
    names = "/FlateDecode " * filters
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [3 0 R] /Count {count} >>".encode(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
        f"<< /Length {len(stream)} /Filter [{names}] >>\nstream\n".encode() + stream + b"\nendstream",
    ]
    content, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(content))
        content += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = len(content)
    content += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    content += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    return content + f"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()


def memory_bomb() -> bytes:
    """Return a PDF of some kilobytes whose page unpacks to 300 MB."""
    return raw_pdf(b" " * (300 * MEGABYTE), filters=2)


def slow_pdf() -> bytes:
    """Return a PDF of some kilobytes whose page draws 10 million lines."""
    return raw_pdf(b"0 0 m 9 9 l S\n" * (10 * MEGABYTE), filters=2)


def encrypted_pdf() -> bytes:
    writer = FPDF()
    writer.set_encryption("owner", "user", encryption_method=EncryptionMethod.RC4)
    writer.add_page()
    return bytes(writer.output())


def pages_taken_out(content: bytes) -> bytes:
    """Return a PDF whose list of pages is empty."""
    return content.replace(b"/Kids [3 0 R] /Count 1", b"/Kids [     ] /Count 0")


def rezipped(content: bytes, *, without: str = "", more: dict[str, bytes] | None = None) -> bytes:
    """Return the archive with some parts left out, replaced or added."""
    result, added = BytesIO(), more or {}
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in added and not (without and name.startswith(without)):
                new.writestr(name, old.read(name))
        for name, part in added.items():
            new.writestr(name, part)
    return result.getvalue()


def archive(parts: dict[str, bytes]) -> bytes:
    result = BytesIO()
    with zipfile.ZipFile(result, "w") as file:
        for name, part in parts.items():
            file.writestr(name, part)
    return result.getvalue()


def one_part_twice() -> bytes:
    """Return a Word document with two texts, of which each program shows the one it likes."""
    with zipfile.ZipFile(BytesIO(docx("What the customer signed.").content)) as other:
        second = other.read("word/document.xml")
    result = BytesIO(docx("What the reviewer reads.").content)
    with zipfile.ZipFile(result, "a") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        file.writestr("word/document.xml", second)
    return result.getvalue()


def only_called_a_document() -> bytes:
    """Return an archive with the names of a Word document's parts and nothing in them."""
    return archive({CONTENT_TYPES: b"<Types/>", "word/document.xml": b"<document/>"})


def with_byte_changed(content: bytes) -> bytes:
    """Return the content with one byte in its middle changed."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :]


def noise(kind: str) -> bytes:
    """Return a PNG or JPEG whose every part matters."""
    content = BytesIO()
    Image.effect_noise((300, 200), 90).save(content, kind)
    return content.getvalue()


def with_macros() -> bytes:
    return rezipped(docx().content, more={"word/vbaProject.bin": b"\xd0\xcf\x11\xe0 a macro"})


def macro_enabled_type() -> bytes:
    """Return what Word saves as DOCM, with its macros taken out of the archive."""
    content = docx().content
    with zipfile.ZipFile(BytesIO(content)) as file:
        types = file.read(CONTENT_TYPES)
    wordprocessing = b"openxmlformats-officedocument.wordprocessingml.document.main+xml"
    assert wordprocessing in types
    changed = types.replace(b"vnd." + wordprocessing, b"vnd.ms-word.document.macroEnabled.main+xml")
    return rezipped(content, more={CONTENT_TYPES: changed})


def spreadsheet() -> bytes:
    return rezipped(docx().content, without="word/", more={"xl/workbook.xml": b"<workbook/>"})


def zip_bomb() -> bytes:
    """Return a Word document of 300 kB with a part of 250 MB."""
    return rezipped(docx().content, more={"word/media/image1.png": b"\0" * (250 * MEGABYTE)})


def many_parts() -> bytes:
    return rezipped(docx().content, more={f"word/media/{number}.txt": b"" for number in range(5001)})


def lying_zip() -> bytes:
    """Return a Word document whose directory says that a part of 250 MB has 10 bytes."""
    content = zip_bomb()
    size = struct.pack("<I", 250 * MEGABYTE)
    assert content.count(size) >= 1
    return content.replace(size, struct.pack("<I", 10))


def encrypted_zip() -> bytes:
    """Return a Word document whose directory says that every part is encrypted."""
    content = docx().content
    for header, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        parts = content.split(header)
        content = header.join(
            [parts[0], *(part[: place - 4] + b"\x01\x00" + part[place - 2 :] for part in parts[1:])]
        )
    return content


def laughing_docx() -> bytes:
    """Return a Word document with entities that unfold to ten billion letters."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    body = f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY l0 "laughing!!">{entities}]><w:document '
    body += 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">&l9;</w:document>'
    return rezipped(docx().content, more={"word/document.xml": body.encode()})


def png_of(width: int, height: int) -> bytes:
    """Return a small PNG that is complete and says that it has this many pixels; its rows are all black."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * ((width + 1) * height), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def gif_polyglot() -> bytes:
    """Return what is a GIF to a browser and a PDF to some readers."""
    return b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00;" + pdf().content
