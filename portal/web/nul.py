"""Turns requests away that no code behind can read: with a NUL, which no database keeps, or without names."""

from collections.abc import Iterable

from flask import Flask, Response, request
from werkzeug.datastructures import MultiDict

from portal.languages.sentences import lazy_gettext
from portal.web.errors import ErrorText, error_page

NUL = "\x00"
HOLDS_NUL = ErrorText(
    lazy_gettext("The portal cannot read this request"),
    lazy_gettext(
        "The address or a text of the form holds an invisible character (NUL) that cannot be kept. "
        "Nothing was saved."
    ),
    (
        lazy_gettext("Go back with your browser; it shows what you typed."),
        lazy_gettext("Type anew what you pasted from elsewhere, and send the form again."),
    ),
)

NAMELESS = ErrorText(
    lazy_gettext("The portal cannot read this request"),
    lazy_gettext("A part of the form has no name, which no browser sends. Nothing was saved."),
    (lazy_gettext("Load the page anew, put your texts in again and send the form."),),
)


def refuse_nameless_fields(app: Flask) -> None:
    """Answer 400 where a part of a form has no name; installed behind the guard and before all that reads."""

    @app.before_request
    def refuse_nameless() -> Response | None:
        names: list[str | None] = [
            *request.form,
            *request.files,
        ]  # typed as texts, which a client need not send
        return error_page(400, NAMELESS) if None in names else None


def refuse_nul_in_addresses(app: Flask) -> None:
    """Answer 400 where the path or the query holds a NUL; installed before the guard."""

    @app.before_request
    def refuse_address() -> Response | None:
        return error_page(400, HOLDS_NUL) if NUL in request.path or _holds_nul(request.args) else None


def refuse_nul_in_forms(app: Flask, *, except_at: Iterable[str] = ()) -> None:
    """Answer 400 where a text of a form holds a NUL; installed behind the guard, which reads no forms.

    `except_at` are endpoints that judge such texts themselves.
    """
    judging_themselves = frozenset(except_at)

    @app.before_request
    def refuse_form() -> Response | None:
        if request.endpoint in judging_themselves:
            return None
        return error_page(400, HOLDS_NUL) if _holds_nul(request.form) else None


def _holds_nul(texts: MultiDict[str, str]) -> bool:
    return any(NUL in name or NUL in text for name, text in texts.items(multi=True))
