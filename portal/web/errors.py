"""Error pages: each says what happened, what to do next, and never how the portal works inside."""

from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, Response, g
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from portal.languages.catalogs import spoken_everywhere
from portal.languages.sentences import lazy_gettext
from portal.rulebook.decision import CouldNotBeDecided
from portal.web.htmx import respond
from portal.web.languages import answer_in_english, language
from portal.web.undecided import note_undecided


@dataclass(frozen=True)
class ErrorText:
    """The words of one error page. `advice` are the steps to take, in order."""

    heading: str
    text: str
    advice: tuple[str, ...]


BAD_REQUEST = ErrorText(
    lazy_gettext("The portal could not read this request"),
    lazy_gettext("The address or the form was incomplete."),
    (lazy_gettext("Go back to the page you came from, load it anew and try again."),),
)
FORM_TOO_OLD = ErrorText(
    lazy_gettext("This form is no longer valid"),
    lazy_gettext(
        "Your sign-in changed after the page was opened, or your browser sent no cookies. Nothing was saved."
    ),
    (
        lazy_gettext("Go back with your browser; it shows what you typed."),
        lazy_gettext("Copy longer texts to a safe place."),
        lazy_gettext("Load the page anew, put them in again and send the form."),
    ),
)
TEXTS = {
    400: BAD_REQUEST,
    401: ErrorText(
        lazy_gettext("Sign in to go on"),
        lazy_gettext("This page is only for people who signed in."),
        (lazy_gettext("Sign in."),),
    ),
    403: ErrorText(
        lazy_gettext("You may not do this"),
        lazy_gettext("None of your roles allows it."),
        (lazy_gettext("Ask whoever looks after the people of your organization for the role you need."),),
    ),
    404: ErrorText(
        lazy_gettext("There is no such page"),
        lazy_gettext(
            "The address may be mistyped, or the page is gone, or it belongs to another organization."
        ),
        (lazy_gettext("Check the address."), lazy_gettext("Look for it from the start page.")),
    ),
    405: ErrorText(
        lazy_gettext("This address cannot be opened like this"),
        lazy_gettext("It only takes a form that was filled in on another page."),
        (lazy_gettext("Begin at the start page."),),
    ),
    409: ErrorText(
        lazy_gettext("Somebody was faster"),
        lazy_gettext("What you wanted to change was changed in between. Nothing was saved."),
        (lazy_gettext("Load the page anew, look at what changed, and decide again."),),
    ),
    413: ErrorText(
        lazy_gettext("This is too large"),
        lazy_gettext("The files together are larger than the portal takes. Nothing was saved."),
        (
            lazy_gettext("Go back and choose fewer or smaller files."),
            lazy_gettext("Send the others afterwards."),
        ),
    ),
    422: ErrorText(
        lazy_gettext("Something in the form is missing or wrong"),
        lazy_gettext("Nothing was saved."),
        (lazy_gettext("Go back, mend the form and send it again."),),
    ),
    429: ErrorText(
        lazy_gettext("Too many tries"),
        lazy_gettext("To protect accounts the portal takes no more of these for a while."),
        (lazy_gettext("Wait a few minutes, then try again."),),
    ),
    500: ErrorText(
        lazy_gettext("Something went wrong in the portal"),
        lazy_gettext("The mistake is the portal’s. What you wanted to do was not done."),
        (
            lazy_gettext("Go back and try again."),
            lazy_gettext("If it happens again, tell the operator and give the number below."),
        ),
    ),
    503: ErrorText(
        lazy_gettext("The portal cannot do this at the moment"),
        lazy_gettext("A part that it needs did not answer. Nothing was changed."),
        (
            lazy_gettext("Try again in a few minutes."),
            lazy_gettext("If it happens again, tell the operator and give the number below."),
        ),
    ),
}
KEPT_HEADERS = ("Allow", "Retry-After")  # stays English: names of headers
# These, and those from 500 on, are shown where little else works, so they need no translation.
IN_ENGLISH = (400, 429)


def install_errors(app: Flask) -> None:
    """Answer every error of the app with its page."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, lambda _error: error_page(400, FORM_TOO_OLD))
    app.register_error_handler(CouldNotBeDecided, _could_not_be_decided)


def _http_error(error: HTTPException) -> Response:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    response = error_page(status)
    for name in KEPT_HEADERS:
        if name in (kept := error.get_response().headers):
            response.headers[name] = kept[name]
    return response


def _could_not_be_decided(error: CouldNotBeDecided) -> Response:
    note_undecided(error)
    return error_page(503)


def error_page(status: int, text: ErrorText | None = None) -> Response:
    """Return the error page of `status`, with `text` instead of its usual words where given.

    htmx puts the partial where a page shows its notices, whatever part it wanted to change.
    """
    if _is_english(status):
        answer_in_english()
    general = TEXTS[500] if status >= HTTPStatus.INTERNAL_SERVER_ERROR else BAD_REQUEST
    response = respond(
        "errors/error.html",
        "errors/_error.html",
        status=status,
        error=text or TEXTS.get(status, general),
        request_id=g.get("request_id", "") if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "",
    )
    response.headers["HX-Retarget"] = "#flashes"
    # stays English: htmx's words
    response.headers["HX-Reswap"] = "innerHTML show:window:top"
    return response


def _is_english(status: int) -> bool:
    """Tell whether the error page of `status` is English, whatever language the page before was in."""
    needs_nothing = status in IN_ENGLISH or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return needs_nothing or language() not in spoken_everywhere()
