"""The pages of those who keep partner organizations and their locations."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.current import current_actor, current_entrance
from portal.accounts.managing import ORGANIZATIONS, Keeper, Kept, NotYours
from portal.accounts.organization_page import organization_page, organizations_page
from portal.accounts.organizing import Organizer
from portal.accounts.people import NotAdded
from portal.db import db
from portal.languages.sentences import gettext
from portal.web.access import allow
from portal.web.errors import error_page
from portal.web.htmx import respond

blueprint = Blueprint("organizations", __name__)

# Which of the page's forms was sent decides where its errors are shown.
OWN, NEW = "organization", "new"


@blueprint.get("/organizations")
@allow(ORGANIZATIONS)
def organizations() -> Response:
    return _list()


@blueprint.post("/organizations")
@allow(ORGANIZATIONS)
def add() -> AnyResponse:
    try:
        added = _organizer().add(name=_typed("name"), domain=_typed("domain"))
    except NotAdded as mistakes:
        return _list(422, mistakes.errors)
    flash(gettext("The organization was added. Add its locations, and invite its first people."), "success")
    return redirect(url_for("organizations.organization", organization_id=added), 303)


@blueprint.get("/organizations/<int(max=2147483647):organization_id>")
@allow(ORGANIZATIONS)
def organization(organization_id: int) -> Response:
    return _page(organization_id)


@blueprint.post("/organizations/<int(max=2147483647):organization_id>")
@allow(ORGANIZATIONS)
def rename(organization_id: int) -> AnyResponse:
    def change() -> None:
        values = {name: _typed(name) for name in ("name", "domain", "seen")}
        _organizer().rename(organization_id, **values)

    return _changed(organization_id, OWN, change, gettext("The organization was changed."))


@blueprint.post("/organizations/<int(max=2147483647):organization_id>/locations")
@allow(ORGANIZATIONS)
def add_location(organization_id: int) -> AnyResponse:
    def change() -> None:
        values = {name: _typed(name) for name in ("code", "name", "calendar")}
        _organizer().add_location(organization_id, **values)

    return _changed(organization_id, NEW, change, gettext("The location was added."))


@blueprint.post(
    "/organizations/<int(max=2147483647):organization_id>/locations/<int(max=2147483647):location_id>"
)
@allow(ORGANIZATIONS)
def change_location(organization_id: int, location_id: int) -> AnyResponse:
    def change() -> None:
        values = {name: _typed(name) for name in ("name", "calendar", "seen")}
        _organizer().change_location(organization_id, location_id, **values)

    told = gettext("The location was changed. Deadlines that run already keep their day.")
    return _changed(organization_id, str(location_id), change, told)


@blueprint.post(
    "/organizations/<int(max=2147483647):organization_id>/locations/<int(max=2147483647):location_id>/deletion"
)
@allow(ORGANIZATIONS)
def remove_location(organization_id: int, location_id: int) -> AnyResponse:
    def change() -> None:
        _organizer().remove_location(organization_id, location_id)

    return _changed(organization_id, str(location_id), change, gettext("The location was removed."))


@blueprint.errorhandler(NotYours)
def not_there(_error: NotYours) -> Response:
    return error_page(404)


def _organizer() -> Organizer:
    entrance = current_entrance()
    return Organizer(Keeper(entrance, current_actor(), entrance.roles()))


def _typed(name: str) -> str:
    return request.form.get(name, "")


def _changed(organization_id: int, form: str, change: Callable[[], None], told: str) -> AnyResponse:
    """Carry out one change, and lead back to the organization or say there what kept it."""
    try:
        change()
    except NotAdded as mistakes:
        return _page(organization_id, 422, form, mistakes.errors)
    except Kept as kept:
        return _page(organization_id, 409, form, kept=str(kept))
    flash(told, "success")
    return redirect(url_for("organizations.organization", organization_id=organization_id), 303)


def _list(status: int = 200, errors: dict[str, str] | None = None) -> Response:
    return respond(
        "accounts/organizations.html",
        status=status,
        organizations=organizations_page(db.session()),
        errors=errors or {},
        typed=request.form,
    )


def _page(
    organization_id: int,
    status: int = 200,
    form: str = "",
    errors: dict[str, str] | None = None,
    kept: str = "",
) -> Response:
    return respond(
        "accounts/organization.html",
        status=status,
        page=organization_page(db.session(), organization_id),
        form=form,
        errors=errors or {},
        kept=kept,
        typed=request.form,
    )
