"""Tells where an address of the portal leads, and what has to be shown there to be let in."""

from flask import current_app
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from portal.web.access import access_of


def asks_to_sign_in(path: str) -> bool:
    """Tell whether `path` leads to a page that only people who sign in can open.

    False for what anybody may open, where having the address is all that it takes, and for no page.
    """
    try:
        endpoint, _ = current_app.url_map.bind("").match(path, method="GET")
    except (HTTPException, RequestRedirect):
        return False
    access = access_of(current_app.view_functions[endpoint])
    return access is not None and not access.public
