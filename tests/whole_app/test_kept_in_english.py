"""What is kept or sent is in English, in whatever language the pages are of whoever causes it."""

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import String, Text, cast, select

from portal.db import db
from portal.work.sweep import sweep
from tests.browser import Browser
from tests.documents import pdf
from tests.portal.languages.made_up import LEFT, in_brackets
from tests.portal.reviews.filing import REVIEWER, Filing

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PARTNER, ADMIN = "incentives@contoso.example", "admin@operator.example"


@pytest.fixture(autouse=True)
def made_up(tmp_path: Path) -> Iterator[None]:
    with in_brackets(tmp_path / "translations"):
        yield


def german(filing: Filing, email: str) -> Browser:
    browser = Browser(filing.app, language="de")
    browser.enter(email)
    return browser


def kept(filing: Filing) -> Iterator[tuple[str, str]]:
    """Yield (table and column, text) for every text of the database with a bracket."""
    with filing.context():
        for table in db.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, String | Text) or "JSON" in str(column.type):
                    texts = db.session.scalars(select(cast(column, Text)).where(column.is_not(None)))
                    yield from ((f"{table.name}.{column.name}", text) for text in texts if LEFT in text)


def test_what_germans_do_is_kept_and_mailed_in_english(filing: Filing) -> None:
    number = filing.submitted()
    reviewer, partner = german(filing, REVIEWER), german(filing, PARTNER)
    assert LEFT in reviewer.visit(f"/reviews/{number}").text
    reviewer.fill_and_submit("Start review")
    reviewer.fill_and_submit("Ask for information", reason="missing_products", message="Which?")
    day = filing.desk.today() + timedelta(days=40)
    reviewer.fill_and_submit("Extend the deadline", until=f"{day}", message="They are away.")
    partner.visit(f"/claims/{number}")
    partner.fill_and_submit("Comment", message="In the annex.")
    partner.fill_and_submit("Resubmit", document=pdf("The annex", name="annex.pdf"))
    reviewer.visit(f"/reviews/{number}")
    reviewer.fill_and_submit("Start review")
    reviewer.fill_and_submit("Approve")
    filing.wait(8)  # the customer's window ends when a German looks next, and what can be earned is kept
    partner = german(filing, PARTNER)
    partner.visit(f"/claims/{number}")
    partner.fill_and_submit("Comment", status=409, message="And now?")
    assert filing.claim(number).eligibility == "eligible"
    german(filing, ADMIN).visit("/deliveries")
    with filing.context():
        sweep(filing.desk)
    assert list(kept(filing)) == []
    mails = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in filing.desk.settings.mail_dir.glob("*.eml")
    ]
    assert len(mails) > 4
    for mail in mails:
        parts = [str(part.get_content()) for part in mail.walk() if not part.is_multipart()]
        assert not [part for part in (mail["Subject"], *parts) if LEFT in part], mail["Subject"]
