"""The guard before every route: closed by default, opened only by what a route declares."""

from collections.abc import Callable
from typing import Protocol

from flask import Flask, Response, abort, g, redirect, url_for
from htmx_flask import request
from werkzeug.wrappers import Response as AnyResponse

from portal.web.access import Access, access_of, allow_anyone
from portal.web.addresses import CHARACTERS_AT_MOST, own_path

SIGN_IN = "accounts.sign_in"


class RouteWithoutAccess(Exception):
    """A route does not declare who may use it, so the portal does not start."""


class SignedIn(Protocol):
    """What the guard and every page need to know of the one who is signed in."""

    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def roles(self) -> frozenset[str]: ...
    @property
    def location_ids(self) -> frozenset[int] | None: ...
    @property
    def time_zone(self) -> str: ...
    @property
    def color_scheme(self) -> str: ...


Who = Callable[[], SignedIn | None]
PermissionsOf = Callable[[SignedIn], frozenset[str]]
Keep = Callable[[str], object]


def install_guard(
    app: Flask, who: Who, permissions_of: PermissionsOf, keep: Keep = lambda _page: None
) -> None:
    """Ask `who` is there before each request, and what they may do by `permissions_of`.

    Who is there is looked up once a request, before any view runs, and kept for it. `keep` is called with
    the own path of the page that a form was on, where it is sent by somebody whose session has ended.
    """
    app.view_functions["static"] = allow_anyone(app.view_functions["static"])

    @app.before_request
    def guard() -> AnyResponse | None:
        access = access_of(app.view_functions[request.endpoint]) if request.endpoint else None
        if request.endpoint == "static":
            return None
        g.signed_in = who()
        g.permissions = frozenset()
        if g.signed_in is not None:
            g.permissions = permissions_of(g.signed_in)
        return _judge(access, keep)

    app.jinja_env.globals["may"] = may
    app.jinja_env.globals.setdefault("kept_form", lambda: None)  # for whoever gives forms back
    app.jinja_env.globals["signed_in_person"] = signed_in_person


def _judge(access: Access | None, keep: Keep) -> AnyResponse | None:
    if request.routing_exception is not None or request.endpoint is None:
        return None  # no such route: 404 or 405, the same to everybody
    if access is not None and access.public:
        return None
    if g.signed_in is None:
        return _ask_to_sign_in(keep)
    if access is None or (access.permissions and not access.permissions & g.permissions):
        abort(403)
    return None


def _ask_to_sign_in(keep: Keep) -> AnyResponse:
    """Lead to the sign-in page and afterwards back: to this page, or to the one a form was on."""
    back = request.full_path.rstrip("?") if request.method in {"GET", "HEAD"} else None
    if back is not None and len(back) > CHARACTERS_AT_MOST:
        back = "/"
    if back is None or request.htmx:
        # stays English: the name of a header
        shown = request.htmx.current_url or request.headers.get("Referer", "")
        back = own_path(shown, request.host_url.rstrip("/")) or "/"
    if request.method == "POST":
        keep(back)
    address = url_for(SIGN_IN, next=None if back == "/" else back)
    if request.htmx:
        return Response(status=401, headers={"HX-Redirect": address})
    return redirect(address, 303)


def may(permission: str) -> bool:
    """Tell whether the one who is signed in holds `permission`; in templates too."""
    return permission in g.get("permissions", frozenset())


def signed_in_person() -> SignedIn | None:
    """Return who is signed in, None for a stranger; in templates too."""
    person: SignedIn | None = g.get("signed_in")
    return person


def check_routes(app: Flask) -> None:
    """Raise RouteWithoutAccess that names every route whose view declares no access."""
    without = sorted(
        {
            f"{rule.rule} ({rule.endpoint})"
            for rule in app.url_map.iter_rules()
            if access_of(app.view_functions[rule.endpoint]) is None
        }
    )
    if without:
        raise RouteWithoutAccess(
            # stays English: a programmer reads it
            "Declare with @allow, @allow_signed_in or @allow_anyone who may use: " + ", ".join(without)
        )
