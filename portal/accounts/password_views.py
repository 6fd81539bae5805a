"""The pages of a forgotten password and of an invitation: looking changes nothing, choosing is a form."""

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.choosing import NoSuchLink, ask_for_link, choose_password, whose_link
from portal.accounts.controls import without_controls
from portal.accounts.current import current_entrance
from portal.accounts.entrance import TooManyTries
from portal.accounts.own_account import PasswordNotChanged
from portal.accounts.passwords import CHARACTERS_AT_LEAST
from portal.accounts.people import EMAIL_CHARACTERS_AT_MOST
from portal.db import db
from portal.languages.sentences import gettext, ngettext
from portal.web.access import allow_anyone
from portal.web.headers import keep_token_private
from portal.web.htmx import respond

blueprint = Blueprint("passwords", __name__)


@blueprint.get("/password")
@allow_anyone
def forgotten() -> Response:
    return _forgotten(200)


@blueprint.post("/password")
@allow_anyone
def ask() -> AnyResponse:
    email = without_controls(request.form.get("email", "")).strip()[:EMAIL_CHARACTERS_AT_MOST]
    if "@" not in email:
        return _forgotten(422, email, gettext("Enter the e-mail address that you sign in with."))
    try:
        ask_for_link(current_entrance(), email, request.remote_addr or "")
    except TooManyTries as closed:
        return _forgotten(429, email, _too_many(closed))
    flash(_on_its_way(email), "info")
    return redirect(url_for("accounts.sign_in"), 303)


@blueprint.get("/invitations/<token>")
@blueprint.get("/password/<token>")
@allow_anyone
def choose(token: str) -> Response:
    return _page(token)


@blueprint.post("/invitations/<token>")
@blueprint.post("/password/<token>")
@allow_anyone
def keep(token: str) -> AnyResponse:
    typed = {name: request.form.get(name, "") for name in ("new", "again")}
    try:
        choose_password(current_entrance(), token, network=request.remote_addr or "", **typed)
    except PasswordNotChanged as mistakes:
        return _page(token, 422, mistakes.errors)
    flash(gettext("Your password is kept. Sign in with it."), "success")
    return redirect(url_for("accounts.sign_in"), 303)


@blueprint.errorhandler(NoSuchLink)
def no_link(_error: NoSuchLink) -> Response:
    return respond("accounts/no_link.html", status=404)


blueprint.after_request(keep_token_private)


def _on_its_way(email: str) -> str:
    """Say the same whether or not there is an account: the page must not tell who has one."""
    return gettext(
        "If somebody signs in with %(email)s, a mail with a link is on its way there. "
        "If none comes, look into the spam folder.",
        email=email,
    )


def _too_many(closed: TooManyTries) -> str:
    return ngettext(
        "There were too many requests from your network. Try again in %(num)s minute.",
        "There were too many requests from your network. Try again in %(num)s minutes.",
        current_entrance().minutes_until(closed.until),
    )


def _forgotten(status: int, email: str = "", mistake: str = "") -> Response:
    errors = {"email": mistake} if mistake else {}
    return respond("accounts/forgotten_password.html", status=status, errors=errors, email=email)


def _page(token: str, status: int = 200, errors: dict[str, str] | None = None) -> Response:
    person = whose_link(db.session(), current_entrance(), token)
    return respond(
        "accounts/choose_password.html",
        status=status,
        person=person,
        errors=errors or {},
        characters_at_least=CHARACTERS_AT_LEAST,
    )
