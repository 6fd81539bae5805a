"""Claims in any state, brought there by the ordinary use cases, for the tests of pages."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

from flask import Flask
from sqlalchemy import select

from portal.accounts.actor import Actor
from portal.claims.acting import act, create
from portal.claims.answers import Answers, Upload
from portal.claims.desk import Desk
from portal.claims.model import Claim, ClaimDocument
from portal.clock import FixedClock
from portal.db import db, transaction
from tests import factories
from tests.browser import Browser
from tests.documents import pdf
from tests.form_filling import File
from tests.kept_houses import KeptHouse

REVIEWER, REVIEWER2 = "reviewer@operator.example", "reviewer2@operator.example"


P = ParamSpec("P")
T = TypeVar("T")


def step(method: Callable[Concatenate["Filing", P], T]) -> Callable[Concatenate["Filing", P], T]:
    """Let a method of `Filing` take over what an earlier test did alike."""

    @wraps(method)
    def taken(filing: "Filing", /, *args: P.args, **named: P.kwargs) -> T:
        name = (method.__name__, args, *sorted(named.items()))
        return filing.take(name, lambda: method(filing, *args, **named))

    return cast(Callable[Concatenate["Filing", P], T], taken)


class Filing:
    """One house with its claims. Every method opens and closes its own app context.

    With `kept` it takes over what an earlier test of this process filed alike (see `kept_houses`).
    """

    def __init__(self, app: Flask, clock: FixedClock, kept: KeptHouse | None = None) -> None:
        self.app = app
        self.clock = clock
        self.desk: Desk = app.extensions["desk"]
        self._kept = kept
        self._letters = 0
        self._usual = self.desk
        self.house, self.actors, self._locations, self._customers = self._build()

    @step
    def _build(self) -> tuple[factories.House, dict[str, Actor], dict[str, int], dict[str, int]]:
        with self.context(), transaction() as session:
            house = factories.house(session)
            actors = {email: factories.actor(person) for email, person in house.people.items()}
            locations = {name: place.id for name, place in house.locations.items()}
            customers = {name: row.id for name, row in house.customers.items()}
        return house, actors, locations, customers

    def take(self, name: Hashable, do: Callable[[], T]) -> T:
        """Return what `do` returns, done now or by an earlier test that filed the same."""
        if self._kept is None:
            return do()
        if not (self.desk is self._usual is self.app.extensions["desk"]):
            self._kept.close()  # a test that has changed how things are done goes its own way

        def done() -> tuple[T, int]:
            return do(), self._letters

        returned, self._letters = self._kept.step((name, self.clock.now()), done)
        return returned

    @contextmanager
    def context(self) -> Iterator[None]:
        with self.app.app_context():
            self.desk.policies.in_force()  # stored before any transaction, as at a start
            yield
            db.session.remove()

    @step
    def draft(self, partner: str = "contoso", product: str = "teams") -> str:
        """Return the number of a complete draft for the customer that both partners share."""
        actor = self.actors[f"incentives@{partner}.example"]
        self._letters += 1
        letter = pdf(f"Proof of execution {self._letters} by {partner}", name="letter.pdf")
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
            given = Answers({name: (value,) for name, value in fields.items()}, (upload(letter),))
            act(self.desk, "edit", number, actor, given)
        return number

    @step
    def submitted(self, partner: str = "contoso", product: str = "teams") -> str:
        number = self.draft(partner, product)
        self.do("submit", number, f"incentives@{partner}.example")
        return number

    @step
    def under_review(self, partner: str = "contoso", product: str = "teams", by: str = REVIEWER) -> str:
        number = self.submitted(partner, product)
        self.do("start_review", number, by)
        return number

    @step
    def approved(self, partner: str = "contoso", product: str = "teams") -> str:
        number = self.under_review(partner, product)
        self.do("approve", number, REVIEWER)
        return number

    def dispute(self, number: str, *files: Upload) -> None:
        """Dispute the rejection with further documents."""
        with self.context():
            given = Answers({"justification": ("Look again.",)}, files)
            act(self.desk, "dispute", number, self.actors["incentives@contoso.example"], given)

    def documents(self, number: str) -> list[ClaimDocument]:
        with self.context():
            query = select(ClaimDocument).join(Claim).where(Claim.number == number)
            found = list(db.session.scalars(query))
            db.session.expunge_all()
            return found

    @step
    def do(self, /, action: str, number: str, by: str, **answers: str) -> None:
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
        """Return a browser in which `email` is signed in, at a portal that has its policy at hand."""
        with self.context():
            pass
        browser = Browser(self.app)
        browser.enter(email)
        return browser


def upload(file: File) -> Upload:
    return Upload(file.name, file.content)
