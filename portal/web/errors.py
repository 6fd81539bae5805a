"""Error pages: each says what happened, what to do next, and never how the portal works inside."""

from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, Response, g
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from portal.rulebook.decision import CouldNotBeDecided
from portal.web.htmx import respond
from portal.web.languages import answer_in_english
from portal.web.undecided import note_undecided


@dataclass(frozen=True)
class ErrorText:
    """The words of one error page. `advice` are the steps to take, in order."""

    heading: str
    text: str
    advice: tuple[str, ...]


BAD_REQUEST = ErrorText(
    "The portal could not read this request",
    "The address or the form was incomplete.",
    ("Go back to the page you came from, load it anew and try again.",),
)
FORM_TOO_OLD = ErrorText(
    "This form is no longer valid",
    "Your sign-in changed after the page was opened, or your browser sent no cookies. Nothing was saved.",
    (
        "Go back with your browser; it shows what you typed.",
        "Copy longer texts to a safe place.",
        "Load the page anew, put them in again and send the form.",
    ),
)
TEXTS = {
    400: BAD_REQUEST,
    401: ErrorText("Sign in to go on", "This page is only for people who signed in.", ("Sign in.",)),
    403: ErrorText(
        "You may not do this",
        "None of your roles allows it.",
        ("Ask whoever looks after the people of your organization for the role you need.",),
    ),
    404: ErrorText(
        "There is no such page",
        "The address may be mistyped, or the page is gone, or it belongs to another organization.",
        ("Check the address.", "Look for it from the start page."),
    ),
    405: ErrorText(
        "This address cannot be opened like this",
        "It only takes a form that was filled in on another page.",
        ("Begin at the start page.",),
    ),
    409: ErrorText(
        "Somebody was faster",
        "What you wanted to change was changed in between. Nothing was saved.",
        ("Load the page anew, look at what changed, and decide again.",),
    ),
    413: ErrorText(
        "This is too large",
        "The files together are larger than the portal takes. Nothing was saved.",
        ("Go back and choose fewer or smaller files.", "Send the others afterwards."),
    ),
    422: ErrorText(
        "Something in the form is missing or wrong",
        "Nothing was saved.",
        ("Go back, mend the form and send it again.",),
    ),
    429: ErrorText(
        "Too many tries",
        "To protect accounts the portal takes no more of these for a while.",
        ("Wait a few minutes, then try again.",),
    ),
    500: ErrorText(
        "Something went wrong in the portal",
        "The mistake is the portal’s. What you wanted to do was not done.",
        ("Go back and try again.", "If it happens again, tell the operator and give the number below."),
    ),
    503: ErrorText(
        "The portal cannot do this at the moment",
        "A part that it needs did not answer. Nothing was changed.",
        ("Try again in a few minutes.", "If it happens again, tell the operator and give the number below."),
    ),
}
KEPT_HEADERS = ("Allow", "Retry-After")


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
    response.headers["HX-Reswap"] = "innerHTML show:window:top"
    return response
