"""The page behind every "Why?": what was decided, by which rules, from which facts."""

from flask import Blueprint, Response, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.current import current_actor
from portal.claims.answering import desk_of_app
from portal.claims.explaining import decided_event, explain_assessed, explain_event, side_of
from portal.claims.queries import find_claim
from portal.claims.spoiling_views import led_to_judging
from portal.claims.timeline import name_for
from portal.db import db
from portal.web.access import allow
from portal.web.htmx import respond

blueprint = Blueprint("why", __name__)


@blueprint.get("/claims/<claim_number:number>/events/<int(max=2147483647):place>")
@allow("claims.read")
def of_claim(number: str, place: int) -> Response:
    """Explain to a partner what was decided at one moment of their claim."""
    return _page(number, place, url_for("claims.claim", number=number))


@blueprint.get("/reviews/<claim_number:number>/events/<int(max=2147483647):place>")
@allow("reviews.read")
def of_review(number: str, place: int) -> AnyResponse:
    """Explain to a reviewer what was decided at one moment of a claim."""
    return led_to_judging(number) or _page(number, place, url_for("reviews.review", number=number))


def _page(number: str, place: int, back: str) -> Response:
    session, desk, actor = db.session(), desk_of_app(), current_actor()
    claim = find_claim(session, desk, number, actor)
    event = decided_event(session, claim, place)
    return respond(
        "claims/why.html",
        found=explain_event(desk, session, event, side_of(actor)),
        assessed=explain_assessed(desk, session, event, side_of(actor)),
        side=side_of(actor),
        event=event,
        who=name_for(actor, event),
        back=back,
    )
