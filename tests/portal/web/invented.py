"""A small app with invented routes and permissions: how the web floor works, apart from any feature."""

from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, request
from flask_wtf import CSRFProtect
from htmx_flask import Htmx
from jinja2 import StrictUndefined

from portal.app import TEMPLATES
from portal.clock import Clock
from portal.rulebook.decision import CouldNotBeDecided
from portal.web.access import allow, allow_anyone, allow_signed_in
from portal.web.converters import install_converters
from portal.web.errors import install_errors
from portal.web.guard import SignedIn, install_guard
from portal.web.headers import install_headers
from portal.web.languages import install_languages
from portal.web.logs import install_request_log
from portal.web.metrics import install_metrics
from portal.web.navigation import Entry, install_navigation
from portal.web.nul import refuse_nul_in_addresses, refuse_nul_in_forms
from portal.web.slow_downloads import limit_downloads
from portal.web.static_files import STATIC, install_static_files

WHOSE = "X-Whose"  # the header by which it is somebody else of the same roles
WHO = "X-Who"  # the header by which a test says who it is: the roles, apart by blanks
PERMISSIONS = {"baker": {"bread.bake", "bread.eat"}, "guest": {"bread.eat"}}
MENU = (
    Entry("Bakery", "Bread", "/bread", ("bread.eat",)),
    Entry("Bakery", "Oven", "/oven", ("bread.bake",)),
    Entry("", "Cellar", "/cellar", ("bread.eat",)),  # has no route
)


@dataclass(frozen=True)
class Somebody:
    """Who is signed in."""

    roles: frozenset[str]
    name: str = "Sam Baker"
    email: str = "sam@bakery.example"
    location_ids: frozenset[int] | None = None
    time_zone: str = ""
    color_scheme: str = ""


def who() -> Somebody | None:
    if WHO not in request.headers:
        return None
    email = request.headers.get(WHOSE, Somebody.email)
    return Somebody(frozenset(request.headers[WHO].split()), email=email)


def permissions_of(person: SignedIn) -> frozenset[str]:
    return frozenset().union(*(PERMISSIONS.get(role, set()) for role in person.roles))


def shops() -> Blueprint:
    """Return routes for different people; named accounts for the addresses that pages need."""
    blueprint = Blueprint("accounts", __name__)

    @blueprint.get("/sign-in")
    @allow_anyone
    def sign_in() -> str:
        return "sign in here"

    @blueprint.post("/sign-out")
    @allow_signed_in
    def sign_out() -> str:
        return "out"

    @blueprint.get("/bread")
    @allow("bread.eat")
    def bread() -> str:
        return "bread"

    @blueprint.route("/oven", methods=["GET", "POST"])
    @allow("bread.bake")
    def oven() -> str:
        return "oven"

    @blueprint.get("/sack")
    @allow("bread.eat")
    def sack() -> Response:
        return Response((b"flour" for _ in range(2)), direct_passthrough=True)

    @blueprint.get("/shop")
    @allow("bread.bake", "bread.eat")
    def shop() -> str:
        return "shop"

    return blueprint


def forms(csrf: CSRFProtect) -> Blueprint:
    """Return routes that take a form without a token, to be judged by its texts alone."""
    blueprint = Blueprint("forms", __name__)
    csrf.exempt(blueprint)

    @blueprint.post("/kneading")
    @allow("bread.bake")
    def kneading() -> str:
        return "kneading"

    @blueprint.post("/tasting")
    @allow("bread.eat")
    def tasting() -> str:
        return "tasted"

    return blueprint


def mishaps() -> Blueprint:
    """Return routes that are open to everybody and mostly fail."""
    blueprint = Blueprint("mishaps", __name__)

    @blueprint.get("/rows/<int:row>")
    @allow_anyone
    def row(row: int) -> str:
        return str(row)

    @blueprint.get("/loaves/<loaf:number>")
    @allow_anyone
    def loaf(number: str) -> str:
        return number

    @blueprint.get("/consent/<token>")
    @allow_anyone
    def consent(token: str) -> str:
        return "asked"

    @blueprint.get("/error/<int:status>")
    @allow_anyone
    def error(status: int) -> str:
        abort(status)

    @blueprint.get("/broken")
    @allow_anyone
    def broken() -> str:
        raise RuntimeError("a secret of the inside")

    @blueprint.get("/undecided")
    @allow_anyone
    def undecided() -> str:
        raise CouldNotBeDecided("approve", "a secret of the inside")

    @blueprint.get("/strict")
    @allow_anyone
    def strict() -> Response:
        response = Response("a file")
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return response

    return blueprint


def own_account() -> Blueprint:
    """Return the page that the header of every page links to."""
    blueprint = Blueprint("profile", __name__)

    @blueprint.get("/profile")
    @allow_signed_in
    def profile() -> str:
        return "yours"

    return blueprint


def invented_app(clock: Clock, templates: Path | None = None) -> Flask:
    """Return the app; with `templates` pages of the test's own are found there too."""
    app = Flask(
        "invented",
        template_folder=str(templates or TEMPLATES),
        static_folder=STATIC,
        static_url_path="/static",
    )
    app.config.update(SECRET_KEY="a key for tests", MAX_CONTENT_LENGTH=1000, WTF_CSRF_TIME_LIMIT=None)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals["product_name"] = "Bakery"
    app.jinja_env.globals["zones_shown"] = lambda: ("UTC", "UTC")
    app.jinja_env.filters["zone"] = str
    Htmx(app)
    install_converters(app, {"loaf": "L-[0-9]{2}"})
    install_request_log(app, clock)
    install_metrics(app, clock)
    install_headers(app, https=False)
    refuse_nul_in_addresses(app)
    install_guard(app, who, permissions_of)
    csrf = CSRFProtect(app)
    refuse_nul_in_forms(app, except_at=["forms.tasting"])
    install_languages(app, ())
    install_static_files(app)
    limit_downloads(app)
    install_errors(app)
    app.register_blueprint(shops())
    app.register_blueprint(own_account())
    app.register_blueprint(forms(csrf))
    app.register_blueprint(mishaps())
    install_navigation(app, MENU)
    return app
