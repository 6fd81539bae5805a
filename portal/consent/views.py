"""The customer's page behind the signed link: looking changes nothing, an answer is sent by a form."""

from flask import Blueprint, Response, current_app, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.claims.desk import Desk
from portal.claims.refusals import Invalid, NotThere, Refused
from portal.consent.asking import AnsweredBefore, LinkVoid, answer, request_of
from portal.db import db
from portal.languages.sentences import gettext
from portal.web.access import allow_anyone
from portal.web.headers import keep_token_private
from portal.web.htmx import respond
from portal.web.languages import chosen_language, language

blueprint = Blueprint("consent", __name__)


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
        answer(db.session(), _desk(), token, request.form.to_dict(), language())
    except Invalid:
        return _page(token, status=422, errors=[gettext("Choose one of the answers on the page.")])
    except Refused:
        return _page(token, status=409, errors=_refused())
    except AnsweredBefore as before:
        return _page(token, status=409, errors=_told(before))
    return redirect(url_for("consent.consent", token=token, lang=chosen_language()), 303)


def _refused() -> list[str]:
    """Say that an answer cannot be given; a customer changes nothing else, so what helps is on the page."""
    return [
        gettext("This answer cannot be given any more, because something has changed since you were asked."),
        gettext("What you can answer now is below. If you expected something else, ask the partner."),
    ]


def _told(before: AnsweredBefore) -> list[str]:
    """Say what was answered, and what can be done for another answer to count."""
    if before.final:
        more = gettext(
            "That answer ended what this link asks. Ask the partner for a new link to give another."
        )
    else:
        more = gettext("If you have changed your mind, give your new answer once more below.")
    told = gettext(
        "You answered “%(answer)s” before, in another window or on another day.", answer=before.label
    )
    return [told, more]


def _page(token: str, status: int = 200, errors: list[str] | None = None) -> Response:
    asked = request_of(db.session(), _desk(), token, language())
    return respond("consent/consent.html", status=status, asked=asked, token=token, errors=errors or [])


@blueprint.errorhandler(NotThere)
def unknown_link(_error: NotThere) -> Response:
    return respond("consent/no_link.html", status=404, partner="")


@blueprint.errorhandler(LinkVoid)
def void_link(error: LinkVoid) -> Response:
    return respond("consent/no_link.html", status=404, partner=error.partner)


blueprint.after_request(keep_token_private)
