"""Makes, reads and falsifies proof packs, for the tests of them."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from portal.claims.acting import act
from portal.claims.answers import Answers, Upload
from tests.documents import pdf
from tests.portal.reviews.filing import REVIEWER, REVIEWER2, Filing

PARTNER = "incentives@contoso.example"
Falsify = Callable[[dict[str, bytes]], object]


def lived(filing: Filing, partner: str = "contoso", product: str = "teams") -> str:
    """Return the number of a claim that was asked about, rejected, disputed and approved."""
    account = f"incentives@{partner}.example"
    number = filing.under_review(partner, product)
    asked = {"reason": "missing_or_old_dates", "message": "Which quarter was that?"}
    filing.do("request_information", number, REVIEWER, **asked)
    filing.wait(days=1)
    with filing.context():
        letter = pdf(f"The second quarter, says {partner}", name="dates: Q2.pdf")
        given = Answers({}, (Upload(letter.name, letter.content),))
        act(filing.desk, "edit", number, filing.actors[account], given)
    filing.do("resubmit", number, account)
    filing.do("start_review", number, REVIEWER)
    rejected = {"reason": "insufficient_poe", "message": "The work is not shown."}
    filing.do("reject", number, REVIEWER, **rejected)
    filing.wait(days=1)
    filing.do("dispute", number, account, justification="It is on page one.")
    filing.do("approve_dispute", number, REVIEWER2)
    return number


def pack_of(filing: Filing, number: str, email: str) -> bytes:
    """Return the pack that somebody downloads."""
    place = "reviews" if email.endswith("operator.example") else "claims"
    return filing.browser(email).visit(f"/{place}/{number}/proof-pack.zip").content


def files_of(content: bytes) -> dict[str, bytes]:
    """Return every file of a pack by its path."""
    with zipfile.ZipFile(io.BytesIO(content)) as whole:
        assert whole.testzip() is None
        return {name: whole.read(name) for name in whole.namelist()}


def falsified(file: Path, change: Falsify) -> Path:
    """Write a pack beside `file` in which `change` changed the files, and return its path."""
    files = files_of(file.read_bytes())
    change(files)
    return written(file.with_name("false.zip"), files)


def written(path: Path, files: Mapping[str, bytes]) -> Path:
    """Write `files` as a ZIP file."""
    with zipfile.ZipFile(path, "w") as whole:
        for name, content in files.items():
            whole.writestr(name, content)
    return path


def edited(files: dict[str, bytes], name: str, change: Callable[[Any], object]) -> None:
    """Change what the JSON file `name` holds."""
    content = json.loads(files[name])
    change(content)
    files[name] = json.dumps(content).encode()
