"""Two partners compete for one unit, one of them as described; and everything that the other gets to see."""

import io
import re
import zipfile
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from sqlalchemy import event

from portal.accounts.actor import Actor
from portal.accounts.model import Location, Organization
from portal.app import create_app
from portal.claims.acting import act, create
from portal.claims.answers import Answers, Upload
from portal.clock import FixedClock
from portal.customers.model import Customer
from portal.db import db, transaction
from portal.settings import read_settings
from tests import factories
from tests.browser import Browser
from tests.conftest import NOW, ROOT
from tests.documents import pdf

OWN = ("incentives@contoso.example", "billing@contoso.example", "global@contoso.example")
REVIEWER, REVIEWER2 = "reviewer@operator.example", "reviewer2@operator.example"
# What is another at every request or in every house, whoever competes.
RANDOM = (
    (re.compile(rb'(name="csrf_token"[^>]*value=")[^"]*'), rb"\1"),
    (re.compile(rb'(name="form" value=")[^"]*'), rb"\1"),
    (re.compile(rb"/consent/[\w.~-]+"), b"/consent/TOKEN"),
    # How many events the whole house has recorded: it grows by whatever anybody does.
    (re.compile(rb'(name="mark" value=")[^"]*'), rb"\1"),
)
LINK = re.compile(rb'<a [^>]*href="([^"]*)"|data-hx-get="([^"]*)"')
# A list can be asked for in so many ways that two of each path say enough.
QUERIES_A_PATH = 2
PAGES_AT_MOST = 150


Given = str | tuple[str, ...]


@dataclass(frozen=True)
class Rival:
    """The other partner. Each field is one that a test makes another."""

    name: str = "Woodgrove"
    domain: str = "woodgrove.example"
    person: str = "Ines Moreau"
    account: str = "incentives"
    location: str = "2000001"
    location_name: str = "Head office"
    customer: str = "Adatum"
    customer_domain: str = "adatum.example"
    contact: str = "Casey Lind"
    contact_title: str = "Head of IT"
    products: tuple[str, ...] = ("teams",)
    claim_name: str = ""
    commentary: str = "The letter covers this quarter."
    documents: tuple[str, ...] = ("letter.pdf",)
    rounds: int = 1
    comments: int = 0
    days_before: int = 0
    reviewer: str = REVIEWER
    progress: str = "under_review"  # or submitted, or approved
    colleagues: int = 0
    other_claims: int = 0


@dataclass
class Seen:
    """What was fetched and sent, by where it was found: the bytes, and how many statements it took."""

    answers: dict[str, tuple[int, bytes, int]] = field(default_factory=dict)


class House:
    """One installation on a fresh database, with Contoso, the operator, and the rival as described."""

    def __init__(self, folder: Path, url: str, rival: Rival) -> None:
        self.rival = rival
        self.clock = FixedClock(NOW)
        self.app = create_app(
            read_settings(
                data_dir=folder / "data",
                database_url=url,
                rules_dir=ROOT / "rules",
                secret_key="a key for tests that is long enough to be taken",
                mail_url="",
                base_url="http://localhost",
                development=True,
            ),
            clock=self.clock,
        )
        self.desk = self.app.extensions["desk"]
        self.actors: dict[str, Actor] = {}
        with self.app.app_context():
            self.desk.policies.in_force()
            with transaction() as session:
                house = factories.house(session)
                self.actors |= {email: factories.actor(who) for email, who in house.people.items()}
                house.locations["contoso"].code = "1000001"  # the factory counts on with every house
                self.places = {"contoso": house.locations["contoso"].id}
                self.customers = {"contoso": house.customers["contoso"].id}
                other = Organization(name=rival.name, side="partner", domain=rival.domain, created_at=NOW)
                place = Location(organization=other, code=rival.location, name=rival.location_name)
                session.add_all([other, place])
                session.flush()
                who = factories.person(session, other, "incentives_admin", account=rival.account)
                who.name = rival.person
                for _ in range(rival.colleagues):
                    factories.person(session, other, "global_admin")
                customer = Customer(
                    organization_id=other.id,
                    name=rival.customer,
                    domain=rival.customer_domain,
                    tenant_id=factories.SHARED_TENANT,
                    created_at=NOW,
                )
                session.add(customer)
                session.flush()
                self.actors["rival"] = factories.actor(who)
                self.places["rival"], self.customers["rival"] = place.id, customer.id
            db.session.remove()

    def close(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def do(
        self, action: str, number: str, by: str, *uploads: Upload, **answers: str | tuple[str, ...]
    ) -> None:
        with self.app.app_context():
            given = {name: (value,) if isinstance(value, str) else value for name, value in answers.items()}
            act(self.desk, action, number, self.actors[by], Answers(given, uploads))
            db.session.remove()

    def own_draft(self) -> str:
        return self._draft("contoso", "incentives@contoso.example", Rival(), ("teams",))

    def rival_draft(self, *products: str) -> str:
        return self._draft("rival", "rival", self.rival, products or self.rival.products)

    def _draft(self, side: str, by: str, told: Rival, products: tuple[str, ...]) -> str:
        with self.app.app_context():
            answers = Answers({"location": (str(self.places[side]),)})
            number = create(self.desk, self.actors[by], answers).number
            db.session.remove()
        letters = [
            Upload(name, pdf(f"Proof {name} of {number} by {side}", name=name).content)
            for name in told.documents
        ]
        self.do(
            "edit",
            number,
            by,
            *letters,
            customer=str(self.customers[side]),
            activity="use_or_consume",
            product=products,
            customer_contact_name=told.contact,
            customer_contact_title=told.contact_title,
            customer_contact_email=f"casey@{told.customer_domain}",
            own_contact_name="Ines Morel",
            own_contact_email=self.actors[by].email,
            commentary=told.commentary,
            name=told.claim_name,
        )
        return number

    def rival_claim(self) -> str:
        """Bring the rival's claim to where its description says, and return its number."""
        told = self.rival
        self.clock.set(NOW - timedelta(days=told.days_before))
        number = self.rival_draft()
        self.do("submit", number, "rival")
        for again in range(1, told.rounds):
            self.do("start_review", number, told.reviewer)
            self.do(
                "request_information", number, told.reviewer,
                reason="missing_or_old_dates", message=f"Please date it ({again}).",
            )  # fmt: skip
            self.do("resubmit", number, "rival", message=f"Here it is ({again}).")
        for count in range(told.comments):
            self.do("comment", number, "rival", message=f"We would like to add {count}.")
        if told.progress != "submitted":
            self.do("start_review", number, told.reviewer)
        if told.progress == "approved":
            self.do("approve", number, told.reviewer)
        self.clock.set(NOW)
        return number

    def file_others(self) -> None:
        for product in ("exchange_online", "sharepoint_online")[: self.rival.other_claims]:
            self.do("submit", self.rival_draft(product), "rival")

    def settle(self, number: str) -> None:
        self.do("settle", number, REVIEWER2)

    def seen(self, people: tuple[str, ...] = OWN[:1]) -> Seen:
        """Fetch what `people` of Contoso and its customer can, and read what was mailed to them."""
        found = Seen()
        for who in people:
            self._fetch(who, found)
        self._mails(found)
        self._customer(found)
        return found

    def _customer(self, found: Seen) -> None:
        """Open what the customer of Contoso was sent."""
        texts = [path.read_bytes() for path in self._all_mails()]
        tokens = {
            one.decode()
            for text in texts
            if b"contoso" in text.lower()
            for one in re.findall(rb"/consent/([\w.~-]+)", text.replace(b"=\n", b""))
        }
        for place, token in enumerate(sorted(tokens)):
            status, content, statements = self._counted(Browser(self.app), f"/consent/{token}")
            found.answers[f"consent {place}"] = (status, _plain(content), statements)

    def _all_mails(self) -> list[Path]:
        return sorted((self.desk.settings.data_dir / "mail").glob("*.eml"))

    def _fetch(self, who: str, found: Seen) -> None:
        browser = Browser(self.app)
        browser.enter(who)
        todo, known = deque(["/claims", "/notices", "/earnings", "/people", "/profile"]), set[str]()
        taken: dict[str, int] = {}
        todo += ["/claims.csv", "/claims.xlsx", "/earnings.csv", "/claims?q=adatum", "/claims?status=draft"]
        while todo and len(known) < PAGES_AT_MOST:
            path = todo.popleft()
            if path in known:
                continue
            known.add(path)
            status, content, statements = self._counted(browser, path)
            found.answers[f"{who} {path}"] = (status, _plain(content), statements)
            for href in LINK.findall(content):
                link = urljoin(path, b"".join(href).decode().replace("&amp;", "&")).partition("#")[0]
                if link.startswith(("/static", "/sign-out", "/policy", "http", "mailto")):
                    continue
                bare = urlsplit(link).path
                if bare != link and taken.setdefault(bare, 0) >= QUERIES_A_PATH:
                    continue
                if bare != link and link not in known:
                    taken[bare] += 1
                todo.append(link)

    def _counted(self, browser: Browser, path: str) -> tuple[int, bytes, int]:
        sent: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            sent.append(statement)

        with self.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        answer = browser.ask("GET", path)
        event.remove(engine, "before_cursor_execute", note)
        return answer.status_code, answer.get_data(), len(sent)

    def _mails(self, found: Seen) -> None:
        for path in self._all_mails():
            mail = message_from_bytes(path.read_bytes(), policy=policy.default)
            to = str(mail["To"])
            if not to.endswith("@contoso.example") and "casey@adatum.example" not in to:
                continue
            if "casey@" in to and "contoso" not in path.read_text("utf-8").casefold():
                continue
            parts = [str(part.get_content()) for part in mail.walk() if not part.is_multipart()]
            heads = [f"{name}: {mail[name]}" for name in ("From", "To", "Subject", "Reply-To")]
            text = "\n".join([*heads, *parts]).encode()
            key = f"mail {to} {mail['Subject']}"
            while key in found.answers:
                key += "+"
            found.answers[key] = (0, _plain(text), 0)


def _plain(content: bytes) -> bytes:
    if content.startswith(b"PK"):  # a workbook or a Word file, which holds when it was made
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            names = sorted(name for name in book.namelist() if name != "docProps/core.xml")
            return b"\n".join(name.encode() + book.read(name) for name in names)
    for pattern, instead in RANDOM:
        content = pattern.sub(instead, content)
    return content
