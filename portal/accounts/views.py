"""The pages of signing in and out."""

from datetime import datetime

from flask import Blueprint, Response, current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.current import current_entrance, let_in, let_out
from portal.accounts.devices import KEPT_FOR, Devices
from portal.accounts.entrance import TooManyTries, WrongCredentials
from portal.accounts.entrance import sign_in as sign_in_browser
from portal.accounts.entrance import sign_out as end
from portal.accounts.forms import SignInForm
from portal.accounts.kept_views import way_back
from portal.accounts.queries import demo_accounts
from portal.db import db
from portal.languages.sentences import gettext
from portal.web.access import allow_anyone, allow_signed_in
from portal.web.addresses import own_path
from portal.web.guard import signed_in_person
from portal.web.htmx import respond

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/sign-in")
@allow_anyone
def sign_in() -> AnyResponse:
    wanted = request.args.get("next", "")
    if signed_in_person():
        return redirect(_destination(wanted), 303)
    return _page(SignInForm(next=wanted), 200)


@blueprint.post("/sign-in")
@allow_anyone
def enter() -> AnyResponse:
    form = SignInForm()
    if not form.validate():
        return _page(form, 422)
    try:
        return _enter(form)
    except WrongCredentials:
        form.email.errors = [gettext("E-mail address and password do not match. Check both and try again.")]
        return _page(form, 422)
    except TooManyTries as closed:
        return _page(form, 429, closed.until)


@blueprint.post("/sign-out")
@allow_signed_in
def sign_out() -> AnyResponse:
    token = let_out()
    if token is not None:
        end(current_entrance(), token)
    flash(gettext("You are signed out."), "success")
    return redirect(url_for("accounts.sign_in"), 303)


def _enter(form: SignInForm) -> AnyResponse:
    entrance, email = current_entrance(), form.email.data
    token = sign_in_browser(
        entrance,
        email,
        form.password.data,
        network=request.remote_addr or "",
        device=Devices(entrance.secret).mark_for(request.cookies.get(_device_cookie(), ""), email),
        browser=request.user_agent.string,
    )
    if (earlier := let_out()) is not None:
        end(entrance, earlier)
    let_in(token)
    response = redirect(way_back(token) or _destination(form.next.data or ""), 303)
    _remember_device(response, email)
    return response


def _remember_device(response: AnyResponse, email: str) -> None:
    devices = Devices(current_entrance().secret)
    response.set_cookie(
        _device_cookie(),
        devices.cookie_after(request.cookies.get(_device_cookie(), ""), email),
        max_age=KEPT_FOR,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",  # stays English: a word of the standard
    )


def _page(form: SignInForm, status: int, closed_until: datetime | None = None) -> Response:
    entrance = current_entrance()
    form.make_showable(own_path(form.next.data or "") or "")
    response = respond(
        "accounts/sign_in.html",
        "accounts/_sign_in.html",
        status=status,
        form=form,
        closed_until=closed_until,
        minutes=entrance.minutes_until(closed_until) if closed_until else 0,
        demo_password=entrance.settings.demo_password if entrance.settings.demo else "",
        demo_accounts=demo_accounts(db.session(), entrance.role_labels()) if entrance.settings.demo else [],
    )
    if closed_until is not None:
        response.headers["Retry-After"] = str(entrance.minutes_until(closed_until) * 60)
    return response


def _destination(wanted: str) -> str:
    return own_path(wanted) or url_for("navigation.home")


def _device_cookie() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-device"
