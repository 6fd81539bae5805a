"""Proof packs of claims in a life with a request for information, a rejection and an approved dispute."""

from pathlib import Path

import pytest

from tests.portal.proof.packs import PARTNER, lived, pack_of
from tests.portal.reviews.filing import Filing


@pytest.fixture
def number(filing: Filing) -> str:
    """The number of a claim that was asked about, rejected, disputed and approved."""
    return lived(filing)


@pytest.fixture
def file(filing: Filing, number: str, tmp_path: Path) -> Path:
    """The pack of that claim as its partner downloads it."""
    path = tmp_path / f"{number}-proof-pack.zip"
    path.write_bytes(pack_of(filing, number, PARTNER))
    return path
