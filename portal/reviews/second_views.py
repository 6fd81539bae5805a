"""The pages of second reviews: what waits, one decision to be judged, and both opinions afterwards."""

from http import HTTPStatus

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.absence import back_after
from portal.accounts.current import current_actor
from portal.accounts.model import Person
from portal.claims.answering import desk_of_app, sent_answers
from portal.claims.blindness import JUDGE_AGAIN, review_asked_of
from portal.claims.preview_views import sought_page
from portal.claims.queries import find_claim
from portal.claims.refusals import Invalid
from portal.db import db, row_id
from portal.languages.sentences import gettext
from portal.reviews.judging import Judged, JudgedMeanwhile, MayNotJudge, judge, step_aside
from portal.reviews.panels import NotTaken, opinion_panels
from portal.reviews.second_queries import READ_OPINIONS, given_by, opinions, waiting
from portal.reviews.second_showing import second_shown
from portal.reviews.showing import Looking
from portal.web.access import allow
from portal.web.htmx import respond

blueprint = Blueprint("second_reviews", __name__)


@blueprint.get("/reviews/second")
@allow(JUDGE_AGAIN)
def second_reviews() -> Response:
    """Show the decisions that wait for the reader's opinion, and those that they judged."""
    session, desk, actor = db.session(), desk_of_app(), current_actor()
    away_until = back_after(session.get_one(Person, actor.person_id), desk.today())
    rows = waiting(session, desk, actor)
    judged = given_by(session, desk, actor)
    return respond("reviews/second_reviews.html", rows=rows, judged=judged, away_until=away_until)


@blueprint.get("/reviews/second/<claim_number:number>")
@allow(JUDGE_AGAIN)
def second_review(number: str) -> AnyResponse:
    """Show the claim as it stood before a decision, without the decision."""
    return _page(number)


@blueprint.post("/reviews/second/<claim_number:number>")
@allow(JUDGE_AGAIN)
def give(number: str) -> AnyResponse:
    """Record what the reader would have decided, and show both opinions."""
    opinion, review_id = request.form.get("opinion", ""), row_id(request.form.get("review", ""))
    try:
        done = judge(desk_of_app(), number, review_id, current_actor(), opinion, sent_answers())
    except Invalid as invalid:
        return _page(number, NotTaken(opinion, request.form, invalid.errors))
    except MayNotJudge:
        return _page(number, NotTaken(opinion, request.form))
    except JudgedMeanwhile as over:
        told = {"number": number, "why": over.why, "typed": request.form.get("message", "")}
        return respond("reviews/second_over.html", status=HTTPStatus.CONFLICT, **told)
    flash(*_recorded(done))
    return redirect(url_for("second_reviews.both", review_id=done.review_id), HTTPStatus.SEE_OTHER)


@blueprint.post("/reviews/second/<claim_number:number>/leaving")
@allow(JUDGE_AGAIN)
def leave(number: str) -> AnyResponse:
    """Leave the second review to others, and go on to the claim as it is now."""
    step_aside(desk_of_app(), number, row_id(request.form.get("review", "")), current_actor())
    flash(gettext("You left this second review to others, and see the claim as it is now."), "success")
    return redirect(url_for("reviews.review", number=number), HTTPStatus.SEE_OTHER)


@blueprint.get("/reviews/second/opinions/<int(max=2147483647):review_id>")
@allow(JUDGE_AGAIN, READ_OPINIONS)
def both(review_id: int) -> Response:
    """Show both opinions about one decision side by side."""
    found = opinions(db.session(), desk_of_app(), review_id, current_actor())
    return respond("reviews/opinions.html", opinions=found or abort(HTTPStatus.NOT_FOUND))


def _recorded(done: Judged) -> tuple[str, str]:
    """Return what to say of a form that led to both opinions, and in which tone."""
    if done.as_sent:
        return gettext("Your opinion was recorded. This is how it compares with the decision."), "success"
    told = gettext(
        "You had judged this decision before, and what you sent now was not recorded: an opinion is given "
        "once, and the one below stands."
    )
    return told, "info"


def _page(number: str, not_taken: NotTaken | None = None) -> AnyResponse:
    session, desk, actor = db.session(), desk_of_app(), current_actor()
    review = review_asked_of(session, desk, number, actor)
    if review is None:
        find_claim(session, desk, number, actor)
        flash(gettext("No second review of %(number)s waits for you any more.", number=number), "info")
        return redirect(url_for("second_reviews.second_reviews"), HTTPStatus.SEE_OTHER)
    looking = Looking(row_id(request.args.get("document_id", "")) or 0, sought_page(request.args))
    shown = second_shown(session, desk, review, actor, looking)
    return respond(
        "reviews/second_review.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if not_taken else HTTPStatus.OK,
        shown=shown,
        viewer=shown.viewer,
        outcomes=opinion_panels(session, desk, review, not_taken),
        typed=not_taken.typed.get("message", "") if not_taken else "",
    )
