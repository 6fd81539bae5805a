import resource
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from portal.evidence import limits, reading
from portal.evidence.intake import DOCX, Unreadable, problems, take
from portal.evidence.limits import Reading, run
from portal.evidence.store import FileStore
from portal.settings import Settings, read_settings
from tests.documents import docx, pdf, picture
from tests.portal.evidence import hostile

BACKGROUND = resource.getrlimit(resource.RLIMIT_AS)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "documents")


def limited(**given: int) -> Settings:
    return read_settings(secret_key="a key for tests that is long enough to be taken", **given)


def refusal(store: FileStore, name: str, content: bytes, **given: int) -> str:
    """Take what must be refused and return the sentence; nothing of it is kept."""
    with pytest.raises(Unreadable) as refused:
        take(store, limited(**given), name, content)
    assert not list(store.path("0" * 64).parent.parent.glob("**/*"))
    return refused.value.reason


@pytest.mark.parametrize(
    ("name", "content", "media_type", "pages"),
    [
        ("letter.pdf", pdf("one", "two", "three").content, "application/pdf", 3),
        ("letter.docx", docx("one", "two").content, DOCX, None),
        ("scan.png", picture(kind="PNG").content, "image/png", 1),
        ("scan.jpeg", picture(kind="JPEG").content, "image/jpeg", 1),
    ],
)
def test_a_document_is_taken_and_kept_as_it_came(
    store: FileStore, name: str, content: bytes, media_type: str, pages: int | None
) -> None:
    taken = take(store, limited(), name, content)

    assert (taken.name, taken.media_type, taken.size, taken.pages) == (name, media_type, len(content), pages)
    with store.open(taken.sha256) as kept:
        assert kept.read() == content


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("letter.docx", "letter.pdf"),
        ("letter.pdf.exe", "letter.pdf"),
        ("letter", "letter.pdf"),
        ("letter v1.2 final", "letter v1.2 final.pdf"),
        ("LETTER.PDF", "LETTER.PDF"),
        (r"C:\fakepath\letter.pdf", "letter.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
    ],
)
def test_the_content_says_what_a_file_is_and_its_name_follows(
    store: FileStore, given: str, shown: str
) -> None:
    taken = take(store, limited(), given, pdf().content)

    assert (taken.name, taken.media_type) == (shown, "application/pdf")


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("letter.pdf", b"<!DOCTYPE html><html><body>hello", "a web page (HTML)"),
        ("letter.pdf", "\ufeff\n  <HTML lang=en>".encode(), "a web page (HTML)"),
        ("letter.png", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "an SVG drawing"),
        ("letter.png", b'<?xml version="1.0"?><svg/>', "an XML or SVG file"),
        ("letter.png", '<?xml version="1.0"?><svg/>'.encode("utf-16"), "an XML or SVG file"),
        ("letter.pdf", b"<script>alert(1)</script>", "a script"),
        ("letter.pdf", b"#!/bin/sh\nrm -rf /", "a script"),
        ("letter.pdf", "We worked, grüßend, for them.".encode(), "plain text"),
        ("letter.pdf", ("We worked for them. " * 1000).encode(), "plain text"),
        ("letter.pdf", b"hello\n" + pdf().content, "of a type that is not known here"),
        (
            "letter.doc",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
            "an old or password-protected Office",
        ),
        ("letter.rtf", b"{\\rtf1\\ansi hello}", "an RTF file"),
        ("scan.gif", hostile.gif_polyglot(), "a file of the type GIF"),
        ("letter.pdf", hostile.gif_polyglot(), "a file of the type GIF"),
        ("letter.pdf", b"\x7fELF" + b"\1" * 60, "a file of the type ELF"),
        ("letter.pdf", b"\0\1\2\3", "of a type that is not known here"),
    ],
)
def test_what_is_no_document_is_named_and_refused(
    store: FileStore, name: str, content: bytes, what: str
) -> None:
    told = refusal(store, name, content)

    assert told.startswith(f"{name} cannot be used: it is {what}")
    assert told.endswith("Upload a PDF, a Word document (DOCX), a PNG or a JPEG.")


@pytest.mark.parametrize(
    ("name", "make", "problem"),
    [
        ("letter.pdf", hostile.encrypted_pdf, "encrypted"),
        ("letter.pdf", lambda: pdf("one", "two").content[:-100], "cut_off"),
        ("letter.pdf", lambda: pdf().content[:40] + b"%%EOF", "damaged"),
        ("letter.pdf", lambda: hostile.pages_taken_out(hostile.raw_pdf(b"")), "damaged"),
        ("letter.pdf", lambda: hostile.raw_pdf(b"", count=3), "damaged"),
        ("letter.pdf", lambda: hostile.raw_pdf(b"", count=501), "too_many_pages"),
        ("letter.docx", lambda: docx().content[:-30], "damaged"),
        ("letter.docx", lambda: docx().content[:5000], "damaged"),
        ("letter.docx", lambda: hostile.with_byte_changed(docx("one").content), "damaged"),
        ("letter.docx", hostile.with_macros, "macros"),
        ("letter.docx", hostile.macro_enabled_type, "macros"),
        ("letter.docx", hostile.spreadsheet, "not_a_document"),
        ("letter.docx", hostile.only_called_a_document, "not_a_document"),
        ("letter.docx", lambda: hostile.archive({"notes.txt": b"hello"}), "not_a_document"),
        ("letter.docx", hostile.one_part_twice, "damaged"),
        ("letter.docx", hostile.encrypted_zip, "encrypted"),
        ("letter.docx", hostile.zip_bomb, "unpacks_too_large"),
        ("letter.docx", hostile.many_parts, "unpacks_too_large"),
        ("letter.docx", hostile.lying_zip, "damaged"),
        ("letter.docx", hostile.laughing_docx, "damaged"),
        ("scan.png", lambda: hostile.noise("PNG")[:-500], "cut_off"),
        ("scan.jpeg", lambda: hostile.noise("JPEG")[:-500], "cut_off"),
        ("scan.png", lambda: picture(kind="PNG").content[:20], "cut_off"),
        ("scan.png", lambda: hostile.with_byte_changed(hostile.noise("PNG")), "damaged"),
        ("scan.png", lambda: hostile.png_of(20_000, 7_000), "too_many_pixels"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(
    store: FileStore, name: str, make: Callable[[], bytes], problem: str
) -> None:
    assert refusal(store, name, make()) == f"{name} cannot be used: {problems()[problem]}"


def test_an_empty_file_is_refused(store: FileStore) -> None:
    assert refusal(store, "letter.pdf", b"").startswith("letter.pdf is empty. Check the file")


def test_a_document_may_be_exactly_as_large_as_the_settings_say(store: FileStore) -> None:
    content = pdf().content

    assert take(store, limited(document_bytes_at_most=len(content)), "a.pdf", content).size == len(content)


def test_a_larger_document_is_refused_with_both_sizes(store: FileStore) -> None:
    content = pdf().content + b"\n" * 2_000_000

    told = refusal(store, "a.pdf", content, document_bytes_at_most=1_500_000)

    assert told.startswith("a.pdf is too large: it has 2.0 MB, and a document may have 1.5 MB. Save it")


def test_a_bomb_ends_at_the_memory_limit(store: FileStore) -> None:
    content = hostile.memory_bomb()
    assert len(content) < 2000
    assert limits.read("pdf", content, seconds=20, mebibytes=1024) == Reading(pages=1)

    told = refusal(store, "a.pdf", content, document_reading_mebibytes=256)

    assert told == f"a.pdf cannot be used: {problems()['crashed']}"
    assert resource.getrlimit(resource.RLIMIT_AS) == BACKGROUND


def test_a_picture_that_needs_more_memory_than_there_may_be_is_refused(store: FileStore) -> None:
    content = hostile.png_of(10_000, 11_000)
    assert limits.read("png", content, seconds=20, mebibytes=1024) == Reading(pages=1)

    told = refusal(store, "a.png", content, document_reading_mebibytes=128)

    assert told == f"a.png cannot be used: {problems()['needs_too_much']}"


def test_a_slow_document_ends_at_the_limit_of_time(store: FileStore) -> None:
    told = refusal(
        store, "a.pdf", hostile.slow_pdf(), document_reading_seconds=1, document_reading_mebibytes=4096
    )

    assert told == f"a.pdf cannot be used: {problems()['takes_too_long']}"


def test_a_process_that_only_waits_is_ended() -> None:
    assert python("import time; time.sleep(600)", wait=0.5) == Reading(problem="takes_too_long")


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("print('{\"pages\": 4}')", Reading(pages=4)),
        ('print(\'{"pages": "4"}\')', Reading(problem="crashed")),
        ("print('[1]')", Reading(problem="crashed")),
        ("print('no answer')", Reading(problem="crashed")),
        ("print('{\"pages\": 4}' + ' ' * 5000 + 'x')", Reading(pages=4)),
        ("print('x' * 1_000_000)", Reading(problem="crashed")),
        ("import os; os.abort()", Reading(problem="crashed")),
        ("raise SystemExit(1)", Reading(problem="crashed")),
    ],
)
def test_an_answer_is_not_trusted(code: str, found: Reading) -> None:
    assert python(code) == found


def test_the_process_is_told_nothing_of_the_portal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_SECRET_KEY", "a secret")

    said = python("import json, os; print(json.dumps({'problem': ' '.join(os.environ.values())}))")

    assert said.problem is not None
    assert "C.UTF-8" in said.problem
    assert "secret" not in said.problem


def test_the_working_folder_brings_no_code(
    store: FileStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pypdfium2.py").write_text("raise SystemExit(1)")
    (tmp_path / "json.py").write_text("raise SystemExit(1)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    assert take(store, limited(), "a.pdf", pdf().content).pages == 1


def test_the_limited_process_leaves_no_compiled_code(tmp_path: Path) -> None:
    """Its files may not grow, so that a module compiled by it would be cut off, and break the next start."""
    module = tmp_path / "large.py"
    module.write_text("\n".join(f"name_{number} = {number}" for number in range(2000)))
    code = (
        f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {str(Path(reading.__file__).parent)!r}]; "
        "import reading; reading.limit(1024, 20); import large; print('{\"pages\": 2}')"
    )

    assert python(code) == Reading(pages=2)
    assert not (tmp_path / "__pycache__").exists()


def test_a_limited_process_writes_no_large_file(tmp_path: Path) -> None:
    target = tmp_path / "written"
    code = (
        f"import sys; sys.path.insert(0, {str(Path(reading.__file__).parent)!r}); "
        "import reading; reading.limit(1024, 20); "
        f"open({str(target)!r}, 'wb').write(b'x' * 1_000_000)"
    )

    assert python(code) == Reading(problem="crashed")
    assert target.stat().st_size <= reading.ANSWER_BYTES_AT_MOST


def test_every_problem_says_what_to_do() -> None:
    for code, sentence in problems().items():
        assert sentence.count(". ") >= 1, code
        assert sentence.endswith("."), code


def test_large_scans_are_taken(store: FileStore) -> None:
    content = BytesIO()
    Image.effect_noise((2480, 3508), 40).save(content, "JPEG", quality=60)

    assert take(store, limited(), "a4.jpg", content.getvalue()).name == "a4.jpg"


def python(code: str, wait: float = 30) -> Reading:
    return run([sys.executable, "-c", code], b"", wait=wait)
