"""The page of notices, and what is sent to mark all of them as read."""

from http import HTTPStatus

from flask import Blueprint, Response, current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.current import current_actor
from portal.claims.desk import Desk
from portal.claims.queries import READ_OWN, READ_SUBMITTED
from portal.db import db, row_id
from portal.languages.sentences import gettext, together
from portal.notices.listing import notices
from portal.notices.marks import mark_as_read, read, written
from portal.web.access import allow
from portal.web.guard import may
from portal.web.htmx import respond

blueprint = Blueprint("notices", __name__)


@blueprint.get("/notices")
@allow(READ_OWN, READ_SUBMITTED)
def news() -> Response:
    """Show what happened, newest first; `before` is the place where a further page begins."""
    desk: Desk = current_app.extensions["desk"]
    shown = notices(db.session(), desk, current_actor(), row_id(request.args.get("before", "")))
    return respond(
        "notices/notices.html",
        shown=shown,
        mark=written(shown.mark) if shown.mark else "",
        why="why.of_claim" if may(READ_OWN) else "why.of_review",
        own_side=may(READ_OWN),
    )


@blueprint.get("/notices/read")
@allow(READ_OWN, READ_SUBMITTED)
def read_before() -> Response:
    """Show what this person has marked as read, newest first, in pages as the new ones."""
    desk: Desk = current_app.extensions["desk"]
    before = row_id(request.args.get("before", ""))
    shown = notices(db.session(), desk, current_actor(), before, was_read=True)
    why = "why.of_claim" if may(READ_OWN) else "why.of_review"
    return respond("notices/read.html", shown=shown, why=why, own_side=may(READ_OWN))


@blueprint.post("/notices")
@allow(READ_OWN, READ_SUBMITTED)
def mark_all() -> AnyResponse:
    """Mark as read what the page showed; what came since then stays."""
    mark, reader = read(request.form.get("mark", "")), current_actor().person_id
    if mark is not None and reader is not None and mark_as_read(reader, mark):
        told = gettext("All notices are marked as read. What came since then is still here.")
        flash(together(told, gettext("“Show what was read” brings the others back.")), "success")
    else:
        flash(gettext("Nothing was marked. Look at the notices below, then mark them again."), "attention")
    return redirect(url_for("notices.news"), HTTPStatus.SEE_OTHER)
