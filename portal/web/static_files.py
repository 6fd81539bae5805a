"""Where pages get styles and scripts: addresses with a hash of the content, vendored ones with integrity.

Both are sent small (without comments, compressed). Pages themselves are never compressed: they hold tokens
beside what somebody typed, and the length of such a page would tell of the token (BREACH).
"""

import gzip
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, wraps
from pathlib import Path
from typing import cast

from flask import Flask, Response, request, url_for
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from rcssmin import cssmin
from rjsmin import jsmin
from werkzeug.security import safe_join

STATIC = Path(__file__).resolve().parent.parent / "static"
# The sheets of every page, in their order; what only some pages need, these link themselves (block `styles`).
STYLES = tuple(
    f"styles/{name}.css"
    for name in ("tokens", "base", "layout", "components", "forms", "tables", "claims", "states")
)
HTMX_CONFIG = json.dumps(
    {
        # htmx would otherwise write styles and run code that the content security policy forbids.
        "includeIndicatorStyles": False,
        "allowEval": False,
        "allowScriptTags": False,
        "selfRequestsOnly": True,
        # No transition begins with what was there before, so nobody waits for one to be prepared.
        "defaultSettleDelay": 0,
        "historyCacheSize": 0,
        "refreshOnHistoryMiss": True,
        # A refused form comes back with its reasons under 4xx; it is shown like any other answer.
        "responseHandling": [
            {"code": "204|304", "swap": False},
            {"code": "[23]..", "swap": True},
            {"code": "409|413|422|429", "swap": True, "error": False},
            # An error page names its own place by HX-Retarget; see web/errors.py.
            {"code": "[45]..", "swap": True, "error": True},
        ],
    }
)


# `.table :is(th)` is about what lies inside a table, `.table:is(th)` about the table itself.
INSIDE = re.compile(r"(?<=[\w)\]]) +(?=:[a-z])")


def _shorter_css(text: str) -> str:
    # The blank before a colon is taken for one that says nothing, so what it says is said by a star.
    shorter: str = cssmin(INSIDE.sub(" *", text))
    return shorter


Shorten = Callable[[str], str]
# How a file of each kind is shortened, and its type.
KINDS: dict[str, tuple[Shorten, str]] = {
    ".css": (_shorter_css, "text/css"),
    ".js": (jsmin, "text/javascript"),
}
VENDOR = "vendor/"  # sent as published: their integrity is that of every letter


@dataclass(frozen=True)
class Small:
    """A file as it is sent: its text, the same compressed, and a hash of the text."""

    plain: bytes
    zipped: bytes
    digest: str


@dataclass(frozen=True)
class Script:
    """One vendored script as a page names it."""

    url: str
    integrity: str


class SessionOfPages(SecureCookieSessionInterface):
    """The session's cookie, which no file has to do with.

    Every page renews the cookie. A file that said it varies by it would be asked for again with every page.
    """

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if request.endpoint != "static":
            super().save_session(app, session, response)


def install_static_files(app: Flask) -> None:
    """Give templates `static_url(name)`, `stylesheets`, `vendored_scripts` and `htmx_config`."""
    listed = json.loads((STATIC / "vendor" / "VENDOR.json").read_text(encoding="utf-8"))
    digest = _digest if app.debug else lru_cache(_digest)
    app.jinja_env.globals["static_url"] = _static_url(digest)
    app.jinja_env.globals["stylesheets"] = STYLES
    app.jinja_env.globals["htmx_config"] = HTMX_CONFIG
    app.session_interface = SessionOfPages()
    _send_small(app)

    @app.context_processor
    def vendored() -> dict[str, object]:
        return {
            "vendored_scripts": [
                Script(url_for("static", filename=f"vendor/{name}", v=entry["version"]), entry["integrity"])
                for name, entry in listed.items()
            ]
        }


def _static_url(digest: Callable[[str], str]) -> Callable[[str], str]:
    def static_url(name: str) -> str:
        return url_for("static", filename=name, v=digest(name))

    return static_url


def _digest(name: str) -> str:
    """Return the hash of the file as it is sent: another way to shorten it makes another file."""
    if Path(name).suffix in KINDS:
        return small(name).digest
    return _hash((STATIC / name).read_bytes())


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def small(name: str) -> Small:
    """Return the style or script `name` (below the folder of static files) as it is sent."""
    text = (STATIC / name).read_text(encoding="utf-8")
    plain = (text if name.startswith(VENDOR) else KINDS[Path(name).suffix][0](text)).encode()
    zipped = gzip.compress(plain, mtime=0)
    return Small(plain, zipped, _hash(plain))


def _send_small(app: Flask) -> None:
    send = app.view_functions["static"]
    prepared = small if app.debug else lru_cache(small)

    @wraps(send)  # with who may ask for it, which the guard declared
    def static(filename: str) -> Response:
        path = safe_join(str(STATIC), filename)
        if path is None or Path(path).suffix not in KINDS or not Path(path).is_file():
            return cast("Response", send(filename=filename))
        sent = prepared(Path(path).relative_to(STATIC).as_posix())
        zips = request.accept_encodings["gzip"] > 0
        response = Response(sent.zipped if zips else sent.plain, mimetype=KINDS[Path(path).suffix][1])
        response.cache_control.no_cache = True  # asked for without its hash it may be another tomorrow
        response.vary.add("Accept-Encoding")
        response.set_etag(f"{sent.digest}-gzip" if zips else sent.digest)
        if zips:
            response.content_encoding = "gzip"
        response.make_conditional(request)
        return response

    app.view_functions["static"] = static
