"""The archive of several claims' documents: harmless names, and an honest end where a document is gone."""

import io
import zipfile

import pytest

from portal.claims.archive import NOT_INCLUDED, archive, path_in_archive
from portal.db import db
from tests.portal.claims.test_selection_views import PARTNER
from tests.portal.reviews.filing import Filing

NUMBER = "CL-2026-000001"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("letter.pdf", "letter.pdf"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\temp\\a.pdf", "C__temp_a.pdf"),
        ("a\x00b\n.pdf", "a_b_.pdf"),
        (" . ", "document"),
        ("Zürich – Brief.pdf", "Zürich – Brief.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_a_name_leads_nowhere_else(name: str, expected: str) -> None:
    assert path_in_archive(NUMBER, name, set()) == f"{NUMBER}/{expected}"


def test_the_same_name_twice_is_two_files() -> None:
    taken: set[str] = set()
    names = [path_in_archive(NUMBER, name, taken) for name in ("a.pdf", "A.pdf", "a.pdf")]
    assert names == [f"{NUMBER}/a.pdf", f"{NUMBER}/A (2).pdf", f"{NUMBER}/a (3).pdf"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_document_that_goes_meanwhile_is_named_in_the_archive(filing: Filing) -> None:
    first, second = filing.draft(), filing.draft(product="intune")
    with filing.context():
        parts = archive(db.session(), filing.desk, filing.actors[PARTNER], (first, second))
    filing.do("delete_draft", second, PARTNER)
    whole = zipfile.ZipFile(io.BytesIO(b"".join(parts)))
    assert whole.testzip() is None
    assert whole.namelist() == [f"{first}/letter.pdf", NOT_INCLUDED]
    assert f"{second}/letter.pdf" in whole.read(NOT_INCLUDED).decode()
