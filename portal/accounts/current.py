"""Who acts in this request: the signed session cookie holds a token, the database says whose it is."""

from collections.abc import Callable

from flask import Flask, current_app, g, request
from flask import session as cookie
from flask_login import LoginManager, current_user, login_user, logout_user

from portal.accounts.actor import Actor
from portal.accounts.entrance import Entrance
from portal.accounts.queries import actor_of
from portal.accounts.sessions import find_session, note_request, should_be_noted
from portal.db import db, transaction
from portal.web.access import is_unasked

ENTRANCE = "entrance"


class SignedInUser:
    """What flask-login keeps for a request; its id is the session's token, not the person's."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, token: str, actor: Actor | None = None) -> None:
        self.token = token
        self.actor = actor

    def get_id(self) -> str:
        return self.token


def install_current(app: Flask, entrance: Entrance) -> Callable[[], Actor | None]:
    """Let flask-login find people by their session; returns what tells who is signed in."""
    app.extensions[ENTRANCE] = entrance
    manager = LoginManager(app)
    # The session is bound to its token. People whose network changes stay signed in.
    manager.session_protection = None
    manager.user_loader(_user_of)
    return _who_sent_this


def _who_sent_this() -> Actor | None:
    """Look up anew who sent the request.

    flask-login keeps whom it found in the app context. A context that an earlier request of the same
    thread left open, such as an answer that was never read to its end, must not lend its person.
    """
    g.pop("_login_user", None)
    return actor_or_none()


def current_actor() -> Actor:
    """Return the one who is signed in. Raises LookupError for a stranger, whom the guard keeps out."""
    actor = actor_or_none()
    if actor is None:
        raise LookupError("Nobody is signed in; declare the view with @allow or @allow_signed_in.")
    return actor


def actor_or_none() -> Actor | None:
    """Return the one who is signed in, None for a stranger."""
    actor: Actor | None = current_user.actor if current_user.is_authenticated else None
    return actor


def current_token() -> str:
    """Return the token of the session that the request came with, "" for a stranger."""
    return str(cookie.get("_user_id") or "")


def let_in(token: str) -> None:
    """Give the browser a fresh cookie that holds `token` and nothing it had before."""
    cookie.clear()
    cookie.permanent = True
    login_user(SignedInUser(token))


def let_out() -> str | None:
    """Take everything out of the browser's cookie; returns the token it held."""
    token: str | None = cookie.get("_user_id")
    logout_user()
    cookie.clear()
    return token


def current_entrance() -> Entrance:
    """Return the entrance of the app at hand."""
    entrance: Entrance = current_app.extensions[ENTRANCE]
    return entrance


def _user_of(token: str) -> SignedInUser | None:
    entrance = current_entrance()
    now = entrance.clock.now()
    row = find_session(db.session(), token, now=now, settings=entrance.settings)
    if row is None:
        return None
    user = SignedInUser(token, actor_of(row.person))
    if should_be_noted(row, now) and not is_unasked(current_app.view_functions.get(request.endpoint or "")):
        row_id = row.id
        with transaction() as session:
            note_request(session, row_id, now)
    return user
