"""Pages drawn in the limited process: within the limits, and a code instead for whatever cannot be drawn."""

import os
from io import BytesIO

import pytest
from PIL import Image

from portal.evidence import drawing
from portal.evidence.limits import Drawn, ReaderBroken, draw, size_of
from tests.documents import docx, pdf
from tests.portal.evidence import hostile

MEGABYTE = 1000 * 1000


def drawn(kind: str, content: bytes, page: int = 1, *, as_text: bool = False, seconds: int = 20) -> Drawn:
    return draw(kind, content, page, as_text=as_text, seconds=seconds, mebibytes=1024)


def image(mode: str, size: tuple[int, int], kind: str = "PNG", color: object = None, **more: object) -> bytes:
    result = BytesIO()
    Image.new(mode, size, color).save(result, kind, **more)  # type: ignore[arg-type]  # colors of any mode
    return result.getvalue()


def opened(found: Drawn) -> Image.Image:
    assert found.problem is None
    return Image.open(BytesIO(found.picture))


def test_a_page_of_a_pdf_is_drawn_large_enough_for_small_print_and_within_the_limits() -> None:
    found = drawn("pdf", pdf("A letter").content)
    picture = opened(found)
    assert picture.size == size_of(found.picture)
    assert 1200 <= picture.width <= drawing.WIDTH_AT_MOST
    assert picture.width * picture.height <= drawing.PIXELS_AT_MOST
    assert min(picture.convert("L").tobytes()) < 50, "no ink is on the page"


def test_text_is_read_of_a_page_and_of_a_word_document() -> None:
    assert drawn("pdf", pdf("Signed by Adatum").content, as_text=True).text == "Signed by Adatum"
    assert "Signed by Adatum" in (drawn("docx", docx("Signed by Adatum").content, as_text=True).text or "")


@pytest.mark.parametrize(
    ("mode", "size"),
    [
        ("RGB", (10000, 9000)),
        ("RGBA", (40, 30)),
        ("P", (40, 30)),
        ("LA", (40, 30)),
        ("1", (4000, 4000)),
        ("I;16", (40, 30)),
        ("L", (1, 50000)),
        ("L", (50000, 1)),
    ],
)
def test_pictures_of_every_kind_and_shape_are_drawn_within_the_limits(
    mode: str, size: tuple[int, int]
) -> None:
    picture = opened(drawn("png", image(mode, size)))
    assert picture.mode == "RGB"
    assert picture.width <= drawing.WIDTH_AT_MOST
    assert picture.width * picture.height <= drawing.PIXELS_AT_MOST


def test_what_shines_through_is_white_and_a_camera_that_was_turned_is_turned_back() -> None:
    assert opened(drawn("png", image("RGBA", (9, 9), color=(0, 0, 0, 0)))).getpixel((4, 4)) == (255, 255, 255)
    turned = Image.Exif()
    turned[0x0112] = 6  # held upright
    assert opened(drawn("jpeg", image("RGB", (40, 30), "JPEG", exif=turned))).size == (30, 40)


def test_a_page_of_noise_stays_within_the_bytes() -> None:
    noise = BytesIO()
    Image.frombytes("RGB", (1600, 2000), os.urandom(1600 * 2000 * 3)).save(noise, "JPEG")
    found = drawn("jpeg", noise.getvalue())
    assert 0 < len(found.picture) <= drawing.BYTES_AT_MOST


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("pdf", hostile.encrypted_pdf()),
        ("pdf", hostile.slow_pdf()),
        ("pdf", b"%PDF-1.7 and nothing else"),
        ("pdf", hostile.pages_taken_out(hostile.raw_pdf(b"0 0 m"))),
        ("png", b"\x89PNG\r\n\x1a\n and nothing else"),
        ("jpeg", image("RGB", (400, 300), "JPEG")[:200]),
        ("docx", b"PK\x03\x04 and nothing else"),
    ],
)
def test_a_hostile_document_gives_a_code_and_no_picture(kind: str, content: bytes) -> None:
    found = drawn(kind, content, as_text=kind == "docx", seconds=3)
    assert (found.picture, found.text) == (b"", None)
    assert found.problem in {"damaged", "crashed", "takes_too_long"}


def test_a_page_that_is_not_there_is_a_problem_too() -> None:
    assert drawn("pdf", pdf("One page").content, page=2).problem == "damaged"


def test_a_library_that_cannot_be_loaded_blames_no_document() -> None:
    with pytest.raises(ReaderBroken, match="make setup"):
        draw("pdf", pdf("A letter").content, 1, as_text=False, seconds=20, mebibytes=1)
