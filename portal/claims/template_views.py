"""The route of the proof-of-execution template, which is filled with one claim."""

from flask import Blueprint, Response

from portal.accounts.current import current_actor
from portal.claims.answering import desk_of_app
from portal.claims.poe_template import poe_template
from portal.claims.queries import find_claim
from portal.db import db
from portal.evidence.intake import DOCX
from portal.web.access import allow
from portal.web.downloads import attachment

blueprint = Blueprint("template", __name__)


@blueprint.get("/claims/<claim_number:number>/template.docx")
@allow("claims.edit")
def of_claim(number: str) -> Response:
    """Hand over the template as a file, to whoever may add documents to the claim."""
    desk = desk_of_app()
    claim = find_claim(db.session(), desk, number, current_actor())
    response = Response(poe_template(desk, claim), mimetype=DOCX)
    response.headers["Content-Disposition"] = attachment(f"proof-of-execution-{claim.number}.docx")
    return response
