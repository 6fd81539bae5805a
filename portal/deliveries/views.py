"""The pages of the deliveries: all messages, one of them, and the button that sends it again."""

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.current import current_actor
from portal.claims.answering import desk_of_app
from portal.db import db
from portal.deliveries import listing, retrying
from portal.languages.sentences import gettext
from portal.notifications.retrying import NotRetried
from portal.web.access import allow
from portal.web.htmx import respond
from portal.web.reaching import asks_to_sign_in

blueprint = Blueprint("deliveries", __name__)


@blueprint.get("/deliveries")
@allow("deliveries.manage")
def deliveries() -> Response:
    """Show the messages of the outbox, newest first."""
    shown = listing.deliveries(db.session(), desk_of_app(), request.args.to_dict(), asks_to_sign_in)
    return respond("deliveries/deliveries.html", shown=shown)


@blueprint.get("/deliveries/<int(max=2147483647):message_id>")
@allow("deliveries.manage")
def delivery(message_id: int) -> Response:
    """Show one message with what it says."""
    return _page(message_id)


@blueprint.post("/deliveries/<int(max=2147483647):message_id>/retry")
@allow("deliveries.manage")
def retry(message_id: int) -> AnyResponse:
    """Put a message that was not sent into the line at once."""
    try:
        retrying.retry(desk_of_app(), message_id, current_actor())
    except NotRetried as refused:
        return _page(message_id, status=409, refusal=str(refused))
    flash(gettext("The message is in the line again. This page shows what comes of it."), "success")
    return redirect(url_for("deliveries.delivery", message_id=message_id), 303)


def _page(message_id: int, status: int = 200, refusal: str = "") -> Response:
    row = listing.delivery(db.session(), desk_of_app(), message_id, asks_to_sign_in)
    return respond("deliveries/delivery.html", status=status, row=row, refusal=refusal)
