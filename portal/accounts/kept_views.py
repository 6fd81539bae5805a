"""Takes a form that came after its session ended, or whose page was left, and gives it back on that page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Flask, Response, g, redirect, request, url_for
from flask import session as cookie
from flask_wtf.csrf import validate_csrf
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse
from wtforms.validators import ValidationError

from portal.accounts.current import actor_or_none, current_actor, current_entrance, current_token
from portal.accounts.kept_forms import (
    SentForm,
    forget_form,
    is_too_large,
    keep_form,
    kept_form_of,
    kept_until,
    readable,
)
from portal.accounts.model import KeptForm
from portal.accounts.sessions import whose_session
from portal.db import db, transaction
from portal.web.access import allow_signed_in
from portal.web.addresses import own_path
from portal.web.htmx import respond

blueprint = Blueprint("kept_forms", __name__)

CSRF = "csrf_token"
# In the browser's cookie: that something is kept, so that no other page asks the database for it.
MARK = "kept_form"
# Which form of a page's address it is; several lead to one address.
WHICH = ("step", "start")
# The header with which leaving.js sends a form whose page is left; its value is the page.
LEFT = "Left-Page"  # stays English: the name of a header
# What the pages put into forms for themselves; nobody typed it, and nobody misses it.
TOLD = frozenset(
    {
        "version",
        "step",
        "go",
        "form",
        "start",
        "seen",
        "seen_rival",
        "shown",
        "needs_document",
        "contact_of",
        "winner",
    }
)
# The answers after which the page itself shows what was sent, or what came of it.
ARRIVED = (409, 422)
IsUntouched = Callable[[dict[str, list[str]]], bool]


@dataclass(frozen=True)
class GivenBack:
    """A kept form as a page shows it; `here` is true on the page that the form was on."""

    action: str
    page: str
    fields: list[list[str]]  # for kept.js; none where the page's form holds what was sent just now
    texts: list[tuple[str, str]]  # the same in words: name of the field, text
    files: list[str]
    until: datetime
    here: bool
    left: bool  # kept because its page was left, not because the session had ended


def install_giving_back(
    app: Flask, endpoints: Iterable[str], is_untouched: IsUntouched
) -> Callable[[str], bool]:
    """Give kept forms back to their person; returns what keeps the form of a request for `endpoints`.

    Only forms of those routes are kept: what somebody types elsewhere, such as a password, never is. A form
    that comes back as its page showed it (`is_untouched`) takes no place of one in which somebody typed.
    """
    kept_routes = frozenset(endpoints)

    def keep(page: str) -> bool:
        kept = request.endpoint in kept_routes and bool(current_token())
        return kept and _keep(page, is_untouched)

    @app.after_request
    def forget_what_arrived(response: Response) -> Response:
        arrived = response.status_code < 400 or response.status_code in ARRIVED
        sent = request.method == "POST" and request.path == cookie.get(MARK)
        if sent and arrived and not g.get("not_arrived") and _is_what_is_kept():
            _forget()
        return response

    app.jinja_env.globals["kept_form"] = given_back
    return keep


def install_leaving(app: Flask, keep: Callable[[str], bool]) -> None:
    """Keep a form that is sent because its page is left (leaving.js), and do nothing else with it."""

    @app.before_request
    def take_left_form() -> Response | None:
        if request.method != "POST" or LEFT not in request.headers:
            return None
        note_not_arrived()
        page = own_path(request.headers[LEFT])
        if page and keep(page):
            cookie[MARK] = request.path
        return Response(status=204)


def note_not_arrived() -> None:
    """Note that what is kept for the address of the request's form has not arrived with it."""
    g.not_arrived = True


def way_back(token: str) -> str | None:
    """Return the page of the form that is kept for whom the new session of `token` belongs to, or None."""
    session = db.session()
    person_id = whose_session(session, token, current_entrance().clock.now())
    kept = kept_form_of(session, current_entrance(), person_id) if person_id is not None else None
    if kept is None:
        return None
    cookie[MARK] = kept.action
    return own_path(kept.page)


def given_back() -> GivenBack | None:
    """Return the form that is kept for the one who is signed in, None where there is none; for templates."""
    actor = actor_or_none()
    is_read = request.method == "GET"
    is_told = is_read or g.get("not_arrived")
    if MARK not in cookie or actor is None or actor.person_id is None or not is_told:
        return None
    entrance = current_entrance()
    kept = kept_form_of(db.session(), entrance, actor.person_id)
    if kept is None or _is_held(kept):
        return None
    return GivenBack(
        action=kept.action,
        page=kept.page,
        fields=kept.fields if is_read else [],
        texts=readable(kept.fields, TOLD),
        files=kept.files,
        until=kept_until(entrance, kept),
        here=_is_here(kept),
        left=kept.page_left,
    )


@blueprint.get("/kept-form")
@allow_signed_in
def kept_form() -> AnyResponse:
    """Show what was typed by itself: the page that the form was on may be gone, or lead elsewhere by now."""
    return respond("accounts/kept_form.html")


@blueprint.post("/kept-form/deletion")
@allow_signed_in
def discard() -> AnyResponse:
    """Forget the form, because its person does not need it any more, and stay on the page."""
    _forget()
    # stays English: the name of a header
    shown = own_path(request.headers.get("Referer", ""), request.host_url.rstrip("/"))
    return redirect(shown or url_for("navigation.home"), 303)


def _is_here(kept: KeptForm) -> bool:
    """Tell whether this is the page of the form, one that its address leads to, or that of its texts."""
    page = kept.page.partition("?")[0]
    led_here = page == kept.action and kept.action.startswith(f"{request.path}/")
    came_back = request.method == "POST" and request.path == kept.action and _is_what_is_kept()
    return request.path in (page, url_for("kept_forms.kept_form")) or led_here or came_back


def _is_held(kept: KeptForm) -> bool:
    """Tell whether the form that came just now has in it all that was typed in the kept one."""
    if request.method != "POST" or request.path != kept.action or kept.files:
        return False
    sent = set(readable(request.form.items(multi=True), TOLD))
    return set(readable(kept.fields, TOLD)) <= sent


def _is_what_is_kept() -> bool:
    """Tell whether the request's form is the one that is kept for its address."""
    actor = actor_or_none()
    if actor is None or actor.person_id is None:
        return False
    kept = kept_form_of(db.session(), current_entrance(), actor.person_id)
    told = {name: text for name, text in kept.fields if name in WHICH} if kept else {}
    return all(request.form.get(name, "") == text for name, text in told.items())


def _keep(page: str, is_untouched: IsUntouched) -> bool:
    """Keep the request's form, where it was made for the session that it came with."""
    try:
        validate_csrf(request.form.get(CSRF, ""))
    except (ValidationError, RequestEntityTooLarge):
        return False
    fields = tuple((name, text) for name, text in request.form.items(multi=True) if name != CSRF)
    # Whoever is still signed in was sent nowhere: only a page that was left has its form kept then.
    left = actor_or_none() is not None
    if is_too_large(SentForm(page, request.path, fields)):
        return False  # before anything is done with each of its fields
    files = tuple(file.filename for _, found in request.files.lists() for file in found if file.filename)
    if is_untouched(request.form.to_dict(flat=False)) and not files:
        return False
    sent = SentForm(page, request.path, fields, files, left=left)
    return keep_form(current_entrance(), current_token(), sent, TOLD)


def _forget() -> None:
    cookie.pop(MARK, None)
    person_id = current_actor().person_id
    if person_id is not None:
        with transaction() as session:
            forget_form(session, person_id)
