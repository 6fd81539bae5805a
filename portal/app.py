"""Puts the portal together: the only place where all parts meet."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask, Response, request
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from htmx_flask import Htmx
from jinja2 import StrictUndefined
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.accounts.current import actor_or_none, install_current
from portal.accounts.entrance import Entrance
from portal.accounts.kept_views import install_giving_back, install_leaving
from portal.accounts.preferences import time_zones
from portal.backups.mark import refuse_unfinished_restore
from portal.claims.desk import Desk
from portal.claims.effects.verbs import VERBS
from portal.claims.numbers import PATTERN as NUMBER
from portal.claims.refusals import NotThere
from portal.claims.untouched import is_untouched
from portal.clock import Clock
from portal.db import attach, db
from portal.evidence.limits import ReaderBroken
from portal.evidence.preview_store import PreviewStore
from portal.evidence.previewing import Previews
from portal.evidence.store import FileStore
from portal.features import FEATURES, KEPT, NAVIGATION, PRODUCT_NAME, TRANSLATED
from portal.incentives.assessment import assess
from portal.incentives.claim_money import money_of, number_of_lines
from portal.incentives.sheets import importer_of
from portal.notices.listing import number_of_news
from portal.policies.versions import NoPolicy, Policies
from portal.rulebook.problems import RulebookInvalid
from portal.sample.mark import refuse_sample_in_service
from portal.sample.styleguide_views import blueprint as styleguide
from portal.settings import Settings, close_data_dir, keep_files_private, kept_secret, read_settings
from portal.web.converters import install_converters
from portal.web.errors import error_page, install_errors
from portal.web.filters import install_filters
from portal.web.guard import SignedIn, check_routes, install_guard, signed_in_person
from portal.web.headers import install_headers
from portal.web.health import health_blueprint
from portal.web.languages import install_languages
from portal.web.logs import configure_logging, install_request_log
from portal.web.metrics import install_metrics
from portal.web.navigation import COUNTED_AT_MOST, install_navigation
from portal.web.nul import refuse_nameless_fields, refuse_nul_in_addresses, refuse_nul_in_forms
from portal.web.slow_downloads import limit_downloads
from portal.web.static_files import install_static_files
from portal.work.loop import start_thread
from portal.work.outbox import deliver

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"
MIGRATIONS = ROOT / "migrations"

NOTICES = "/notices"  # the entry of the menu that says how much is new
ENTER = "accounts.enter"  # where the sign-in form is sent
# The fields of a form besides its documents: texts, codes and the marks between the parts.
FORM_BYTES = 1000 * 1000


def create_app(settings: Settings, *, clock: Clock | None = None) -> Flask:
    """Return the portal as `settings` want it; `clock` is the system's unless another is handed in.

    Neither the database nor the policy is read yet. Raises RouteWithoutAccess when a route does not
    declare who may use it, and SettingsIncomplete where a demo's data lies there without its key.
    """
    clock = clock or Clock()
    app = Flask("portal", template_folder=str(TEMPLATES))
    secret = settings.secret_key or kept_secret(settings)
    _configure(app, settings, secret)
    attach(app, settings.database)
    Migrate(app, db, directory=str(MIGRATIONS))
    desk = _desk(settings, clock, secret.encode())
    app.extensions["desk"] = desk
    app.extensions["importer"] = importer_of(desk)
    _install_web(app, settings, desk)
    for feature in FEATURES:
        app.register_blueprint(feature)
    if settings.demo:
        app.register_blueprint(styleguide)
    install_navigation(app, NAVIGATION, {NOTICES: lambda: _number_of_news(desk)})
    check_routes(app)
    return app


def served() -> Flask:
    """Return the portal of one serving process, from the environment.

    On its own SQLite file the process does the background work too; elsewhere `portal work` does.
    """
    app = open_to_serve()
    if app.extensions["desk"].settings.embedded:
        start_thread(app)
    return app


def open_to_serve() -> Flask:
    """Return the portal for a server, from the environment, with its files closed to other accounts.

    Raises SettingsIncomplete, also where it would serve the demo's accounts as real ones.
    """
    keep_files_private()
    configure_logging(Clock())
    settings = read_settings()
    close_data_dir(settings.data_dir)
    app = create_app(settings)
    with app.app_context():
        refuse_sample_in_service(settings)
    refuse_unfinished_restore(settings)
    return app


def _configure(app: Flask, settings: Settings, secret: str) -> None:
    https = settings.base_url.startswith("https://")
    app.config.update(
        SECRET_KEY=secret,
        # With the prefix a browser takes the cookie only from this host, over https, for all paths.
        SESSION_COOKIE_NAME="__Host-portal" if https else "portal",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        # stays English: a word of HTTP; links in mails must find people signed in
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        # A day longer than the session: a form that is sent after its end still says whose it was.
        PERMANENT_SESSION_LIFETIME=timedelta(days=settings.session_days_at_most + 1),
        MAX_CONTENT_LENGTH=settings.document_bytes_at_most * settings.documents_per_claim_at_most
        + FORM_BYTES,
        WTF_CSRF_TIME_LIMIT=None,  # a form is valid as long as the session it was made for
        # The token is what is checked. The customer's page sends no referrer, so none can be asked for.
        WTF_CSRF_SSL_STRICT=False,
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["product_name"] = PRODUCT_NAME
    app.jinja_env.globals["documents_at_most"] = settings.documents_per_claim_at_most
    app.jinja_env.globals["document_bytes_at_most"] = settings.document_bytes_at_most
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]  # Flask's way


def _desk(settings: Settings, clock: Clock, secret: bytes) -> Desk:
    files = FileStore(settings.documents_dir)
    kept = PreviewStore(settings.previews_dir, settings.preview_bytes_at_most)
    desk = Desk(
        clock=clock,
        policies=Policies(
            settings.rules_dir,
            follows_files=settings.demo or settings.development,
            clock=clock,
            secret=secret,
        ),
        files=files,
        previews=Previews(files, kept, settings),
        settings=settings,
        verbs={**VERBS, "assess": assess},
        secret=secret,
        facts={"earnings.lines": number_of_lines},
        money=money_of,
    )
    # Mail that is kept as files is handed over at once; a mail server is left to the worker, so that
    # nobody's click waits for it.
    return desk if settings.mail_url else replace(desk, committed=lambda: _hand_over(desk))


def _limit_plain_forms() -> None:
    """Take large requests only as multipart, which documents come in and whose parts are counted.

    A plain form of the size that documents need would cost minutes to read, before anybody is asked.
    """
    if request.mimetype != "multipart/form-data":
        request.max_content_length = FORM_BYTES


def _hand_over(desk: Desk) -> None:
    deliver(desk)


def _install_web(app: Flask, settings: Settings, desk: Desk) -> None:
    """Everything that stands before and after each view, in the order in which it is asked."""
    app.before_request(_limit_plain_forms)
    Htmx(app)
    install_converters(app, {"claim_number": NUMBER})
    install_request_log(app, desk.clock)
    registry = install_metrics(app, desk.clock)
    install_headers(app, https=settings.base_url.startswith("https://"))
    entrance = Entrance(
        desk.clock,
        settings,
        desk.secret,
        roles=lambda: desk.policies.in_force().roles.roles,
        committed=desk.committed,
    )
    refuse_nul_in_addresses(app)
    who = install_current(app, entrance)
    keep = install_giving_back(app, KEPT, is_untouched)
    install_guard(app, who, lambda person: _permissions(desk, person), keep)
    refuse_nameless_fields(app)
    CSRFProtect(app)
    install_leaving(app, keep)
    # To whom no such address belongs is told what everybody is told who mistyped theirs.
    refuse_nul_in_forms(app, except_at=[ENTER])
    install_languages(app, TRANSLATED)
    install_filters(app, lambda: _program_zone(desk), lambda: _zone_of_reader(desk))
    install_static_files(app)
    limit_downloads(app)
    install_errors(app)
    _install_feature_errors(app)
    app.register_blueprint(health_blueprint(_problems(desk.policies), _notes(desk.policies), registry))


def _permissions(desk: Desk, person: SignedIn) -> frozenset[str]:
    restricted = person.location_ids is not None
    return desk.policies.in_force().permissions_of(person.roles, restricted=restricted)


def _number_of_news(desk: Desk) -> int:
    actor = actor_or_none()
    return number_of_news(db.session(), desk, actor, COUNTED_AT_MOST + 1) if actor else 0


def _program_zone(desk: Desk) -> ZoneInfo:
    return ZoneInfo(desk.policies.in_force().policy.time_zone)


def _zone_of_reader(desk: Desk) -> ZoneInfo:
    person = signed_in_person()
    # A chosen zone can be gone from the data of a later installation; the page is shown all the same.
    chosen = person.time_zone if person and person.time_zone in time_zones() else ""
    return ZoneInfo(chosen) if chosen else _program_zone(desk)


def _install_feature_errors(app: Flask) -> None:
    app.register_error_handler(NotThere, lambda _error: error_page(404))
    for failure in (OperationalError, PoolTimeout, NoPolicy, RulebookInvalid, ReaderBroken):
        app.register_error_handler(failure, _out_of_order)


def _out_of_order(error: Exception) -> Response:
    log.error("a part that the portal needs does not work", exc_info=error)
    return error_page(503)


def _notes(policies: Policies) -> Callable[[], list[str]]:
    """Return what tells that the rules folder holds another policy than the one in force."""
    # stays English: operators read it at /readyz
    differ = "The rule files differ from the policy in force, which stays until they are published."
    return lambda: [differ] if policies.files_differ else []


def _problems(policies: Policies) -> Callable[[], list[str]]:
    """Return what tells the problems that keep the portal from its work, without their inner causes."""

    def problems() -> list[str]:
        try:
            db.session.execute(text("SELECT 1"))
        except (OperationalError, PoolTimeout):
            log.exception("the database does not answer")
            return ["The database does not answer."]  # stays English: operators read it at /readyz
        try:
            policies.in_force()
        except (NoPolicy, RulebookInvalid):
            log.exception("the policy cannot be loaded")
            # stays English: operators read it at /readyz
            return ["The policy cannot be loaded; `portal policy check` says why."]
        return []

    return problems
