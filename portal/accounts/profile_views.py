"""The page of one's own account."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.absence import AbsenceNotKept, keep_absence
from portal.accounts.current import current_actor, current_entrance, current_token, let_in
from portal.accounts.entrance import TooManyTries
from portal.accounts.own_account import PasswordNotChanged, change_password, end_others, end_session_of_own
from portal.accounts.passwords import CHARACTERS_AT_LEAST
from portal.accounts.preferences import PreferencesNotKept, keep_preferences, zone_choices
from portal.accounts.profile import profile_of
from portal.db import db, row_id
from portal.languages.sentences import gettext, ngettext
from portal.web.access import allow, allow_signed_in
from portal.web.htmx import respond

blueprint = Blueprint("profile", __name__)


@blueprint.get("/profile")
@allow_signed_in
def profile() -> AnyResponse:
    return _page({}, 200)


@blueprint.post("/profile/password")
@allow_signed_in
def password() -> AnyResponse:
    typed = {name: request.form.get(name, "") for name in ("present", "new", "again")}
    network = request.remote_addr or ""
    try:
        renewed, ended = change_password(
            current_entrance(), current_actor(), current_token(), network=network, **typed
        )
    except PasswordNotChanged as mistakes:
        return _page(mistakes.errors, 422)
    except TooManyTries as closed:
        return _page({"present": _wait_for(closed)}, 429)
    let_in(renewed)
    flash(f"{gettext('Your password was changed.')} {_signed_out(ended)}", "success")
    return redirect(url_for("profile.profile"), 303)


@blueprint.post("/profile/preferences")
@allow_signed_in
def preferences() -> AnyResponse:
    chosen = {name: request.form.get(name, "") for name in ("time_zone", "color_scheme")}
    try:
        keep_preferences(current_actor(), **chosen)
    except PreferencesNotKept as mistakes:
        return _page(mistakes.errors, 422)
    flash(gettext("Pages are shown to you as you chose."), "success")
    return redirect(url_for("profile.profile"), 303)


@blueprint.post("/profile/absence")
@allow("reviews.decide")
def absence() -> AnyResponse:
    begins, ends = (request.form.get(name, "") for name in ("away_from", "away_until"))
    # Whoever is a day behind in their zone still says that they are away until their today.
    today = (current_entrance().clock.now() - timedelta(days=1)).date()
    try:
        keep_absence(current_actor(), begins, ends, today)
    except AbsenceNotKept as mistakes:
        return _page(mistakes.errors, 422)
    flash(_kept_absence(begins), "success")
    return redirect(url_for("profile.profile"), 303)


@blueprint.post("/profile/sessions")
@allow_signed_in
def sessions() -> AnyResponse:
    chosen = row_id(request.form.get("session", ""))
    if "session" not in request.form:
        flash(_signed_out(end_others(current_entrance(), current_actor(), current_token())), "success")
    elif chosen is not None and end_session_of_own(current_entrance(), current_actor(), chosen):
        flash(gettext("The browser is signed out from its next request on."), "success")
    else:
        flash(gettext("That browser was signed out already."), "info")
    return redirect(url_for("profile.profile"), 303)


def _page(errors: dict[str, str], status: int) -> AnyResponse:
    shown = profile_of(db.session(), current_entrance(), current_actor(), current_token())
    return respond(
        "accounts/profile.html",
        "accounts/_profile.html",
        status=status,
        profile=shown,
        errors=errors,
        typed={name: request.form.get(name, "") for name in ("away_from", "away_until")} if errors else {},
        time_zones=zone_choices(current_actor().time_zone),
        characters_at_least=CHARACTERS_AT_LEAST,
    )


def _kept_absence(begins: str) -> str:
    if begins:
        return gettext("Your absence is kept. Your claims say so, and those that cannot wait go to others.")
    return gettext("No absence is kept of you any more.")


def _signed_out(ended: int) -> str:
    if not ended:
        return gettext("No other browser was signed in.")
    return ngettext("%(num)s other browser signed out.", "%(num)s other browsers signed out.", ended)


def _wait_for(closed: TooManyTries) -> str:
    return ngettext(
        "There were too many tries. Try again in %(num)s minute.",
        "There were too many tries. Try again in %(num)s minutes.",
        current_entrance().minutes_until(closed.until),
    )
