"""The page of competing claims: compared side by side, asked each for itself, and settled together."""

from http import HTTPStatus

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.current import current_actor
from portal.claims.answering import Failure, carry_out, desk_of_app
from portal.claims.offering import is_address
from portal.claims.queries import find_claim
from portal.claims.refusals import NotThere
from portal.claims.spoiling_views import kept_from_acting, led_to_judging
from portal.db import db
from portal.reviews.competing import competing_of, numbers_together
from portal.reviews.showing import PLACE
from portal.reviews.views import told
from portal.web.access import allow
from portal.web.htmx import respond

blueprint = Blueprint("competing", __name__)


@blueprint.get("/reviews/competing/<claim_number:number>")
@allow("reviews.read")
def competing(number: str) -> AnyResponse:
    """Show every claim that competes with one, and what settling in favor of `winner` would do."""
    return _led(number) or _page(number, request.args.get("winner", ""))


@blueprint.get("/reviews/competing/<claim_number:number>/<claim_number:of>/<noun>")
@allow("reviews.read")
def action_address(number: str, of: str, noun: str) -> AnyResponse:
    """Lead from the address of a form, which stays in the address bar when it comes back, to the page."""
    session, desk, actor = db.session(), desk_of_app(), current_actor()
    find_claim(session, desk, number, actor)
    if not is_address(desk.rulebook_of(find_claim(session, desk, of, actor)), f"{PLACE}/{noun}"):
        raise NotThere
    return redirect(url_for("competing.competing", number=number), HTTPStatus.SEE_OTHER)


@blueprint.post("/reviews/competing/<claim_number:number>/<claim_number:of>/<noun>")
@allow("reviews.read")
def act(number: str, of: str, noun: str) -> AnyResponse:
    """Carry out on one of the claims whatever action the policy places at this address of reviews."""
    if kept := kept_from_acting(of):
        return kept
    find_claim(db.session(), desk_of_app(), number, current_actor())
    result = carry_out(PLACE, of, noun, current_actor())
    if isinstance(result, Failure):
        return _led(number) or _page(number, of if request.form.get("winner") else "", (of, result))
    flash(told(result, noun), "success")
    return redirect(url_for("competing.competing", number=number), HTTPStatus.SEE_OTHER)


def _led(number: str) -> AnyResponse | None:
    """Return the way to a second review that any of the claims side by side would spoil, or None."""
    session, desk, actor = db.session(), desk_of_app(), current_actor()
    if led := led_to_judging(number):
        return led
    return led_to_judging(number, numbers_together(session, find_claim(session, desk, number, actor)))


def _page(number: str, winner: str, failure: tuple[str, Failure] | None = None) -> Response:
    session, desk, actor = db.session(), desk_of_app(), current_actor()
    claim = find_claim(session, desk, number, actor)
    shown = competing_of(session, desk, claim, actor, winner, failure)
    status = failure[1].status if failure else HTTPStatus.OK
    return respond("reviews/competing.html", status=status, shown=shown)
