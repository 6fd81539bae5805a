"""Leads whoever is to judge a decision blindly to the page for that, before another page tells it to them."""

from collections.abc import Collection
from http import HTTPStatus

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.current import current_actor
from portal.claims.answering import desk_of_app
from portal.claims.blindness import spoiled_by
from portal.db import db
from portal.languages.sentences import gettext
from portal.web.htmx import respond

JUDGING = "second_reviews.second_review"  # the route of the page on which a decision is judged blindly


def led_to_judging(number: str, beside: Collection[str] = ()) -> AnyResponse | None:
    """Return the way to the second review that the page of the claim would spoil for the reader, or None.

    `beside` are the numbers of further claims that the page tells of.
    """
    spoiled = spoiled_by(db.session(), desk_of_app(), [number, *beside], current_actor())
    if spoiled is None:
        return None
    if spoiled != number:
        flash(_told(number, spoiled), "info")
    return redirect(url_for(JUDGING, number=spoiled), HTTPStatus.SEE_OTHER)


def kept_from_acting(number: str) -> AnyResponse | None:
    """Return what to show instead of acting on the claim where that would spoil a second review, or None.

    Whether the claim takes an action tells as much as its page does. What was typed is given back.
    """
    spoiled = spoiled_by(db.session(), desk_of_app(), [number], current_actor())
    if spoiled is None:
        return None
    response = respond(
        "reviews/judging_first.html",
        "reviews/_judging_first.html",
        status=HTTPStatus.CONFLICT,
        number=number,
        spoiled=spoiled,
        told=_told(number, spoiled) if spoiled != number else "",
        typed=request.form.get("message", ""),
    )
    # A look ahead at mails asks for a part of the page, which stays as it is; this comes above it.
    response.headers["HX-Retarget"] = "#flashes"
    response.headers["HX-Reswap"] = "innerHTML show:window:top"  # stays English: htmx's words
    return response


def _told(number: str, spoiled: str) -> str:
    return gettext(
        "%(number)s is for a product and customer of %(spoiled)s, or competes with a claim that is, and "
        "would tell how that was decided. Give your opinion first, or leave it to others.",
        number=number,
        spoiled=spoiled,
    )
