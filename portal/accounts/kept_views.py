"""Takes a form that came after its session had ended, and gives it back on the page it was on."""

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
# What the pages put into forms for themselves; nobody typed it, and nobody misses it.
TOLD = frozenset({"version", "step", "go", "form", "start", "seen", "shown", "needs_document"})
# The answers after which the page itself shows what was sent, or what came of it.
ARRIVED = (409, 422)
IsUntouched = Callable[[dict[str, list[str]]], bool]


@dataclass(frozen=True)
class GivenBack:
    """A kept form as a page shows it; `here` is true on the page that the form was on."""

    action: str
    page: str
    fields: list[list[str]]
    texts: list[tuple[str, str]]  # the same in words: name of the field, text
    files: list[str]
    until: datetime
    here: bool


def install_giving_back(
    app: Flask, endpoints: Iterable[str], is_untouched: IsUntouched
) -> Callable[[str], None]:
    """Give kept forms back to their person; returns what keeps the form of a request for `endpoints`.

    Only forms of those routes are kept: what somebody types elsewhere, such as a password, never is. A form
    that comes back as its page showed it (`is_untouched`) takes no place of one in which somebody typed.
    """
    kept_routes = frozenset(endpoints)

    def keep(page: str) -> None:
        if request.endpoint in kept_routes and current_token():
            _keep(page, is_untouched)

    @app.after_request
    def forget_what_arrived(response: Response) -> Response:
        arrived = response.status_code < 400 or response.status_code in ARRIVED
        sent = request.method == "POST" and request.path == cookie.get(MARK)
        if sent and arrived and "sent_blank" not in g and actor_or_none() is not None:
            _forget()
        return response

    app.jinja_env.globals["kept_form"] = given_back
    return keep


def note_blank() -> None:
    """Note that nothing was typed in the request's form: what is kept for its address has not arrived."""
    g.sent_blank = True


def way_back(token: str) -> str | None:
    """Return the page of the form that is kept for whom the new session of `token` belongs to, or None."""
    session = db.session()
    person_id = whose_session(session, token)
    kept = kept_form_of(session, current_entrance(), person_id) if person_id is not None else None
    if kept is None:
        return None
    cookie[MARK] = kept.action
    return own_path(kept.page)


def given_back() -> GivenBack | None:
    """Return the form that is kept for the one who is signed in, None where there is none; for templates."""
    actor = actor_or_none()
    if MARK not in cookie or actor is None or actor.person_id is None or request.method != "GET":
        return None
    entrance = current_entrance()
    kept = kept_form_of(db.session(), entrance, actor.person_id)
    if kept is None:
        return None
    return GivenBack(
        action=kept.action,
        page=kept.page,
        fields=kept.fields,
        texts=readable(kept.fields, TOLD),
        files=kept.files,
        until=kept_until(entrance, kept),
        here=_is_here(kept),
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
    return request.path in (page, url_for("kept_forms.kept_form")) or led_here


def _keep(page: str, is_untouched: IsUntouched) -> None:
    """Keep the request's form, where it was made for the session that ended."""
    try:
        validate_csrf(request.form.get(CSRF, ""))
    except (ValidationError, RequestEntityTooLarge):
        return
    fields = tuple((name, text) for name, text in request.form.items(multi=True) if name != CSRF)
    files = tuple(file.filename for _, found in request.files.lists() for file in found if file.filename)
    if is_untouched(request.form.to_dict(flat=False)) and not files:
        return
    keep_form(current_entrance(), current_token(), SentForm(page, request.path, fields, files), TOLD)


def _forget() -> None:
    cookie.pop(MARK, None)
    person_id = current_actor().person_id
    if person_id is not None:
        with transaction() as session:
            forget_form(session, person_id)
