"""The pages of those who look after people."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.access import Access
from portal.accounts.affiliations import affiliations_of, keep_affiliation, take_out_affiliation
from portal.accounts.current import current_actor, current_entrance
from portal.accounts.managing import ORGANIZATIONS, PEOPLE, Keeper, Kept, NotYours
from portal.accounts.people import NotAdded
from portal.accounts.people_page import organization_of, people_of
from portal.db import db, row_id
from portal.languages.sentences import gettext
from portal.web.access import allow
from portal.web.errors import error_page
from portal.web.htmx import respond

blueprint = Blueprint("people", __name__)

TYPED = ("name", "email", "roles", "locations")


@blueprint.get("/people")
@allow(PEOPLE, ORGANIZATIONS)
def people() -> Response:
    return _list(_wanted_organization())


@blueprint.post("/people")
@allow(PEOPLE, ORGANIZATIONS)
def invite() -> AnyResponse:
    organization_id = _wanted_organization()
    email, name = (request.form.get(field, "") for field in ("email", "name"))
    try:
        _keeper().invite(organization_id, _access(), email=email, name=name)
    except NotAdded as mistakes:
        return _list(organization_id, 422, mistakes.errors)
    told = gettext("An invitation is on its way to %(email)s.", email=email.strip().casefold())
    flash(told, "success")
    return redirect(_list_address(organization_id), 303)


@blueprint.get("/people/<int(max=2147483647):person_id>")
@allow(PEOPLE, ORGANIZATIONS)
def person(person_id: int) -> Response:
    return _person(person_id)


@blueprint.post("/people/<int(max=2147483647):person_id>/access")
@allow(PEOPLE, ORGANIZATIONS)
def access(person_id: int) -> AnyResponse:
    keeper, seen = _keeper(), request.form.get("seen", "")
    told = gettext(
        "The roles and locations were changed. They are in force from the person’s next request on."
    )
    return _changed(person_id, lambda: keeper.change_access(person_id, _access(), seen), told)


@blueprint.post("/people/<int(max=2147483647):person_id>/invitation")
@allow(PEOPLE, ORGANIZATIONS)
def invitation(person_id: int) -> AnyResponse:
    told = gettext("Another invitation is on its way. Links that were sent before are void.")
    return _changed(person_id, lambda: _keeper().invite_again(person_id), told)


@blueprint.post("/people/<int(max=2147483647):person_id>/withdrawal")
@allow(PEOPLE, ORGANIZATIONS)
def withdrawal(person_id: int) -> AnyResponse:
    keeper = _keeper()
    organization_id = organization_of(db.session(), keeper, person_id)
    try:
        keeper.withdraw(person_id)
    except Kept as kept:
        return _person(person_id, 409, kept=str(kept))
    flash(gettext("The invitation was withdrawn. The link in the mail opens nothing any more."), "success")
    return redirect(_list_address(organization_id), 303)


@blueprint.post("/people/<int(max=2147483647):person_id>/deactivation")
@allow(PEOPLE, ORGANIZATIONS)
def deactivation(person_id: int) -> AnyResponse:
    told = gettext("The account was deactivated. Whoever was signed in with it is signed out.")
    return _changed(person_id, lambda: _keeper().deactivate(person_id), told)


@blueprint.post("/people/<int(max=2147483647):person_id>/activation")
@allow(PEOPLE, ORGANIZATIONS)
def activation(person_id: int) -> AnyResponse:
    told = gettext("The account is active again. The person signs in with the password they had.")
    return _changed(person_id, lambda: _keeper().activate(person_id), told)


@blueprint.post("/people/<int(max=2147483647):person_id>/affiliations")
@allow(ORGANIZATIONS)
def affiliation(person_id: int) -> AnyResponse:
    owner, until = row_id(request.form.get("affiliation", "")), request.form.get("until", "")
    told = gettext("It is kept where the person worked. They review nothing of it until that is long ago.")
    return _changed(person_id, lambda: keep_affiliation(_keeper(), person_id, owner, until), told)


@blueprint.post("/people/<int(max=2147483647):person_id>/affiliations/deletion")
@allow(ORGANIZATIONS)
def affiliation_deletion(person_id: int) -> AnyResponse:
    owner = row_id(request.form.get("affiliation", "")) or 0
    told = gettext("The former organization was taken out.")
    return _changed(person_id, lambda: take_out_affiliation(_keeper(), person_id, owner), told)


@blueprint.errorhandler(NotYours)
def not_there(_error: NotYours) -> Response:
    return error_page(404)


def _changed(person_id: int, change: Callable[[], None], told: str) -> AnyResponse:
    """Carry out one change of a person, and lead back to their page or say there what kept it."""
    try:
        change()
    except NotAdded as mistakes:
        return _person(person_id, 422, mistakes.errors)
    except Kept as kept:
        return _person(person_id, 409, kept=str(kept))
    flash(told, "success")
    return redirect(url_for("people.person", person_id=person_id), 303)


def _keeper() -> Keeper:
    entrance = current_entrance()
    return Keeper(entrance, current_actor(), entrance.roles())


def _wanted_organization() -> int:
    """Return the organization that is asked for, the own one by default."""
    wanted = request.values.get("organization")
    if wanted is None:
        return current_actor().organization_id or 0
    found = row_id(wanted)
    if found is None:
        raise NotYours
    return found


def _access() -> Access:
    """Return what the form asks for. Raises NotAdded: what is no location must not become all of them."""
    places = [row_id(one) for one in request.form.getlist("locations")]
    if None in places:
        raise NotAdded({"locations": gettext("Choose from the locations that are listed.")})
    roles = sorted(set(request.form.getlist("roles")))
    return Access(tuple(roles), tuple(sorted({one for one in places if one is not None})))


def _list_address(organization_id: int) -> str:
    own = organization_id == current_actor().organization_id
    return url_for("people.people", organization=None if own else organization_id)


def _list(organization_id: int, status: int = 200, errors: dict[str, str] | None = None) -> Response:
    return respond(
        "accounts/people.html",
        "accounts/_people.html",
        status=status,
        shown=people_of(db.session(), _keeper(), organization_id),
        errors=errors or {},
        typed={name: request.form.getlist(name) for name in TYPED},
    )


def _person(
    person_id: int, status: int = 200, errors: dict[str, str] | None = None, kept: str = ""
) -> Response:
    keeper = _keeper()
    shown = people_of(db.session(), keeper, organization_of(db.session(), keeper, person_id))
    one = shown.person(person_id)
    typed = {name: request.form.getlist(name) for name in TYPED} if errors or "seen" in request.form else {}
    return respond(
        "accounts/person.html",
        "accounts/_person.html",
        status=status,
        shown=shown,
        person=one,
        errors=errors or {},
        kept=kept,
        affiliations=affiliations_of(db.session(), keeper, person_id),
        typed_affiliation={name: request.form.get(name, "") for name in ("affiliation", "until")},
        roles=typed.get("roles", one.roles),
        locations=typed.get("locations", one.location_ids),
        back=_list_address(shown.organization_id),
    )
