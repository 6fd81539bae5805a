"""The pages of reviewers: the queue, the review page, and every action the policy places there."""

from http import HTTPStatus

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.current import current_actor
from portal.claims.acting import Done
from portal.claims.answering import Failure, carry_out, desk_of_app, rehearsal
from portal.claims.news import news_since, state_of
from portal.claims.offering import done_in_words, is_address
from portal.claims.preview_views import sought_page
from portal.claims.queries import find_claim
from portal.claims.refusals import NotThere
from portal.claims.spoiling_views import kept_from_acting, led_to_judging
from portal.db import db, row_id
from portal.languages.sentences import gettext, together
from portal.reviews.listing import queue_shown
from portal.reviews.queries import Wanted
from portal.reviews.showing import PLACE, Looking, review_of
from portal.web.access import allow, unasked
from portal.web.htmx import respond

blueprint = Blueprint("reviews", __name__)


@blueprint.get("/reviews")
@allow("reviews.read")
def queue() -> Response:
    """Show the claims that wait for a reviewer, the earliest deadline first."""
    shown = queue_shown(db.session(), desk_of_app(), current_actor(), Wanted.read(request.args))
    return respond("reviews/queue.html", "reviews/_queue.html", shown=shown)


@blueprint.get("/reviews/<claim_number:number>")
@allow("reviews.read")
def review(number: str) -> AnyResponse:
    """Show one claim with everything a reviewer needs to decide it."""
    return led_to_judging(number) or _page(number)


@blueprint.get("/reviews/<claim_number:number>/news")
@allow("reviews.read")
@unasked
def news(number: str) -> Response:
    """Tell an open page of the claim what happened to it since, or nothing while it is as it was."""
    session, desk, actor = db.session(), desk_of_app(), current_actor()
    found = find_claim(session, desk, number, actor)
    known = state_of(session, desk, found, actor)
    if known in request.if_none_match:
        response = Response(status=HTTPStatus.NOT_MODIFIED)
    else:
        since = row_id(request.args.get("since", "")) or found.version
        told = news_since(session, desk, found, since, actor)
        response = respond("reviews/_news.html", number=number, since=since, known=known, news=told)
    response.set_etag(known)
    return response


@blueprint.get("/reviews/<claim_number:number>/mail-preview/<noun>")
@blueprint.get("/reviews/<claim_number:number>/<noun>")
@allow("reviews.read")
def action_address(number: str, noun: str) -> AnyResponse:
    """Lead from the address of a form, which stays in the address bar when it comes back, to the claim."""
    found = find_claim(db.session(), desk_of_app(), number, current_actor())
    if not is_address(desk_of_app().rulebook_of(found), f"{PLACE}/{noun}"):
        raise NotThere
    return redirect(url_for("reviews.review", number=number), HTTPStatus.SEE_OTHER)


@blueprint.post("/reviews/<claim_number:number>/<noun>")
@allow("reviews.read")
def act(number: str, noun: str) -> AnyResponse:
    """Carry out whatever action the policy places at this address."""
    if kept := kept_from_acting(number):
        return kept
    result = carry_out(PLACE, number, noun, current_actor())
    if isinstance(result, Failure):
        return _page(number, result)
    flash(told(result, noun), "success")
    return redirect(url_for("reviews.review", number=number), HTTPStatus.SEE_OTHER)


@blueprint.post("/reviews/<claim_number:number>/mail-preview/<noun>")
@allow("reviews.read")
def mail_preview(number: str, noun: str) -> AnyResponse:
    """Show the mails that the form would send, with the form as it was filled, which is not sent."""
    if kept := kept_from_acting(number):
        return kept
    return _page(number, rehearsal(PLACE, number, noun, current_actor()), part="reviews/_mail.html")


def told(done: Done, noun: str) -> str:
    """Say what came of an action, with the status in the words of the claim's own policy."""
    claim = find_claim(db.session(), desk_of_app(), done.number, current_actor())
    rulebook = desk_of_app().rulebook_of(claim)
    action = rulebook.transition_at(f"{PLACE}/{noun}", request.form)
    told = done_in_words(rulebook, action, done)
    if done.from_status != done.to_status:
        return told
    label = rulebook.statuses[claim.status].label
    return together(told, gettext("%(number)s stays %(status)s.", number=done.number, status=label))


def _page(number: str, failure: Failure | None = None, part: str | None = None) -> Response:
    session, desk, actor = db.session(), desk_of_app(), current_actor()
    try:
        claim = find_claim(session, desk, number, actor)
    except NotThere:
        abort(HTTPStatus.NOT_FOUND)
    known = state_of(session, desk, claim, actor)  # before the rest: what comes meanwhile is news
    looking = Looking(row_id(request.args.get("document_id", "")) or 0, sought_page(request.args))
    shown = review_of(session, desk, claim, actor, failure, looking, previewed=part is not None)
    status = failure.status if failure else HTTPStatus.OK
    return respond(
        "reviews/review.html",
        part,
        status=status,
        review=shown,
        viewer=shown.viewer,
        number=number,
        since=claim.version,
        known=known,
        news=(),
    )
