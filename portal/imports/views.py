"""The pages of operators who import files: all imports, one of them, and what can be done with it."""

from collections.abc import Callable

from flask import Blueprint, Response, current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.actor import Actor
from portal.accounts.current import current_actor
from portal.db import db
from portal.imports import files, listing, showing, using
from portal.imports.importer import Importer, NoImport, NotNow
from portal.imports.kinds import Kind
from portal.imports.running import bring, use_now
from portal.imports.setbacks import try_soon
from portal.imports.sheets import NoSheet
from portal.imports.taking import CSV
from portal.imports.workbooks import MEDIA_TYPE
from portal.languages.sentences import gettext
from portal.web.access import allow
from portal.web.downloads import attachment
from portal.web.errors import error_page
from portal.web.htmx import respond

blueprint = Blueprint("imports", __name__)

MANAGE = "imports.manage"
ONE = "/imports/<int(max=2147483647):import_id>"


@blueprint.get("/imports")
@allow(MANAGE)
def imports() -> Response:
    """Show the imports, newest first, and the form for another file."""
    return _list()


@blueprint.post("/imports")
@allow(MANAGE)
def add() -> AnyResponse:
    """Take a file in and check its rows; nothing of it counts before it is used."""
    file, kind = request.files.get("file"), request.form.get("kind", "")
    if file is None or not file.filename or kind not in _importer().kinds:
        return _list(422, _missing(file.filename if file else "", kind))
    try:
        import_id = bring(_importer(), kind, file.filename, file.stream, current_actor())  # type: ignore[arg-type]  # a file
    except NoSheet as refused:
        return _list(422, {"file": str(refused)})
    return redirect(url_for("imports.one", import_id=import_id), 303)


@blueprint.get(ONE)
@allow(MANAGE)
def one(import_id: int) -> Response:
    """Show one import: how far it has come, its mistakes, and what can be done."""
    return _page(import_id)


@blueprint.get(f"{ONE}/progress")
@allow(MANAGE)
def progress(import_id: int) -> Response:
    """Tell how far the reading has come; when it is done, the whole page is to be loaded."""
    page = showing.import_page(db.session(), _importer(), import_id)
    response = respond("imports/_standing.html", page=page)
    if not page.reading:
        response.headers["HX-Refresh"] = "true"
    return response


@blueprint.post(f"{ONE}/use")
@allow(MANAGE)
def use(import_id: int) -> AnyResponse:
    """Let the rows count."""
    return _changed(import_id, use_now, gettext("Every row of the file counts now."))


@blueprint.post(f"{ONE}/undo")
@allow(MANAGE)
def undo(import_id: int) -> AnyResponse:
    """Let the rows count no more."""
    return _changed(
        import_id,
        using.undo,
        gettext("The import was undone."),
    )


@blueprint.post(f"{ONE}/discard")
@allow(MANAGE)
def discard(import_id: int) -> AnyResponse:
    """Throw away the rows of an import that was never used."""
    return _changed(import_id, using.drop, gettext("The import was discarded; nothing of it ever counted."))


@blueprint.post(f"{ONE}/retry")
@allow(MANAGE)
def retry(import_id: int) -> AnyResponse:
    """Let the background work try at its next turn what failed."""
    return _changed(import_id, try_soon, gettext("It is tried within a minute. Load the page anew then."))


@blueprint.get(f"{ONE}/file")
@allow(MANAGE)
def file(import_id: int) -> Response:
    """Hand over the file as it was imported; of a workbook that is its first sheet as CSV."""
    row = showing.find_import(db.session(), import_id)
    response = Response(_importer().files.open(row.sha256), mimetype=CSV, direct_passthrough=True)
    name = row.file_name if row.file_name.casefold().endswith(".csv") else f"{row.file_name}.csv"
    return _saved(response, name)


@blueprint.get(f"{ONE}/mistakes.csv")
@allow(MANAGE)
def mistakes(import_id: int) -> Response:
    """Hand over the listed mistakes as a file."""
    showing.find_import(db.session(), import_id)
    found = showing.mistakes_of(db.session(), import_id)
    return _saved(Response(files.mistakes_csv(found), mimetype=CSV), f"mistakes-of-import-{import_id}.csv")


@blueprint.get("/imports/<kind>/template.csv")
@allow(MANAGE)
def template_csv(kind: str) -> Response:
    """Hand over the headings of a kind with an example."""
    return _saved(Response(files.template_csv(_kind(kind)), mimetype=CSV), f"{kind}.csv")


@blueprint.get("/imports/<kind>/template.xlsx")
@allow(MANAGE)
def template_xlsx(kind: str) -> Response:
    """Hand over the same as a workbook."""
    return _saved(Response(files.template_xlsx(_kind(kind)), mimetype=MEDIA_TYPE), f"{kind}.xlsx")


@blueprint.errorhandler(NoImport)
def not_there(_error: NoImport) -> Response:
    return error_page(404)


def _importer() -> Importer:
    importer: Importer = current_app.extensions["importer"]
    return importer


def _kind(code: str) -> Kind:
    """Return a kind by its code. Raises NoImport."""
    try:
        return _importer().kinds[code]
    except KeyError:
        raise NoImport from None


def _missing(file_name: str | None, kind: str) -> dict[str, str]:
    return listing.missing(file_name or "", kind_is_chosen=kind in _importer().kinds)


def _saved(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = attachment(name)
    # stays English: a header
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    return response


def _changed(import_id: int, change: Callable[[Importer, int, Actor], None], told: str) -> AnyResponse:
    """Carry out one change, and lead back to the import or say there what kept it."""
    try:
        change(_importer(), import_id, current_actor())
    except NotNow as refused:
        return _page(import_id, 409, str(refused))
    flash(told, "success")
    return redirect(url_for("imports.one", import_id=import_id), 303)


def _list(status: int = 200, errors: dict[str, str] | None = None) -> Response:
    return respond(
        "imports/imports.html",
        status=status,
        page=listing.imports(db.session(), _importer(), request.args),
        kinds=listing.kinds(_importer()),
        errors=errors or {},
        kind=request.form.get("kind", ""),
        settings=_importer().settings,
    )


def _page(import_id: int, status: int = 200, refusal: str = "") -> Response:
    page = showing.import_page(db.session(), _importer(), import_id)
    return respond("imports/import.html", status=status, page=page, refusal=refusal)
