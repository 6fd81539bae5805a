"""What is taken in is kept and counted; what is no sheet of the kind is refused, and leaves nothing."""

from io import BytesIO

import pytest
from sqlalchemy import func, select

from portal.audit.recording import verify
from portal.db import db
from portal.evidence.model import StoredFile
from portal.imports.importer import NoImport
from portal.imports.model import Import
from portal.imports.sheets import NoSheet
from portal.imports.taking import take_in
from portal.settings import Settings
from tests.portal.imports.conftest import Imports, subscriptions

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"import_rows_at_most": 10, "import_bytes_at_most": 5000})


def test_a_file_is_kept_as_it_is_under_its_safe_name_and_noted(imports: Imports) -> None:
    content = subscriptions(3)
    row = imports.row(imports.take(content, name="../../a/Novem\x00ber.csv"))
    assert (row.file_name, row.state, row.rows, row.read) == ("November.csv", "reading", 3, 0)
    assert row.by_id == imports.actor.person_id
    assert imports.importer.files.open(row.sha256).read() == content
    with imports.filing.context():
        assert verify(db.session(), imports.importer.secret) == []


@SQLITE
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"a,b\n1,2\n", "The column “tenant_id” is missing"),
        (subscriptions(1).splitlines()[0], "no rows below"),
        (subscriptions(11), "more than 10 rows"),
        (subscriptions(1) + b"x" * 5000, "MB"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 100, "old or password-protected"),
        (b"%PDF-1.7\n\xff\xfe", "UTF-8"),
    ],
)
def test_what_is_no_sheet_of_the_kind_leaves_nothing(imports: Imports, content: bytes, told: str) -> None:
    with pytest.raises(NoSheet, match=told):
        imports.take(content)
    with imports.filing.context():
        assert db.session.scalar(select(func.count()).select_from(Import)) == 0
        assert db.session.scalar(select(func.count()).where(StoredFile.media_type == "text/csv")) == 0


@SQLITE
def test_there_is_no_kind_that_nobody_knows(imports: Imports) -> None:
    with imports.filing.context(), pytest.raises(NoImport):
        take_in(imports.importer, "wishes", "w.csv", BytesIO(subscriptions(1)), imports.actor)
