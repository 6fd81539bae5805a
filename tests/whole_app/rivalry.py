"""Two partners compete for one unit, one of them as described."""

from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path

from portal.accounts.actor import SYSTEM_ACTOR, Actor
from portal.accounts.model import Location, Organization
from portal.app import create_app
from portal.claims.acting import act, create
from portal.claims.answers import Answers, Upload
from portal.claims.mail_ways import keep_ways, kinds_for
from portal.clock import FixedClock
from portal.customers.model import Customer
from portal.db import db, transaction
from portal.imports.running import import_at_once
from portal.settings import read_settings
from portal.work.loop import run_once
from tests import factories
from tests.conftest import NOW, ROOT
from tests.documents import pdf
from tests.portal.incentives.sheets import LINE, READING, csv_of
from tests.whole_app.partner_sight import PartnerSight, Seen

OWN = ("incentives@contoso.example", "billing@contoso.example", "global@contoso.example")
REVIEWER, REVIEWER2 = "reviewer@operator.example", "reviewer2@operator.example"
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
    earned: tuple[str, ...] = ("100.00",)


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

    def choose_digests(self, who: str) -> None:
        """Let somebody be told once a day of what can wait, but for the mail that comes first."""
        with self.app.app_context():
            kinds = kinds_for(self.desk, db.session(), self.actors[who])
            keep_ways(self.desk, self.actors[who], {kind.code: "digest" for kind in kinds[1:]})
            db.session.remove()

    def wait(self, days: int) -> None:
        """Let days pass, with all the work that is done in the background."""
        self.clock.set(self.clock.now() + timedelta(days=days))
        with self.app.app_context():
            run_once(self.desk)
            db.session.remove()

    def bring(self, kind: str, base: dict[str, str], *rows: dict[str, str]) -> None:
        with self.app.app_context():
            importer, file = self.app.extensions["importer"], BytesIO(csv_of(base, list(rows)))
            outcome = import_at_once(importer, kind, f"{kind}.csv", file, SYSTEM_ACTOR, dry_run=False)
            db.session.remove()
        assert outcome.used, outcome.mistakes

    def subscribe(self, state: str, ends_on: str) -> None:
        """Tell of the subscription of the customer for whom both compete, and of as many others."""
        others = {"tenant_id": "0d3c0000-0000-4000-8000-000000000001"}
        rows = [{**others, "subscription_id": f"sub-{n}"} for n in range(self.rival.other_claims)]
        self.bring("subscriptions", READING, *rows, {"state": state, "ends_on": ends_on})

    def earn(self, number: str, *amounts: str) -> None:
        rows = [{"line_id": f"{number}-{n}", "claim": number, "amount": one} for n, one in enumerate(amounts)]
        self.bring("earnings", LINE, *rows)

    def seen(self, people: tuple[str, ...], number: str) -> Seen:
        """Fetch what `people` of Contoso and its customer can, and read what was mailed to them."""
        with self.app.app_context():
            rulebook = self.desk.policies.in_force()
        mails = self.desk.settings.data_dir / "mail"
        return PartnerSight(self.app, rulebook, mails, number).seen(people)
