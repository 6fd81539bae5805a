"""The pages of the reports, and each as a file."""

from flask import Blueprint, Response, abort

from portal.accounts.current import current_actor
from portal.claims.answering import desk_of_app
from portal.db import db
from portal.reports.export import report_file
from portal.reports.kinds import offered
from portal.reports.shapes import Asked, Kind
from portal.web.access import allow
from portal.web.downloads import attachment
from portal.web.htmx import respond

blueprint = Blueprint("reports", __name__)


@blueprint.get("/reports")
@allow("reports.read")
def reports() -> Response:
    """Show which reports there are."""
    return respond("reports/reports.html", kinds=offered(desk_of_app(), current_actor()).values())


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
    response = Response(report_file(_kind(code).make(_asked())), mimetype="text/csv")
    response.headers["Content-Disposition"] = attachment(f"{code}-{_asked().today.isoformat()}.csv")
    return response


def _kind(code: str) -> Kind:
    return offered(desk_of_app(), current_actor()).get(code) or abort(404)


def _asked() -> Asked:
    desk = desk_of_app()
    return Asked(db.session(), desk, current_actor(), desk.today())
