"""Leads whoever is to judge a decision blindly to the page for that, before another page tells it to them."""

from http import HTTPStatus

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.current import current_actor
from portal.claims.answering import desk_of_app
from portal.claims.blindness import spoiled_by
from portal.db import db
from portal.languages.sentences import gettext


def led_to_judging(number: str) -> AnyResponse | None:
    """Return the way to the second review that the page of the claim would spoil for the reader, or None."""
    spoiled = spoiled_by(db.session(), desk_of_app(), number, current_actor())
    if spoiled is None:
        return None
    if spoiled != number:
        told = gettext(
            "%(number)s is for a product and customer of %(spoiled)s, and would tell how that was decided. "
            "Give your opinion first, or leave it to others.",
            number=number,
            spoiled=spoiled,
        )
        flash(told, "info")
    return redirect(url_for("second_reviews.second_review", number=spoiled), HTTPStatus.SEE_OTHER)
