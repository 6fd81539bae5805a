"""Everything that a partner and its customer can fetch or are sent, and how many statements it took."""

import io
import re
import zipfile
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from flask import Flask
from sqlalchemy import event, select
from werkzeug.routing import Rule

from portal.audit.model import AuditEvent
from portal.claims.chain import chain_of
from portal.claims.queries import claim_by_number
from portal.db import db
from portal.reports.kinds import KINDS
from portal.rulebook.rulebook import Rulebook
from portal.web.access import access_of
from tests.browser import Browser

PARTNER_ROLES = frozenset({"global_admin", "billing_admin", "incentives_admin"})
# What is another at every request or in every house, whoever competes.
RANDOM = (
    (re.compile(rb'(name="csrf_token"[^>]*value=")[^"]*'), rb"\1"),
    (re.compile(rb'(name="form" value=")[^"]*'), rb"\1"),
    (re.compile(rb"/consent/[\w.~-]+"), b"/consent/TOKEN"),
    # How many events the whole house has recorded: it grows by whatever anybody does.
    (re.compile(rb'(name="mark" value=")[^"]*'), rb"\1"),
)
# A workbook and a Word file say when they were made, by a clock that no test sets.
MADE = re.compile(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")
LINK = re.compile(rb'<a [^>]*href="([^"]*)"|data-hx-get="([^"]*)"')
# Some lists can be asked for in so many ways that two of each path say enough.
QUERIES_A_PATH = 2
PAGES_AT_MOST = 200
# Each request has its own.
OWN_HEADERS = {"Set-Cookie", "X-Request-Id"}
NOT_FOLLOWED = ("/static", "/sign-out", "http", "mailto")

# Routes that a partner may fetch and that are not compared, each with the reason.
EXCLUDED = {
    "/static/<path:filename>": "the same files for everybody",
    "/healthz": "says that the process is alive, to anybody",
    "/readyz": "says that the database answers, to anybody",
}


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers, content without what is random, and how many statements it took."""

    status: int
    headers: tuple[tuple[str, str], ...]
    content: bytes
    statements: int


@dataclass
class Seen:
    """What was fetched and sent, by where it was found; and which routes it was fetched by."""

    answers: dict[str, Answer] = field(default_factory=dict)
    rules: set[str] = field(default_factory=set)


def partner_rules(app: Flask, rulebook: Rulebook) -> dict[str, Rule]:
    """Return every route that a partner can fetch, by its rule without the converters."""
    permissions = rulebook.permissions_of(PARTNER_ROLES)
    found = {}
    for rule in app.url_map.iter_rules():
        access = access_of(app.view_functions[rule.endpoint])
        assert access is not None
        open_to_partners = access.public or not access.permissions or access.permissions & permissions
        if "GET" in (rule.methods or set()) and open_to_partners:
            found[plain(rule)] = rule
    return found


def plain(rule: Rule) -> str:
    """Return the rule as people read it: `<int(max=9):id>` is `<id>`."""
    return re.sub(r"<(?!path:)(?:[^:<>]*(?:\([^)]*\))?:)?(\w+)>", r"<\1>", rule.rule)


class PartnerSight:
    """Fetches, in one installation, what partners and the customer of one claim can."""

    def __init__(self, app: Flask, rulebook: Rulebook, mails: Path, number: str) -> None:
        self.app, self.mails, self.number = app, mails, number
        self.routes = partner_rules(app, rulebook)
        self.adapter = app.url_map.bind("localhost")

    def seen(self, people: tuple[str, ...]) -> Seen:
        found = Seen()
        for who in people:
            self._walk(who, found)
        self._read_mails(found)
        self._open_consent_links(found)
        return found

    def _walk(self, who: str, found: Seen) -> None:
        """Fetch every route with the own claim in it, and whatever is linked from there."""
        browser = Browser(self.app)
        browser.enter(who)
        with self._counting() as count:
            todo, known, taken = deque(self._addresses(who)), set[str](), dict[str, int]()
            while todo:
                path = todo.popleft()
                if path in known:
                    continue
                assert len(known) < PAGES_AT_MOST, f"{who} finds more pages: {sorted(known)}"
                known.add(path)
                content = self._fetch(browser, f"{who} {path}", path, found, count)
                todo += self._links(path, content, known, taken)

    def _links(self, path: str, content: bytes, known: set[str], taken: dict[str, int]) -> Iterator[str]:
        for href in LINK.findall(content):
            link = urljoin(path, b"".join(href).decode().replace("&amp;", "&")).partition("#")[0]
            bare = urlsplit(link).path
            if link.startswith(NOT_FOLLOWED) or (bare != link and taken.get(bare, 0) >= QUERIES_A_PATH):
                continue
            if bare != link and link not in known:
                taken[bare] = taken.get(bare, 0) + 1
            yield link

    def _fetch(self, browser: Browser, name: str, path: str, found: Seen, count: Callable[[], int]) -> bytes:
        """Fetch it as a link does, as htmx does where the page asks by it, and as a page that knows it."""
        rule, _ = self.adapter.match(urlsplit(path).path, method="GET", return_rule=True)
        is_new = plain(rule) not in found.rules
        found.rules.add(plain(rule))
        first = self._asked(browser, path, {}, count)
        found.answers[name] = first
        if is_new and b"data-hx-get" in first.content:
            found.answers[f"{name} by htmx"] = self._asked(browser, path, {"HX-Request": "true"}, count)
        if is_new and (etag := dict(first.headers).get("ETag")):
            found.answers[f"{name} known"] = self._asked(browser, path, {"If-None-Match": etag}, count)
        return first.content

    def _asked(
        self, browser: Browser, path: str, headers: dict[str, str], count: Callable[[], int]
    ) -> Answer:
        count()
        answer = browser.client.get(path, base_url="http://localhost", headers=headers)
        content = answer.get_data()  # statements of streamed files count too
        kept = ((name, text) for name, text in answer.headers if name not in OWN_HEADERS)
        return Answer(answer.status_code, tuple(sorted(kept)), without_random(path, content), count())

    @contextmanager
    def _counting(self) -> Iterator[Callable[[], int]]:
        """Yield what returns how many statements were sent since it was called before."""
        sent: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            sent.append(statement)

        def count() -> int:
            number = len(sent)
            sent.clear()
            return number

        with self.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield count
        finally:
            event.remove(engine, "before_cursor_execute", note)

    def _addresses(self, who: str) -> list[str]:
        """Return addresses of every route, with the own things in them; fails for a part nobody knows."""
        parts = self._parts()
        found = []
        for rule in sorted(self.routes):
            if rule in EXCLUDED:
                continue
            address = [rule]
            for name in re.findall(r"<(?:path:)?(\w+)>", rule):
                assert name in parts, (
                    f"{rule}: which {name} do partners fetch? Tell it, or exclude the route."
                )
                address = [
                    re.sub(rf"<(path:)?{name}>", one, known) for known in address for one in parts[name]
                ]
            found += address
        chosen = f"number={self.number}"
        found += [f"{path}?{chosen}" for path in found if path.startswith("/claims/selection/")]
        return [*found, "/claims?q=adatum", "/claims?status=draft"]

    def _parts(self) -> dict[str, list[str]]:
        with self.app.app_context():
            session = db.session()
            claim = claim_by_number(session, self.number)
            places = select(AuditEvent.place).where(AuditEvent.subject == chain_of(self.number))
            found = {
                "number": [self.number],
                "noun": ["dispute", "no-such-address"],
                "document_id": [str(document.id) for document in claim.documents],
                "page": ["1", "2"],
                "place": [str(place) for place in session.scalars(places)],
                "step": ["location", "review"],
                "customer_id": [str(claim.customer_id)],
                "person_id": [str(claim.created_by_id)],
                "code": [kind.code for kind in KINDS],
                "token": ["no-such-token"],
            }
            db.session.remove()
        return found

    def _letters(self) -> Iterator[tuple[EmailMessage, str]]:
        """Yield each mail that went to the partner or, about it, to the customer, with its text."""
        for path in sorted(self.mails.glob("*.eml")):
            mail = message_from_bytes(path.read_bytes(), policy=policy.default)
            assert isinstance(mail, EmailMessage)
            text = "\n".join(str(part.get_content()) for part in mail.walk() if not part.is_multipart())
            to = str(mail["To"])
            if to.endswith("@contoso.example") or ("casey@adatum.example" in to and "Contoso" in text):
                yield mail, text

    def _read_mails(self, found: Seen) -> None:
        for mail, text in self._letters():
            heads = [
                f"{name}: {value}"
                for name, value in mail.items()
                if name not in {"Message-ID", "Content-Type"}
            ]
            key = f"mail {mail['To']} {mail['Subject']}"
            while key in found.answers:
                key += "+"
            content = without_random("", "\n".join([*heads, text]).encode())
            found.answers[key] = Answer(0, (), content, 0)

    def _open_consent_links(self, found: Seen) -> None:
        """Open what the customer of the partner was sent, with the links that are there."""
        tokens = {token for _, text in self._letters() for token in re.findall(r"/consent/([\w.~-]+)", text)}
        with self._counting() as count:
            for place, token in enumerate(dict.fromkeys(sorted(tokens))):
                browser = Browser(self.app)
                for query in ("", "?lang=de"):
                    name = f"consent {place}{query}"
                    self._fetch(browser, name, f"/consent/{token}{query}", found, count)


def without_random(path: str, content: bytes) -> bytes:
    """Return what was fetched without what another house or request would have made another anyway.

    Proof packs and documents are compared as they are, byte for byte: the key comes from the secret, and
    the times of the files from the clock.
    """
    if content.startswith(b"PK") and urlsplit(path).path.endswith(".zip"):
        return content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            names = sorted(book.namelist())
            return b"\n".join(name.encode() + MADE.sub(b"", book.read(name)) for name in names)
    for pattern, instead in RANDOM:
        content = pattern.sub(instead, content)
    return content
