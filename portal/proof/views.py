"""The proof pack of a claim as a file, and the public key with which anybody verifies it."""

from http import HTTPStatus

from flask import Blueprint, Response, render_template
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.current import current_actor
from portal.claims.answering import desk_of_app
from portal.claims.spoiling_views import led_to_judging
from portal.db import db
from portal.proof.collecting import TooLarge, proof
from portal.proof.keys import public_pem
from portal.proof.packing import COMMANDS, KEY, Pages, pack
from portal.rulebook.decision import CouldNotBeDecided
from portal.web.access import allow, allow_anyone
from portal.web.downloads import attachment
from portal.web.htmx import respond
from portal.web.undecided import note_undecided

blueprint = Blueprint("proof", __name__)


@blueprint.get("/claims/<claim_number:number>/proof-pack.zip")
@allow("claims.read")
def of_claim(number: str) -> Response:
    """Hand over the proof pack of a claim as its organization may see it."""
    return _pack(number, "claims.claim")


@blueprint.get("/reviews/<claim_number:number>/proof-pack.zip")
@allow("reviews.read")
def of_review(number: str) -> AnyResponse:
    """Hand over the proof pack of a claim as reviewers may see it."""
    return led_to_judging(number) or _pack(number, "reviews.review")


@blueprint.get("/proof-key.pem")
@allow_anyone
def key() -> Response:
    """Hand over the public key of the installation, with which proof packs are verified."""
    response = Response(public_pem(desk_of_app().secret), mimetype="application/x-pem-file")
    response.headers["Content-Disposition"] = attachment(KEY)
    return response


def _pack(number: str, back: str) -> Response:
    desk, actor = desk_of_app(), current_actor()
    try:
        found = proof(db.session(), desk, number, actor)
    except TooLarge as error:
        return respond(
            "proof/none.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            number=number,
            back=back,
            told=str(error),
        )
    except CouldNotBeDecided as error:
        note_undecided(error)
        return respond(
            "proof/none.html", status=HTTPStatus.SERVICE_UNAVAILABLE, number=number, back=back, told=""
        )
    told = {"proof": found, "commands": COMMANDS}
    pages = Pages(render_template("proof/index.html", **told), render_template("proof/README.txt", **told))
    response = Response(pack(desk, actor, found, pages), mimetype="application/zip", direct_passthrough=True)
    response.headers["Content-Disposition"] = attachment(f"{number}-proof-pack.zip")
    return response
