"""The pages of saved views: the list of them, and what is sent to save, change and delete one."""

from http import HTTPStatus

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.current import current_actor, current_entrance
from portal.db import db
from portal.languages.sentences import gettext
from portal.saved_views.keeping import NoSuchView, NotKept, change, delete, save
from portal.saved_views.queries import views_of
from portal.web.access import allow
from portal.web.guard import may
from portal.web.htmx import respond

blueprint = Blueprint("saved_views", __name__)

SHARE = "views.share"
PLACE = "claims.claims"  # the list that the views are views of


@blueprint.get("/claims/views")
@allow("claims.read")
def views() -> Response:
    """Show the views that the reader keeps, and those shared with their organization."""
    return _page()


@blueprint.post("/claims/views")
@allow("claims.read")
def save_view() -> AnyResponse:
    """Keep the view that the form holds, and show it."""
    name, params, shared = _typed("name"), _typed("params"), bool(_typed("shared"))
    now = current_entrance().clock.now()
    try:
        kept = save(current_actor(), name, params, shared=shared, may_share=may(SHARE), now=now)
    except NotKept as mistakes:
        return _page(mistakes)
    flash(gettext("The view was saved. It is in the menu “Views”."), "success")
    return redirect(f"{url_for(PLACE)}?{kept}", HTTPStatus.SEE_OTHER)


@blueprint.post("/claims/views/<int(max=2147483647):view_id>")
@allow("claims.read")
def change_view(view_id: int) -> AnyResponse:
    """Rename a view, and share it or end that."""
    name, shared = _typed("name"), bool(_typed("shared"))
    try:
        change(current_actor(), view_id, name, shared=shared, may_share=may(SHARE))
    except NotKept as mistakes:
        return _page(mistakes, view_id)
    except NoSuchView:
        abort(HTTPStatus.NOT_FOUND)
    flash(gettext("The view was changed."), "success")
    return redirect(url_for("saved_views.views"), HTTPStatus.SEE_OTHER)


@blueprint.post("/claims/views/<int(max=2147483647):view_id>/deletion")
@allow("claims.read")
def delete_view(view_id: int) -> AnyResponse:
    """Delete a view; the claims it showed stay as they are."""
    try:
        name = delete(current_actor(), view_id, may_share=may(SHARE))
    except NoSuchView:
        abort(HTTPStatus.NOT_FOUND)
    flash(gettext("The view “%(name)s” was deleted.", name=name), "success")
    return redirect(url_for("saved_views.views"), HTTPStatus.SEE_OTHER)


def _typed(name: str) -> str:
    return request.form.get(name, "")


def _page(mistakes: NotKept | None = None, view_id: int = 0) -> Response:
    """Answer with the list; `view_id` is the view whose form came back, 0 that of a new one."""
    return respond(
        "saved_views/views.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if mistakes else HTTPStatus.OK,
        views=views_of(db.session(), current_actor(), may_share=may(SHARE)),
        errors=mistakes.errors if mistakes else {},
        changed=view_id,
        typed=request.form,
    )
