"""Who may use which route: all of the URL map, for every role, of the own, another and no organization."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from secrets import token_hex
from urllib.parse import parse_qsl, urlencode

import pytest
from lxml import html
from sqlalchemy import event, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from portal.app import create_app
from portal.audit.model import AuditEvent
from portal.claims.model import Claim, ClaimDocument
from portal.clock import FixedClock
from portal.db import db, transaction
from portal.imports.files import template_csv
from portal.imports.taking import take_in
from portal.notifications.model import OutboxMessage
from portal.rulebook.loading import load, read_folder
from portal.saved_views.model import SavedView
from portal.settings import read_settings
from portal.web.access import access_of
from tests import databases, factories
from tests.browser import Browser
from tests.conftest import NOW, ROOT
from tests.portal.reviews.filing import Filing

GLOBAL, BILLING, INCENTIVES = (
    "global@contoso.example",
    "billing@contoso.example",
    "incentives@contoso.example",
)
OTHERS = ("global@fabrikam.example", "billing@fabrikam.example", "incentives@fabrikam.example")
REVIEWER, POLICY, ADMIN = "reviewer@operator.example", "policy@operator.example", "admin@operator.example"
ROLELESS = "roleless@contoso.example"  # of the own organization, without a role
STRANGER = "nobody"
OWN = (GLOBAL, BILLING, INCENTIVES)
EVERYBODY = (*OWN, ROLELESS, *OTHERS, REVIEWER, POLICY, ADMIN)
WITH_A_ROLE = tuple(one for one in EVERYBODY if one != ROLELESS)

FORBIDDEN, NOT_THERE, SIGN_IN, OPEN = "403", "404", "sign in", "open"


@dataclass(frozen=True)
class Expected:
    """Who gets through a route. `blind` get 404: they may use such a route, but not for this claim."""

    open_to: tuple[str, ...]
    blind: tuple[str, ...] = ()
    public: bool = False

    def answer_to(self, who: str) -> str:
        if self.public or who in self.open_to:
            return OPEN
        if who == STRANGER:
            return SIGN_IN
        return NOT_THERE if who in self.blind else FORBIDDEN


PUBLIC = Expected((), public=True)
ANY_PARTNER = Expected((*OWN, *OTHERS))
OWN_CLAIM = Expected(OWN, blind=OTHERS)
# Who reads submitted claims is led from the partner's page of one to their own.
OWN_CLAIM_OR_SUBMITTED = Expected((*OWN, REVIEWER), blind=OTHERS)
CLAIM_READERS = Expected((*OWN, *OTHERS, REVIEWER))
REVIEWERS = Expected((REVIEWER,))
# No decision about the claim that is tried was drawn.
NO_SECOND_REVIEW = Expected((), blind=(REVIEWER,))
NO_OPINIONS = Expected((), blind=(REVIEWER, POLICY, ADMIN))
BULK_WORKERS = Expected((INCENTIVES, "incentives@fabrikam.example"))
BILLING_ADMINS = Expected((BILLING, "billing@fabrikam.example"))
# A view that is not shared is its owner's alone.
OWN_VIEW = Expected((INCENTIVES,), blind=(GLOBAL, BILLING, *OTHERS))
PEOPLE_KEEPERS = Expected((GLOBAL, "global@fabrikam.example", ADMIN))
ORGANIZERS = Expected((ADMIN,))
# The operator admins look after everybody's people: an organization may have lost its last admin.
PERSON_OF_OWN = Expected((GLOBAL, ADMIN), blind=("global@fabrikam.example",))

# The person that is tried is a partner's; where such people come from is kept of nobody.
OPERATORS_PERSON = Expected((), blind=(ADMIN,))

# One line for each route. A route that is not here fails, and so does a line whose route is gone.
EXPECTED = {
    ("GET", "/static/<path:filename>"): PUBLIC,
    ("GET", "/healthz"): PUBLIC,
    ("GET", "/readyz"): PUBLIC,
    ("GET", "/metrics"): Expected((ADMIN,)),
    ("GET", "/"): Expected(EVERYBODY),
    ("GET", "/sign-in"): PUBLIC,
    ("POST", "/sign-in"): PUBLIC,
    ("POST", "/sign-out"): Expected(EVERYBODY),
    ("GET", "/password"): PUBLIC,
    ("POST", "/password"): PUBLIC,
    ("GET", "/password/<token>"): PUBLIC,
    ("POST", "/password/<token>"): PUBLIC,
    ("GET", "/invitations/<token>"): PUBLIC,
    ("POST", "/invitations/<token>"): PUBLIC,
    ("GET", "/people"): PEOPLE_KEEPERS,
    ("POST", "/people"): PEOPLE_KEEPERS,
    ("GET", "/people/<int:person_id>"): PERSON_OF_OWN,
    ("POST", "/people/<int:person_id>/access"): PERSON_OF_OWN,
    ("POST", "/people/<int:person_id>/affiliations"): OPERATORS_PERSON,
    ("POST", "/people/<int:person_id>/affiliations/deletion"): OPERATORS_PERSON,
    ("POST", "/people/<int:person_id>/invitation"): PERSON_OF_OWN,
    ("POST", "/people/<int:person_id>/withdrawal"): PERSON_OF_OWN,
    ("POST", "/people/<int:person_id>/deactivation"): PERSON_OF_OWN,
    ("POST", "/people/<int:person_id>/activation"): PERSON_OF_OWN,
    ("GET", "/organizations"): ORGANIZERS,
    ("POST", "/organizations"): ORGANIZERS,
    ("GET", "/organizations/<int:organization_id>"): ORGANIZERS,
    ("POST", "/organizations/<int:organization_id>"): ORGANIZERS,
    ("POST", "/organizations/<int:organization_id>/locations"): ORGANIZERS,
    ("POST", "/organizations/<int:organization_id>/locations/<int:location_id>"): ORGANIZERS,
    ("POST", "/organizations/<int:organization_id>/locations/<int:location_id>/deletion"): ORGANIZERS,
    ("GET", "/kept-form"): Expected(EVERYBODY),
    ("POST", "/kept-form/deletion"): Expected(EVERYBODY),
    ("GET", "/profile"): Expected(EVERYBODY),
    ("POST", "/profile/password"): Expected(EVERYBODY),
    ("POST", "/profile/preferences"): Expected(EVERYBODY),
    ("POST", "/profile/sessions"): Expected(EVERYBODY),
    ("POST", "/profile/absence"): REVIEWERS,
    ("GET", "/profile/mails"): Expected(EVERYBODY),
    ("POST", "/profile/mails"): Expected(EVERYBODY),
    ("GET", "/policy"): Expected(WITH_A_ROLE),
    ("GET", "/claims"): ANY_PARTNER,
    ("GET", "/claims.csv"): ANY_PARTNER,
    ("GET", "/claims.xlsx"): ANY_PARTNER,
    ("GET", "/claims/selection/claims.csv"): ANY_PARTNER,
    ("GET", "/claims/selection/claims.xlsx"): ANY_PARTNER,
    ("GET", "/claims/selection/documents.zip"): BULK_WORKERS,
    ("GET", "/claims/selection/deletion"): BULK_WORKERS,
    ("POST", "/claims/selection/deletion"): BULK_WORKERS,
    ("GET", "/notices"): CLAIM_READERS,
    ("POST", "/notices"): CLAIM_READERS,
    ("GET", "/notices/read"): CLAIM_READERS,
    ("GET", "/claims/views"): ANY_PARTNER,
    ("POST", "/claims/views"): ANY_PARTNER,
    ("POST", "/claims/views/<int:view_id>"): OWN_VIEW,
    ("POST", "/claims/views/<int:view_id>/deletion"): OWN_VIEW,
    ("GET", "/claims/new"): ANY_PARTNER,
    ("POST", "/claims/new"): ANY_PARTNER,
    ("GET", "/claims/<number>"): OWN_CLAIM_OR_SUBMITTED,
    ("GET", "/claims/<number>/news"): OWN_CLAIM,
    ("GET", "/claims/<number>/<noun>"): OWN_CLAIM_OR_SUBMITTED,
    ("GET", "/claims/<number>/wizard/<step>"): OWN_CLAIM,
    ("GET", "/claims/<number>/documents/<int:document_id>"): OWN_CLAIM_OR_SUBMITTED,
    ("GET", "/claims/<number>/documents/<int:document_id>/view"): OWN_CLAIM_OR_SUBMITTED,
    ("GET", "/claims/<number>/documents/<int:document_id>/pages/<int:page>"): OWN_CLAIM_OR_SUBMITTED,
    ("GET", "/claims/<number>/template.docx"): OWN_CLAIM,
    ("POST", "/claims/<number>/<noun>"): OWN_CLAIM,
    ("GET", "/claims/<number>/proof-pack.zip"): OWN_CLAIM,
    ("GET", "/reviews/<number>/proof-pack.zip"): REVIEWERS,
    ("GET", "/proof-key.pem"): PUBLIC,
    ("GET", "/claims/<number>/events/<int:place>"): OWN_CLAIM,
    ("GET", "/customers/<int:customer_id>"): OWN_CLAIM,
    ("GET", "/earnings"): ANY_PARTNER,
    ("GET", "/earnings.csv"): BILLING_ADMINS,
    ("GET", "/earnings/nothing-earned"): ANY_PARTNER,
    ("GET", "/earnings/payout-contact"): ANY_PARTNER,
    ("POST", "/earnings/payout-contact"): BILLING_ADMINS,
    ("GET", "/reports"): Expected(WITH_A_ROLE),
    ("GET", "/reports/<code>"): Expected(WITH_A_ROLE),
    ("GET", "/reports/<code>.csv"): Expected(WITH_A_ROLE),
    ("GET", "/imports"): ORGANIZERS,
    ("POST", "/imports"): ORGANIZERS,
    ("GET", "/imports/<int:import_id>"): ORGANIZERS,
    ("GET", "/imports/<int:import_id>/progress"): ORGANIZERS,
    ("POST", "/imports/<int:import_id>/use"): ORGANIZERS,
    ("POST", "/imports/<int:import_id>/undo"): ORGANIZERS,
    ("POST", "/imports/<int:import_id>/discard"): ORGANIZERS,
    ("POST", "/imports/<int:import_id>/retry"): ORGANIZERS,
    ("GET", "/imports/<int:import_id>/file"): ORGANIZERS,
    ("GET", "/imports/<int:import_id>/mistakes.csv"): ORGANIZERS,
    ("GET", "/imports/<kind>/template.csv"): ORGANIZERS,
    ("GET", "/imports/<kind>/template.xlsx"): ORGANIZERS,
    ("GET", "/deliveries"): Expected((ADMIN,)),
    ("GET", "/deliveries/<int:message_id>"): Expected((ADMIN,)),
    ("POST", "/deliveries/<int:message_id>/retry"): Expected((ADMIN,)),
    ("GET", "/reviews/<number>/events/<int:place>"): REVIEWERS,
    ("GET", "/reviews"): REVIEWERS,
    ("GET", "/reviews/<number>"): REVIEWERS,
    ("GET", "/reviews/<number>/news"): REVIEWERS,
    ("GET", "/reviews/<number>/<noun>"): REVIEWERS,
    ("POST", "/reviews/<number>/<noun>"): REVIEWERS,
    ("GET", "/reviews/competing/<number>"): REVIEWERS,
    ("GET", "/reviews/competing/<number>/<of>/<noun>"): REVIEWERS,
    ("POST", "/reviews/competing/<number>/<of>/<noun>"): REVIEWERS,
    ("GET", "/reviews/second"): REVIEWERS,
    ("GET", "/reviews/second/<number>"): REVIEWERS,
    ("POST", "/reviews/second/<number>"): NO_SECOND_REVIEW,
    ("POST", "/reviews/second/<number>/leaving"): NO_SECOND_REVIEW,
    ("GET", "/reviews/second/opinions/<int:review_id>"): NO_OPINIONS,
    ("GET", "/reviews/<number>/mail-preview/<noun>"): REVIEWERS,
    ("POST", "/reviews/<number>/mail-preview/<noun>"): REVIEWERS,
    ("GET", "/consent/<token>"): PUBLIC,
    ("POST", "/consent/<token>"): PUBLIC,
}


class World:
    """One portal in which everybody is signed in, with claims of Contoso to try the routes on."""

    def __init__(self, folder: Path) -> None:
        settings = read_settings(
            data_dir=folder / "data",
            database_url=databases.copy_of_migrated_sqlite(folder / "template.sqlite", folder),
            rules_dir=ROOT / "rules",
            secret_key="a key for tests that is long enough to be taken",
            development=True,
        )
        clock = FixedClock(NOW)
        self.app = create_app(settings, clock=clock)
        self.filing = Filing(self.app, clock)
        with self.app.app_context(), transaction() as session:
            contoso = session.merge(self.filing.house.contoso)
            factories.person(session, contoso, account=ROLELESS.partition("@")[0])
        self.submitted = self.filing.submitted()
        with self.filing.context():
            importer = self.app.extensions["importer"]
            sheet = BytesIO(template_csv(importer.kinds["subscriptions"]))
            admin = self.filing.actors[ADMIN]
            self.imported = str(take_in(importer, "subscriptions", "state.csv", sheet, admin))
        with self.filing.context():
            self.document = str(db.session.scalars(select(ClaimDocument.id)).first())
            self.customer = str(db.session.scalars(select(Claim.customer_id)).first())
            decided = select(AuditEvent.place).where(AuditEvent.subject == f"claim:{self.submitted}")
            self.organization = str(db.session.scalars(select(Claim.organization_id)).first())
            self.location = str(db.session.scalars(select(Claim.location_id)).first())
            self.message = str(db.session.scalars(select(OutboxMessage.id)).first())
            self.event = str(db.session.scalars(decided).first())
        self.browsers = {who: self.signed_in(who) for who in EVERYBODY}
        self.browsers[STRANGER] = Browser(self.app)
        self.browsers[STRANGER].visit("/sign-in")

    def signed_in(self, who: str) -> Browser:
        browser = Browser(self.app)
        browser.sign_in(who, factories.PASSWORD)
        return browser

    def address(self, address: str, method: str = "GET") -> str:
        """Return a route's rule with its parts filled in; raises KeyError for a part nobody knows."""
        deletes = method == "POST" and "deletion" in address
        parts: dict[str, Callable[[], str]] = {
            "<number>": lambda: self.filing.draft() if deletes else self.submitted,
            "<of>": lambda: self.submitted,
            "<path:filename>": lambda: "styles/base.css",
            "<int:document_id>": lambda: self.document,
            "<int:page>": lambda: "1",
            "<int:place>": lambda: self.event,
            "<int:message_id>": lambda: self.message,
            "<int:customer_id>": lambda: self.customer,
            "<int:person_id>": self.colleague,
            "<int:view_id>": self.view,
            "<int:review_id>": lambda: "1",
            "<int:organization_id>": lambda: self.organization,
            "<int:location_id>": lambda: self.location,
            "<int:import_id>": lambda: self.imported,
            "<kind>": lambda: "subscriptions",
            "<code>": lambda: "reasons",
            "<code>.csv": lambda: "reasons.csv",
            "<token>": lambda: "no-such-token",
            "<step>": lambda: "location",
        }
        return "/".join(parts[part]() if part.startswith("<") else part for part in address.split("/"))

    def colleague(self) -> str:
        """Return the id of a new person of Contoso, for an account may be gone after a request."""
        with self.app.app_context(), transaction() as session:
            contoso = session.merge(self.filing.house.contoso)
            return str(factories.person(session, contoso, "incentives_admin").id)

    def view(self) -> str:
        """Return the id of a new private view, for one may be gone after a request."""
        owner = self.filing.actors[INCENTIVES]
        with self.app.app_context(), transaction() as session:
            kept = SavedView(
                person_id=owner.person_id,
                organization_id=owner.organization_id,
                name=token_hex(8),
                params="status=draft",
                created_at=NOW,
            )
            session.add(kept)
            session.flush()
            return str(kept.id)

    def answer(self, who: str, method: str, path: str) -> str:
        """Return in one word what somebody gets who sends one request."""
        if path == "/sign-out" and who != STRANGER:
            browser = self.signed_in(who)  # the others stay signed in
        else:
            browser = self.browsers[who]
        address, _, fields = path.partition("?")
        response = browser.ask(method, address, **dict(parse_qsl(fields)))
        if response.status_code == 303 and response.headers["Location"].startswith("/sign-in"):
            return OPEN if path == "/sign-out" and who != STRANGER else SIGN_IN
        if response.status_code == 404 and path.startswith(("/consent/", "/password/", "/invitations/")):
            return OPEN  # an unknown link has nothing behind it, whoever opens it
        return {403: FORBIDDEN, 404: NOT_THERE}.get(response.status_code, OPEN)

    def counted(self, who: str, method: str, path: str) -> tuple[TestResponse, int]:
        """Return what somebody gets and how many statements the database was sent for it."""
        sent: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            sent.append(statement)

        with self.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            answer = self.browsers[who].ask(method, path)
            return answer, len(sent)
        finally:
            event.remove(engine, "before_cursor_execute", note)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("routes"))
    yield made
    with made.app.app_context():
        db.session.remove()
        db.engine.dispose()


def routes() -> list[tuple[str, str]]:
    """Return (method, rule) of every route, converters' arguments left out."""
    app = create_app(read_settings(secret_key="k" * 40, database_url="sqlite://", rules_dir=ROOT / "rules"))
    return [
        (method, plain(rule))
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def plain(rule: Rule) -> str:
    """Return the rule's text as the table above writes it: `<int(max=9):id>` is `<int:id>`."""
    text = rule.rule.replace("<path:noun>", "<noun>").replace("<claim_number:", "<")
    while "(" in text:
        text = text[: text.index("(")] + text[text.index(")") + 1 :]
    return text


def addresses() -> list[tuple[str, str, str]]:
    """Return (method, rule, address): a route for any noun stands for all addresses of the rule files.

    Where fields tell actions at one address apart, they follow a question mark.
    """
    transitions = load(read_folder(ROOT / "rules")).transitions.values()
    actions = {
        (path, urlencode(transition.chosen_by)) for transition in transitions for path in transition.path
    }
    found = []
    for method, rule in routes():
        if not rule.endswith("/<noun>"):
            found.append((method, rule, rule))
            continue
        for path, fields in sorted(actions):
            feature, _, noun = path.partition("/")
            if rule.startswith(f"/{feature}/") and noun != "new":
                found.append((method, rule, f"{rule.replace('<noun>', noun)}?{fields}".rstrip("?")))
    return found


def test_every_route_is_expected_and_every_expected_route_is_there() -> None:
    assert set(routes()) == set(EXPECTED)


def test_every_route_declares_who_may_use_it() -> None:
    app = create_app(read_settings(secret_key="k" * 40, database_url="sqlite://", rules_dir=ROOT / "rules"))
    assert [
        rule for rule in app.url_map.iter_rules() if access_of(app.view_functions[rule.endpoint]) is None
    ] == []


@pytest.mark.parametrize(("method", "rule", "address"), addresses(), ids=lambda part: part)
def test_a_route_opens_for_those_who_may_use_it_and_for_nobody_else(
    world: World, method: str, rule: str, address: str
) -> None:
    everybody = (STRANGER, *EVERYBODY)
    got = {who: world.answer(who, method, world.address(address, method)) for who in everybody}
    assert got == {who: EXPECTED[method, rule].answer_to(who) for who in everybody}


@pytest.mark.parametrize("who", OTHERS)
@pytest.mark.parametrize(
    ("method", "rule"), [route for route in EXPECTED if "<number>" in route[1] and "claims" in route[1]]
)
def test_another_organizations_claim_is_told_like_one_that_is_not_there(
    world: World, who: str, method: str, rule: str
) -> None:
    path = world.address(rule.replace("<noun>", "comments"))
    other = path.replace(world.submitted, "CL-2026-999999")
    there, queries = world.counted(who, method, path)
    missing, queries_of_missing = world.counted(who, method, other)
    assert queries == queries_of_missing > 0
    assert there.status_code == missing.status_code == 404
    assert shown(there.get_data(as_text=True)) == shown(missing.get_data(as_text=True))


def shown(page: str) -> str:
    """Return the page without what is another at every request: its CSRF token."""
    tree = html.document_fromstring(page)
    for token in tree.xpath("//input[@name='csrf_token']"):
        token.set("value", "")
    return str(html.tostring(tree, encoding="unicode"))


def test_people_restricted_to_other_locations_do_not_see_the_claim(world: World) -> None:
    with world.app.app_context(), transaction() as session:
        contoso = session.merge(world.filing.house.contoso)
        elsewhere = factories.location(session, contoso, name="Elsewhere")
        restricted = factories.person(
            session, contoso, "incentives_admin", account="restricted", locations=(elsewhere,)
        ).email
    assert world.signed_in(restricted).ask("GET", f"/claims/{world.submitted}").status_code == 404


def test_reviewers_see_no_drafts(world: World) -> None:
    assert world.browsers[REVIEWER].ask("GET", f"/reviews/{world.filing.draft()}").status_code == 404
