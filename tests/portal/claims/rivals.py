"""Three partners who claim the same customer for products that overlap in part, and four reviewers."""

from itertools import count
from uuid import uuid4

from flask import Flask

from portal.accounts.actor import Actor, customer_actor
from portal.claims.acting import act, create
from portal.claims.answers import Answers, Upload
from portal.claims.refusals import Invalid, NotThere, Refused, Stale
from portal.clock import FixedClock
from portal.db import transaction
from tests import factories
from tests.documents import pdf
from tests.portal.reviews.filing import Filing

PARTNERS = ("contoso", "fabrikam", "tailspin")
REVIEWERS = tuple(f"{name}@operator.example" for name in ("reviewer", "reviewer2", "reviewer3", "reviewer4"))
USAGE, ADVICE = ("teams", "intune", "exchange_online"), ("power_apps", "power_bi")
# The same subscription, as different people type it.
SUBSCRIPTIONS = ("SUB-1", "sub-1", "sub-2")

CUSTOMER = "customer"
# Who does what, and what they say with it.
ANSWERS: dict[str, dict[str, tuple[str, ...]]] = {
    "reject": {"reason": ("insufficient_poe",), "message": ("Not shown.",)},
    "deny_dispute": {"reason": ("insufficient_poe",), "message": ("Still not shown.",)},
    "request_information": {"reason": ("missing_all_poe",), "message": ("Please send it.",)},
    "resubmit": {"message": ("Here it is.",)},
    "dispute": {"justification": ("Look again.",)},
    "disassociate": {"reason": ("We are done.",)},
    "request_rejection": {"reason": ("wrong_activity",)},
}
BY_PARTNER = {
    "edit",
    "submit",
    "resubmit",
    "dispute",
    "disassociate",
    "request_rejection",
    "send_consent_link",
}
BY_CUSTOMER = {"agree", "decline"}


class Rivals(Filing):
    """A house whose third partner and further reviewers let many claims meet on a unit."""

    def __init__(self, app: Flask, clock: FixedClock) -> None:
        super().__init__(app, clock)
        with self.context(), transaction() as session:
            third = factories.organization(session, "Tailspin")
            people = [factories.person(session, third, "incentives_admin", account="incentives")]
            self._locations["tailspin"] = factories.location(session, third).id
            operator = session.merge(self.house.operator)
            people += [
                factories.person(session, operator, "reviewer", account=email.partition("@")[0])
                for email in REVIEWERS[2:]
            ]
            self.actors |= {who.email: factories.actor(who) for who in people}
        self._files = count(1)
        self.organizations: dict[str, str] = {}  # by the claim's number
        self.tenant = ""

    def new_customer(self) -> None:
        """Let what is filed from here on meet on the units of another customer."""
        self.tenant = str(uuid4())

    def file(self, partner: str, products: tuple[str, ...], subscription: str = "") -> str:
        """Begin a complete draft for the customer, and return its number."""
        actor = self.actors[f"incentives@{partner}.example"]
        letter = pdf("Proof of execution by a rival", name="letter.pdf").content
        fields = {
            "customer_name": "Litware",
            "customer_domain": "litware.example",
            # Partners find it written in different ways.
            "customer_tenant_id": f"{{{self.tenant.upper()}}}" if partner == "fabrikam" else self.tenant,
            "activity": "build_intent_advisor" if subscription else "use_or_consume",
            "customer_contact_name": "Casey",
            "customer_contact_title": "Head of IT",
            "customer_contact_email": "casey@litware.example",
            "technical_contact_name": "Terry",
            "technical_contact_email": "terry@litware.example",
            "own_contact_name": "Ines",
            "own_contact_email": actor.email,
        }
        given = {name: (text,) for name, text in fields.items()} | self.products(products, subscription)
        # A file that a closed claim had is refused, so each has one of its own, which reads the same.
        upload = Upload("letter.pdf", letter + f"\n% {next(self._files)}".encode())
        with self.context():
            location = Answers({"location": (str(self._locations[partner]),)})
            number = create(self.desk, actor, location).number
            act(self.desk, "edit", number, actor, Answers(given, (upload,)))
        self.organizations[number] = partner
        return number

    @staticmethod
    def products(products: tuple[str, ...], subscription: str = "") -> dict[str, tuple[str, ...]]:
        """Return what a form says that names these products, each with the subscription."""
        if not subscription:
            return {"product": products}
        return {"product": products} | {f"subscription_{code}": (subscription,) for code in products}

    def edited(self, products: tuple[str, ...]) -> Answers:
        return Answers(self.products(products))

    def reviewed(self, partner: str, products: tuple[str, ...], by: str = REVIEWERS[0]) -> str:
        """Return the number of a claim that is under review."""
        number = self.file(partner, products)
        assert self.tried("submit", number) == self.tried("start_review", number, by) == ""
        return number

    def who(self, action: str, number: str, reviewer: str = REVIEWERS[0]) -> Actor:
        if action in BY_CUSTOMER:
            return customer_actor("Casey", "casey@litware.example", self.claim(number).id)
        partner = f"incentives@{self.organizations[number]}.example"
        return self.actors[partner if action in BY_PARTNER else reviewer]

    def tried(
        self,
        action: str,
        number: str,
        reviewer: str = REVIEWERS[0],
        answers: Answers | None = None,
        version: int | None = None,
    ) -> str:
        """Act, and return "" where it was done, else why not: a refusal without words is an error."""
        given = answers or Answers(ANSWERS.get(action, {}))
        actor = self.who(action, number, reviewer)
        with self.context():
            try:
                act(self.desk, action, number, actor, given, version)
            except Refused as refused:
                why = {reason.code: reason.text for reason in refused.decision.reasons}
            except Stale as stale:
                why = {"stale": "; ".join(stale.changes)}
            except NotThere:
                why = {"not_there": "reviewers know no draft"}
            except Invalid as invalid:
                why = invalid.errors
            else:
                return ""
        assert why
        assert all(why.values()), f"{action}: {why}"
        return " ".join(why)
