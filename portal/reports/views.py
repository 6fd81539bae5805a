"""The pages of the reports, and each as a file."""

from flask import Blueprint, Response, abort

from portal.accounts.current import current_actor
from portal.claims.answering import desk_of_app
from portal.db import db
from portal.reports.export import report_file
from portal.reports.kinds import KINDS
from portal.reports.shapes import Asked, Kind
from portal.web.access import allow
from portal.web.downloads import attachment
from portal.web.guard import may
from portal.web.htmx import respond

blueprint = Blueprint("reports", __name__)


@blueprint.get("/reports")
@allow("reports.read")
def reports() -> Response:
    """Show which reports there are."""
    return respond("reports/reports.html", kinds=[kind for kind in KINDS.values() if may(kind.permission)])


@blueprint.get("/reports/<code>")
@allow("reports.read")
def report(code: str) -> Response:
    """Show one report: its picture, and the table of it."""
    kind = _kind(code)
    return respond("reports/report.html", kind=kind, report=kind.make(_asked()))


@blueprint.get("/reports/<code>.csv")
@allow("reports.read")
def report_csv(code: str) -> Response:
    """Hand over the table of one report."""
    kind = _kind(code)
    response = Response(report_file(kind.make(_asked())), mimetype="text/csv")
    response.headers["Content-Disposition"] = attachment(f"{code}-{_asked().today.isoformat()}.csv")
    return response


def _kind(code: str) -> Kind:
    """Return the report; one that is not the reader's does not exist for them."""
    kind = KINDS.get(code)
    if kind is None or not may(kind.permission):
        abort(404)
    return kind


def _asked() -> Asked:
    desk = desk_of_app()
    return Asked(db.session(), desk, current_actor(), desk.today())
