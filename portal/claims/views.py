"""The routes of claims: the dashboard, the wizard, the claim page, its documents, and every action."""

from collections.abc import Callable
from http import HTTPStatus
from secrets import token_urlsafe
from typing import IO

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.actor import Actor
from portal.accounts.current import current_actor
from portal.claims.acting import Done, create
from portal.claims.answering import Failure, carry_out, desk_of_app, sent_answers, sent_files
from portal.claims.answers import Answers
from portal.claims.beginning import CREATE
from portal.claims.desk import Desk
from portal.claims.details import Sent, customer_choices, location_choices
from portal.claims.documents import find_document, note_reading
from portal.claims.export import export
from portal.claims.filters import Wanted
from portal.claims.known_tenants import asked_about
from portal.claims.leading_views import (
    PLACE,
    Chosen,
    address_without_saving,
    claim_and_panels,
    draft_address,
    next_address,
    with_offered_contact,
)
from portal.claims.listing import listing, read_wanted
from portal.claims.news import news_since, state_of
from portal.claims.offering import begun_in_words, is_address
from portal.claims.own_customers import known_customers
from portal.claims.panels import panels
from portal.claims.queries import READ_OWN, READ_SUBMITTED, find_claim
from portal.claims.refusals import Invalid, NotThere, Refused
from portal.claims.showing import shown
from portal.claims.wizard import BY_CODE, STEPS, is_in_wizard, wizard_page
from portal.claims.workbook import XLSX, workbook
from portal.db import db, row_id
from portal.rulebook.decision import CouldNotBeDecided
from portal.saved_views.queries import views_of
from portal.saved_views.views import SHARE
from portal.web.access import allow, unasked
from portal.web.downloads import attachment
from portal.web.guard import may
from portal.web.htmx import respond
from portal.web.undecided import note_undecided

blueprint = Blueprint("claims", __name__)


@blueprint.get("/claims")
@allow("claims.read")
def claims() -> Response:
    """Show the dashboard; htmx is given what changes with the list, and its short address."""
    # The column chooser sends one field a column; a link names all of them in one.
    asked = {**request.args, "columns": ",".join(request.args.getlist("columns"))}
    found = listing(db.session(), desk_of_app(), current_actor(), asked)
    kept = views_of(db.session(), current_actor(), may_share=may(SHARE))
    response = respond("claims/dashboard.html", "claims/dashboard.swaps.html", listing=found, views=kept)
    response.headers["HX-Push-Url"] = url_for("claims.claims", **found.address)
    return response


@blueprint.get("/claims.csv")
@allow("claims.export")
def csv() -> Response:
    """Hand over every claim that the filters of the address leave, in their order."""
    return _handed_over(export, "csv", "text/csv")


@blueprint.get("/claims.xlsx")
@allow("claims.export")
def xlsx() -> Response:
    """Hand over the same claims as an Excel workbook."""
    return _handed_over(workbook, "xlsx", XLSX)


@blueprint.get("/claims/new")
@allow("claims.create")
def new() -> Response:
    """Show the first step of the wizard; nothing is kept before it is sent."""
    return _new_page()


@blueprint.post("/claims/new")
@allow("claims.create")
def create_claim() -> AnyResponse:
    """Begin a draft and go on with the step in which something is missing."""
    result = _begun()
    if isinstance(result, Failure):
        return _new_page(result)
    told = begun_in_words(desk_of_app().policies.in_force(), CREATE, result)
    return redirect(draft_address(result.number, told), HTTPStatus.SEE_OTHER)


@blueprint.get("/claims/<claim_number:number>")
@allow(READ_OWN, READ_SUBMITTED)
def claim(number: str) -> AnyResponse:
    """Show a claim to its organization; who reviews claims is led to where they are reviewed."""
    if may(READ_OWN):
        return _claim_page(number)
    find_claim(db.session(), desk_of_app(), number, current_actor())
    return redirect(url_for("reviews.review", number=number), HTTPStatus.SEE_OTHER)


@blueprint.get("/claims/<claim_number:number>/news")
@allow(READ_OWN)
@unasked
def news(number: str) -> Response:
    """Answer an open page of the claim with its parts, or with nothing while it is as it was."""
    session, desk, actor = db.session(), desk_of_app(), current_actor()
    known = state_of(session, desk, find_claim(session, desk, number, actor), actor)
    if known in request.if_none_match:
        response = Response(status=HTTPStatus.NOT_MODIFIED)
    else:
        response = _claim_page(number, partial="claims/claim.swaps.html")
    response.set_etag(known)
    return response


@blueprint.get("/claims/<claim_number:number>/wizard/<step>")
@allow("claims.read")
def wizard(number: str, step: str) -> AnyResponse:
    """Show one step of a draft; a claim that was submitted is shown as it is."""
    return _step_page(number, step)


@blueprint.get("/claims/<claim_number:number>/<path:noun>")
@allow(READ_OWN, READ_SUBMITTED)
def action_address(number: str, noun: str) -> AnyResponse:
    """Lead from the address of a form, which stays in the address bar when it comes back, to the claim."""
    found = find_claim(db.session(), desk_of_app(), number, current_actor())
    if not is_address(desk_of_app().rulebook_of(found), f"{PLACE}/{noun}"):
        raise NotThere
    return redirect(url_for("claims.claim", number=number), HTTPStatus.SEE_OTHER)


@blueprint.post("/claims/<claim_number:number>/<path:noun>")
@allow("claims.read")
def act(number: str, noun: str) -> AnyResponse:
    """Carry out the action that the policy places at this address; a step left as it was shown is none."""
    if address := address_without_saving(number):
        return redirect(address, HTTPStatus.SEE_OTHER)
    code = request.form.get("step", "")
    if chosen := with_offered_contact(number):
        return _step_page(number, code, chosen=chosen)
    result = carry_out(PLACE, number, noun, current_actor())
    if isinstance(result, Failure):
        return _step_page(number, code, result) if code in BY_CODE else _claim_page(number, result)
    return redirect(next_address(result, code, noun), HTTPStatus.SEE_OTHER)


@blueprint.get("/claims/<claim_number:number>/documents/<int(max=2147483647):document_id>")
@allow("claims.read", "reviews.read")
def document(number: str, document_id: int) -> Response:
    """Hand over a document of the claim, old versions too, as a file that opens outside the portal."""
    desk = desk_of_app()
    row = find_document(db.session(), desk, number, document_id, current_actor())
    note_reading(desk, row, current_actor())
    response = Response(desk.files.open(row.sha256), mimetype=row.file.media_type, direct_passthrough=True)
    response.headers["Content-Length"] = str(row.file.size)
    response.headers["Content-Disposition"] = attachment(row.name)
    # stays English: a header
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    return response


def _handed_over(write: Callable[[Desk, Actor, Wanted], IO[bytes]], ending: str, mimetype: str) -> Response:
    """Answer with the file of all claims that the filters of the address leave, as `write` makes it."""
    desk, actor = desk_of_app(), current_actor()
    chosen, _, _ = read_wanted(db.session(), desk, actor, request.args)
    response = Response(write(desk, actor, chosen), mimetype=mimetype, direct_passthrough=True)
    name = f"customer-claims-{desk.today().isoformat()}.{ending}"
    response.headers["Content-Disposition"] = attachment(name)
    return response


def _begun() -> Done | Failure:
    """Create the draft that the form asks for; its location is asked for even when the form left it out."""
    answers = sent_answers()
    given = Answers({"location": ("",), **answers.values}, answers.uploads)
    try:
        return create(desk_of_app(), current_actor(), given)
    except Invalid as invalid:
        return Failure(CREATE, HTTPStatus.UNPROCESSABLE_ENTITY, request.form, errors=invalid.errors)
    except Refused as refused:
        reasons = refused.decision.reasons
        return Failure(CREATE, HTTPStatus.UNPROCESSABLE_ENTITY, request.form, reasons=reasons)


def _new_page(failure: Failure | None = None) -> Response:
    actor, session = current_actor(), db.session()
    typed = request.form.to_dict(flat=False)
    return respond(
        "claims/new.html",
        status=_status(failure),
        form_name=token_urlsafe(9),
        failure=failure,
        values=request.form,
        known=asked_about(session, actor, typed, failure.errors) if failure else None,
        start=request.values.get("start", ""),
        steps=STEPS,
        locations=location_choices(session, actor),
        customers=customer_choices(known_customers(session, actor)),
    )


def _sent(failure: Failure | None) -> Sent | None:
    return Sent(failure.typed.to_dict(flat=False), failure.errors) if failure else None


def _claim_page(number: str, failure: Failure | None = None, partial: str | None = None) -> Response:
    """Answer with the claim; it can be read, and says so, also while no action can be decided."""
    session, desk, actor = db.session(), desk_of_app(), current_actor()
    found = find_claim(session, desk, number, actor)
    known = state_of(session, desk, found, actor)  # before the rest: what comes meanwhile is news
    undecided = False
    try:
        actions = panels(desk, session, found, actor, PLACE, failure)
    except CouldNotBeDecided as error:
        note_undecided(error)
        actions, undecided = [], True
    page = shown(session, desk, found, actor, [panel.offer for panel in actions], _sent(failure))
    return respond(
        "claims/claim.html",
        partial,
        status=_status(failure),
        known=known,
        news=news_since(session, desk, found, row_id(request.args.get("since", "")), actor),
        page=page,
        panels=actions,
        failure=failure,
        files=_files(),
        undecided=undecided,
    )


def _step_page(
    number: str, code: str, failure: Failure | None = None, chosen: Chosen | None = None
) -> AnyResponse:
    found, actions = claim_and_panels(number, failure)
    desk, offered = desk_of_app(), [panel.offer for panel in actions]
    if not is_in_wizard(desk.rulebook_of(found), found):
        if failure is not None:
            return _claim_page(number, failure)
        return redirect(url_for("claims.claim", number=number), HTTPStatus.SEE_OTHER)
    search = request.args.get("find", "")
    sent = chosen.sent if chosen else _sent(failure)
    page = wizard_page(db.session(), desk, found, current_actor(), code, offered, search=search, sent=sent)
    return respond(
        "claims/wizard.html",
        status=_status(failure),
        page=page,
        panels=actions,
        failure=failure,
        chosen=chosen,
        files=_files(),
    )


def _status(failure: Failure | None) -> int:
    return failure.status if failure else HTTPStatus.OK


def _files() -> list[str]:
    """Return the names of the files of a form that came back: a page cannot keep them."""
    return [file.filename or "" for file in sent_files()]
