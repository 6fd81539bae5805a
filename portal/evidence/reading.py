"""Opens one document inside a process that is limited in memory and time; `limits.py` runs this file.

It reads the content from stdin and writes one JSON object to stdout: `{"pages": 3}`, `{"pages": null}` where
a format has none, or `{"problem": "encrypted"}`. It knows nothing of the portal: only a kind and its limits.
"""

import importlib
import io
import json
import resource
import sys
import zipfile
from collections.abc import Callable

PAGES_AT_MOST = 500
# A4 at 600 dots per inch has 35 million pixels; the cameras of phones have up to 108 million.
PIXELS_AT_MOST = 120_000_000
UNPACKED_BYTES_AT_MOST = 200 * 1000 * 1000
PARTS_AT_MOST = 5000
ANSWER_BYTES_AT_MOST = 4096
CHUNK = 1024 * 1024

DOCUMENT_PART = "word/document.xml"
DOCUMENT_TYPE = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


class Problem(Exception):
    """The document is refused; the argument is a code of `intake.PROBLEMS`."""


def read_pdf(content: bytes) -> int:
    """Load every page and return how many there are."""
    import pypdfium2

    # A file that was cut off is rebuilt by the reader without a word; its end mark tells.
    if b"%%EOF" not in content[-1024:].upper():
        raise Problem("cut_off")
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise Problem("encrypted" if "password" in str(error).casefold() else "damaged") from error
    pages = len(document)
    if pages > PAGES_AT_MOST:
        raise Problem("too_many_pages")
    for number in range(pages):
        try:
            document[number].close()
        except pypdfium2.PdfiumError as error:
            raise Problem("damaged") from error
    return pages


def read_docx(content: bytes) -> None:
    """Open the document after its parts were weighed, so that nothing is unpacked that is too large."""
    import docx

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _weigh(archive)
        docx.Document(io.BytesIO(content))
    except (Problem, MemoryError):
        raise
    except Exception as error:
        raise Problem("damaged") from error


def _weigh(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if any(part.flag_bits & 1 for part in parts):
        raise Problem("encrypted")
    if len(parts) > PARTS_AT_MOST or sum(part.file_size for part in parts) > UNPACKED_BYTES_AT_MOST:
        raise Problem("unpacks_too_large")
    if DOCUMENT_PART not in names or "[Content_Types].xml" not in names:
        raise Problem("not_a_document")
    # Programs differ in which of two parts of one name they show.
    if len(set(names)) != len(names):
        raise Problem("damaged")
    types = archive.read("[Content_Types].xml")
    if any(name.casefold().endswith("vbaproject.bin") for name in names) or b"macroEnabled" in types:
        raise Problem("macros")
    if DOCUMENT_TYPE not in types:
        raise Problem("not_a_document")
    for part in parts:
        with archive.open(part) as file:
            while file.read(CHUNK):
                pass


def read_image(content: bytes, kind: str) -> int:
    """Check the picture, then decode it, because a picture that was cut off passes the check alone."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # the limit here is the one that is told in words
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as image:
            if image.width * image.height > PIXELS_AT_MOST:
                raise Problem("too_many_pixels")
            image.verify()
        with Image.open(io.BytesIO(content), formats=[kind]) as image:
            image.load()
    except (Problem, MemoryError):
        raise
    except Exception as error:
        raise Problem("cut_off" if "truncated" in str(error).casefold() else "damaged") from error
    return 1


# What each kind is read with, loaded before the document: if it cannot be, no document is to blame.
LIBRARIES = {
    "pdf": "pypdfium2",
    "docx": "docx",
    "png": "PIL.Image",
    "jpeg": "PIL.Image",
    "xlsx": "python_calamine",
}
NOT_READY = 70  # the exit code that says so


READERS: dict[str, Callable[[bytes], int | None]] = {
    "pdf": read_pdf,
    "docx": read_docx,
    "png": lambda content: read_image(content, "PNG"),
    "jpeg": lambda content: read_image(content, "JPEG"),
}


def limit(mebibytes: int, seconds: int, answer_bytes: int = ANSWER_BYTES_AT_MOST) -> None:
    """Let this process have that much memory and processor time, answer so much, and write no files."""
    # Compiled modules would be cut off at the size that files may have, and break the installation.
    sys.dont_write_bytecode = True
    size = mebibytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (answer_bytes, answer_bytes))


def load_library(kind: str) -> None:
    """Load what opens documents of `kind`, or end the process with the code that says that it cannot be."""
    try:
        importlib.import_module(LIBRARIES[kind])
    except Exception:  # noqa: BLE001  # whatever keeps a library from loading, no document is to blame
        sys.exit(NOT_READY)


def main(kind: str, mebibytes: int, seconds: int) -> None:
    """Read one document of `kind` from stdin within the limits and answer on stdout."""
    limit(mebibytes, seconds)
    load_library(kind)
    answer: dict[str, int | str | None]
    try:
        answer = {"pages": READERS[kind](sys.stdin.buffer.read())}
    except Problem as problem:
        answer = {"problem": str(problem)}
    except MemoryError:
        answer = {"problem": "needs_too_much"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
