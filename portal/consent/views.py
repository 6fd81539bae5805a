"""The customer's page behind the signed link: looking changes nothing, an answer is sent by a form."""

from flask import Blueprint, Response, current_app, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.claims.desk import Desk
from portal.claims.refusals import Invalid, NotThere, Refused
from portal.consent.asking import AnsweredBefore, LinkVoid, answer, request_of
from portal.db import db
from portal.web.access import allow_anyone
from portal.web.headers import keep_token_private
from portal.web.htmx import respond

blueprint = Blueprint("consent", __name__)

# A customer moves nothing but this, so that what would change a refusal is what the page offers.
NOW = "What you can answer now is below. If you expected something else, ask the partner."


def _desk() -> Desk:
    desk: Desk = current_app.extensions["desk"]
    return desk


@blueprint.get("/consent/<token>")
@allow_anyone
def consent(token: str) -> Response:
    """Show who is associated with the customer, for what, and what can be answered."""
    return _page(token)


@blueprint.post("/consent/<token>")
@allow_anyone
def give_answer(token: str) -> AnyResponse:
    """Record the customer's answer and show it."""
    try:
        answer(db.session(), _desk(), token, request.form.to_dict())
    except Invalid as invalid:
        return _page(token, status=422, errors=list(invalid.errors.values()))
    except Refused as refused:
        return _page(token, status=409, errors=[*(reason.text for reason in refused.decision.reasons), NOW])
    except AnsweredBefore as before:
        return _page(token, status=409, errors=[_told(before)])
    return redirect(url_for("consent.consent", token=token), 303)


def _told(before: AnsweredBefore) -> str:
    """Say what was answered, and what can be done for another answer to count."""
    told = f"You answered “{before.label}” before, in another window or on another day."
    again = "If you have changed your mind, give your new answer once more below."
    ended = "That answer ended what this link asks. Ask the partner for a new link to give another."
    return f"{told} {ended if before.final else again}"


def _page(token: str, status: int = 200, errors: list[str] | None = None) -> Response:
    asked = request_of(db.session(), _desk(), token)
    return respond("consent/consent.html", status=status, asked=asked, token=token, errors=errors or [])


@blueprint.errorhandler(NotThere)
def unknown_link(_error: NotThere) -> Response:
    return respond("consent/no_link.html", status=404, partner="")


@blueprint.errorhandler(LinkVoid)
def void_link(error: LinkVoid) -> Response:
    return respond("consent/no_link.html", status=404, partner=error.partner)


blueprint.after_request(keep_token_private)
