"""Claims in any state, brought there by the ordinary use cases, for the tests of pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count

from flask import Flask
from sqlalchemy import select

from portal.accounts.actor import Actor
from portal.claims.acting import act, create
from portal.claims.answers import Answers, Upload
from portal.claims.desk import Desk
from portal.claims.model import Claim
from portal.clock import FixedClock
from portal.db import db, transaction
from tests import factories
from tests.browser import Browser
from tests.documents import pdf
from tests.form_filling import File

REVIEWER, REVIEWER2 = "reviewer@operator.example", "reviewer2@operator.example"


class Filing:
    """One house with its claims. Every method opens and closes its own app context."""

    def __init__(self, app: Flask, clock: FixedClock) -> None:
        self.app = app
        self.clock = clock
        self.desk: Desk = app.extensions["desk"]
        self._letters = count(1)
        with self.context():
            self.desk.policies.in_force()  # stored before any transaction, as at a start
        with self.context(), transaction() as session:
            self.house = factories.house(session)
            self.actors: dict[str, Actor] = {
                email: factories.actor(person) for email, person in self.house.people.items()
            }
            self._locations = {name: place.id for name, place in self.house.locations.items()}
            self._customers = {name: row.id for name, row in self.house.customers.items()}

    @contextmanager
    def context(self) -> Iterator[None]:
        with self.app.app_context():
            yield
            db.session.remove()

    def draft(self, partner: str = "contoso", product: str = "teams") -> str:
        """Return the number of a complete draft for the customer that both partners share."""
        actor = self.actors[f"incentives@{partner}.example"]
        letter = pdf(f"Proof of execution {next(self._letters)} by {partner}", name="letter.pdf")
        fields = {
            "customer": str(self._customers[partner]),
            "activity": "use_or_consume",
            "product": product,
            "customer_contact_name": "Casey Lind",
            "customer_contact_title": "Head of IT",
            "customer_contact_email": "casey@adatum.example",
            "own_contact_name": "Ines Morel",
            "own_contact_email": f"incentives@{partner}.example",
            "commentary": "The letter covers this quarter.",
        }
        with self.context():
            answers = Answers({"location": (str(self._locations[partner]),)})
            number = create(self.desk, actor, answers).number
            given = Answers({name: (value,) for name, value in fields.items()}, (_upload(letter),))
            act(self.desk, "edit", number, actor, given)
        return number

    def submitted(self, partner: str = "contoso", product: str = "teams") -> str:
        number = self.draft(partner, product)
        self.do("submit", number, f"incentives@{partner}.example")
        return number

    def under_review(self, partner: str = "contoso", product: str = "teams", by: str = REVIEWER) -> str:
        number = self.submitted(partner, product)
        self.do("start_review", number, by)
        return number

    def approved(self, partner: str = "contoso", product: str = "teams") -> str:
        number = self.under_review(partner, product)
        self.do("approve", number, REVIEWER)
        return number

    def do(self, action: str, number: str, by: str, **answers: str) -> None:
        """Carry out `action` for the account `by`; raises as the use case does."""
        with self.context():
            given = Answers({name: (text,) for name, text in answers.items()})
            act(self.desk, action, number, self.actors[by], given)

    def claim(self, number: str) -> Claim:
        """Return the claim as the database has it now, apart from any session."""
        with self.context():
            claim = db.session.scalars(select(Claim).where(Claim.number == number)).one()
            db.session.expunge_all()
            return claim

    def wait(self, days: int) -> None:
        self.clock.set(self.clock.now() + timedelta(days=days))

    def browser(self, email: str = REVIEWER) -> Browser:
        """Return a browser in which `email` is signed in."""
        browser = Browser(self.app)
        browser.enter(email)
        return browser


def _upload(file: File) -> Upload:
    return Upload(file.name, file.content)
