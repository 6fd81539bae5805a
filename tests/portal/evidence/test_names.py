import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.evidence.names import CHARACTERS_AT_MOST, name_for, safe_name

PDF, JPEG = (".pdf",), (".jpg", ".jpeg")


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("letter.pdf", "letter.pdf"),
        ("../../../etc/cron.d/letter.pdf", "letter.pdf"),
        (r"\\server\share\letter.pdf", "letter.pdf"),
        ("a\r\nSet-Cookie: b.pdf", "a Set-Cookie: b.pdf"),
        ("a\x00b\x1b[31m.pdf", "ab[31m.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("\u2066let\u200bter\u2069\ufeff.pdf", "letter.pdf"),
        ("le\u0301ttre.pdf", "l\u00e9ttre.pdf"),
        ("  many \t  blanks\u3000here .pdf ", "many blanks here.pdf"),
        ("...hidden.pdf...", "hidden.pdf"),
        ("\ud800.pdf", "pdf"),
        ("注文書 承認.pdf", "注文書 承認.pdf"),
        ("", "document"),
        ("..", "document"),
        ("folder/", "document"),
        ("\u202e\u200b", "document"),
        ("\u2028\u2029", "document"),
    ],
)
def test_a_name_is_made_safe_to_show(given_name: str, shown: str) -> None:
    assert safe_name(given_name) == shown


@pytest.mark.parametrize(
    ("given_name", "suffixes", "shown"),
    [
        ("scan.JPEG", JPEG, "scan.JPEG"),
        ("scan.png", JPEG, "scan.jpg"),
        ("scan", JPEG, "scan.jpg"),
        (".pdf", PDF, "pdf.pdf"),
        ("", PDF, "document.pdf"),
        ("of 12.11.2026", PDF, "of 12.11.pdf"),
        ("a.verylongending", PDF, "a.verylongending.pdf"),
    ],
)
def test_a_name_ends_in_what_the_content_is(given_name: str, suffixes: tuple[str, ...], shown: str) -> None:
    assert name_for(given_name, suffixes) == shown


def test_a_long_name_keeps_its_suffix() -> None:
    assert safe_name("x" * 300 + ".docx") == "x" * 115 + ".docx"
    assert name_for("x" * 300 + ".docx", PDF) == "x" * 115 + ".pdf"
    assert name_for("x" * 300, PDF) == "x" * 116 + ".pdf"


@given(st.text(max_size=300))
@settings(deadline=None)
def test_any_name_is_one_visible_line_without_a_path(text: str) -> None:
    for name in (safe_name(text), name_for(text, PDF)):
        assert 1 <= len(name) <= CHARACTERS_AT_MOST
        assert not set("/\\\r\n\t\0") & set(name)
        assert name == name.strip()
        assert not name.startswith(".")
        assert not any(unicodedata.category(letter) in {"Cc", "Cf", "Cs"} for letter in name)
    assert name_for(text, PDF).casefold().endswith(".pdf")
    assert unicodedata.is_normalized("NFC", safe_name(text))
