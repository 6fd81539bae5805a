"""The limited process, where it is not the document that is at fault."""

import pytest

from portal.evidence.limits import ReaderBroken, read
from tests.documents import pdf


def test_a_reader_that_cannot_load_its_library_blames_no_document() -> None:
    with pytest.raises(ReaderBroken, match="make setup"):
        read("pdf", pdf("A letter").content, seconds=20, mebibytes=1)
