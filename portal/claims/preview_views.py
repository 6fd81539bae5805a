"""The routes by which pages of a claim's documents are looked at inside the portal."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, Response, request

from portal.accounts.current import current_actor
from portal.claims.answering import desk_of_app
from portal.claims.documents import beside, find_document, note_reading
from portal.claims.queries import READ_OWN, READ_SUBMITTED
from portal.claims.refusals import NotThere
from portal.claims.viewing import AS_TEXT, Sought, viewed
from portal.db import db, row_id
from portal.evidence.previewing import NoPreview, has_pictures, pages_shown
from portal.web.access import allow
from portal.web.downloads import attachment
from portal.web.htmx import respond

blueprint = Blueprint("previews", __name__)

HERE = "previews.view"
# Pages with the viewer beside other things: a script asks for it alone, and its links stay there.
BESIDE = {name: name for name in ("reviews.review", "second_reviews.second_review")}
# A drawn page is the portal's own picture, and still nothing of it may ever act.
CONTENT_SECURITY_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"  # stays English: a header


@blueprint.get(
    "/claims/<claim_number:number>/documents/<int(max=2147483647):document_id>/pages/<int(max=9999):page>"
)
@allow(READ_OWN, READ_SUBMITTED)
def page(number: str, document_id: int, page: int) -> Response:
    """Hand over one page of a document as a picture, or a sentence that says why it cannot be drawn."""
    desk, actor = desk_of_app(), current_actor()
    row = find_document(db.session(), desk, number, document_id, actor)
    if not has_pictures(row.file) or not 1 <= page <= pages_shown(row.file):
        raise NotThere
    try:
        response = Response(desk.previews.picture(row.file, page, actor.key).content, mimetype="image/png")
    except NoPreview as reason:
        response = Response(str(reason), HTTPStatus.UNPROCESSABLE_ENTITY, mimetype="text/plain")
    else:
        note_reading(desk, row, actor, page=True)
    return _harmless(response, f"page-{page}.png")


@blueprint.get("/claims/<claim_number:number>/documents/<int(max=2147483647):document_id>/view")
@allow(READ_OWN, READ_SUBMITTED)
def view(number: str, document_id: int) -> Response:
    """Show a document page by page, with the claim's other documents beside it."""
    desk, actor = desk_of_app(), current_actor()
    row = find_document(db.session(), desk, number, document_id, actor)
    others = beside(db.session(), desk, row, actor)
    endpoint = BESIDE.get(request.args.get("beside", ""), HERE)
    shown = viewed(desk, row, others, actor, endpoint, sought_page(request.args))
    return respond("claims/document.html", "claims/_viewer.html", viewer=shown)


def _harmless(response: Response, name: str) -> Response:
    """Let nothing of a document act; a page shows the picture, which opened by itself is a download."""
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["Content-Disposition"] = attachment(name)
    return response


def sought_page(parameters: Mapping[str, str]) -> Sought:
    """Return the page that an address asks for; anything that is no page is the first one."""
    return Sought(row_id(parameters.get("page", "")) or 1, parameters.get("as") == AS_TEXT)
