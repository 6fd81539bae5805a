"""What is done with claims chosen by their boxes: files of them, their documents, and drafts deleted."""

from collections.abc import Callable
from http import HTTPStatus
from typing import IO

from flask import Blueprint, Response, request

from portal.accounts.actor import Actor
from portal.accounts.current import current_actor
from portal.claims.answering import GARBLED, desk_of_app
from portal.claims.archive import archive
from portal.claims.deleting import delete_chosen
from portal.claims.desk import Desk
from portal.claims.export import export
from portal.claims.filters import Wanted
from portal.claims.listing import read_wanted
from portal.claims.selection import CannotChoose, chosen_numbers, chosen_rows, only_order
from portal.claims.workbook import XLSX, workbook
from portal.db import db, row_id
from portal.web.access import allow
from portal.web.downloads import attachment
from portal.web.htmx import respond

blueprint = Blueprint("selection", __name__)

BULK = "claims.bulk"


@blueprint.get("/claims/selection/claims.csv")
@allow("claims.export")
def csv() -> Response:
    """Hand over the chosen claims; whoever may export the list may export a part of it."""
    return _handed_over(export, "csv", "text/csv")


@blueprint.get("/claims/selection/claims.xlsx")
@allow("claims.export")
def xlsx() -> Response:
    """Hand over the same claims as an Excel workbook."""
    return _handed_over(workbook, "xlsx", XLSX)


@blueprint.get("/claims/selection/documents.zip")
@allow(BULK)
def documents() -> Response:
    """Hand over the documents of the chosen claims, a folder a claim."""
    parts = archive(db.session(), desk_of_app(), current_actor(), _numbers())
    return _file(Response(parts, mimetype="application/zip", direct_passthrough=True), "documents", "zip")


@blueprint.get("/claims/selection/deletion")
@allow(BULK)
def confirm() -> Response:
    """Show which of the chosen claims would be deleted, before anything is."""
    desk, numbers = desk_of_app(), _numbers()
    rows = chosen_rows(db.session(), desk, current_actor(), numbers)
    drafts = [row for row in rows if row.deletable]
    kept = [row for row in rows if not row.deletable]
    missing = len(numbers) - len(rows)
    view, _, _ = read_wanted(db.session(), desk, current_actor(), request.args)
    return respond(
        "claims/deletion.html", drafts=drafts, kept=kept, missing=missing, back=view.address, chosen=numbers
    )


@blueprint.post("/claims/selection/deletion")
@allow(BULK)
def delete() -> Response:
    """Delete the chosen drafts and say of each what became of it."""
    numbers = chosen_numbers(request.form.getlist("number"))
    versions = [(number, row_id(request.form.get(f"version-{number}", "")) or GARBLED) for number in numbers]
    outcomes = delete_chosen(desk_of_app(), current_actor(), versions)
    return respond("claims/deleted.html", outcomes=outcomes)


@blueprint.errorhandler(CannotChoose)
def cannot_choose(error: CannotChoose) -> Response:
    """Say what to do where nothing or too much was chosen."""
    return respond("claims/nothing_chosen.html", status=HTTPStatus.UNPROCESSABLE_ENTITY, told=str(error))


def _numbers() -> tuple[str, ...]:
    return chosen_numbers(request.args.getlist("number"))


def _handed_over(
    write: Callable[[Desk, Actor, Wanted, tuple[str, ...]], IO[bytes]], ending: str, mimetype: str
) -> Response:
    desk, actor, numbers = desk_of_app(), current_actor(), _numbers()
    chosen, _, _ = read_wanted(db.session(), desk, actor, request.args)
    content = write(desk, actor, only_order(chosen), numbers)
    return _file(Response(content, mimetype=mimetype, direct_passthrough=True), "customer-claims", ending)


def _file(response: Response, name: str, ending: str) -> Response:
    today = desk_of_app().today().isoformat()
    response.headers["Content-Disposition"] = attachment(f"{name}-{today}.{ending}")
    return response
