"""The page on which somebody chooses how they get which e-mails about claims."""

from http import HTTPStatus

from flask import Blueprint, Response, current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.current import current_actor
from portal.claims.desk import Desk
from portal.claims.mail_ways import keep_ways, kinds_for
from portal.db import db
from portal.languages.sentences import gettext
from portal.web.access import allow_signed_in
from portal.web.htmx import respond

blueprint = Blueprint("mail_choices", __name__)


@blueprint.get("/profile/mails")
@allow_signed_in
def mails() -> Response:
    """Show every kind of e-mail that the reader gets, with the ways that the policy lets them choose."""
    desk: Desk = current_app.extensions["desk"]
    kinds = kinds_for(desk, db.session(), current_actor())
    return respond(
        "notices/mails.html",
        open=[kind for kind in kinds if len(kind.ways) > 1],
        fixed=[kind for kind in kinds if len(kind.ways) == 1],
        hour=desk.settings.digest_hour,
    )


@blueprint.post("/profile/mails")
@allow_signed_in
def choose() -> AnyResponse:
    """Keep what was chosen."""
    keep_ways(current_app.extensions["desk"], current_actor(), request.form.to_dict())
    flash(gettext("Your choice is kept. It holds for every e-mail that was not sent yet."), "success")
    return redirect(url_for("mail_choices.mails"), HTTPStatus.SEE_OTHER)
