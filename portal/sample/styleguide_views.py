"""The style guide: every component in all its states. Only the demo has the page."""

from flask import Blueprint, Response

from portal.claims.answering import desk_of_app
from portal.db import db
from portal.sample.panels import examples
from portal.web.access import allow_anyone
from portal.web.htmx import respond

blueprint = Blueprint("styleguide", __name__)

TONES = ("neutral", "info", "attention", "success", "danger")
# Of portal/static/styles/tokens.css; a test holds that none is missing.
COLORS = (
    "canvas", "surface", "surface-sunken", "surface-hover", "ink", "ink-soft", "line", "line-strong", "brand",
    "brand-strong", "brand-fill", "brand-fill-hover", "brand-soft", "on-brand", "focus", "success",
    "success-soft", "attention", "attention-soft", "danger", "danger-soft", "danger-fill",
    "danger-fill-hover",
)  # fmt: skip
SIZES = ("s", "m", "l", "xl")


@blueprint.get("/styleguide")
@allow_anyone
def styleguide() -> Response:
    """Show the components, with examples made of the policy in force."""
    return respond(
        "styleguide/styleguide.html",
        shown=examples(db.session(), desk_of_app()),
        tones=TONES,
        colors=COLORS,
        sizes=SIZES,
    )
