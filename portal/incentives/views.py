"""The page of one customer, for the organization whose customer it is."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.current import current_actor
from portal.accounts.people import NotAdded
from portal.claims.answering import desk_of_app
from portal.db import db
from portal.incentives.customer_page import customer_page
from portal.incentives.earning_export import earnings_file, length_of
from portal.incentives.earning_filters import Wanted
from portal.incentives.earnings import earnings
from portal.incentives.payout_contact import NotKept, keep_contact, last_change, payout_contact, to_ask
from portal.incentives.unearned import number_of_unearned, unearned
from portal.languages.sentences import gettext
from portal.web.access import allow
from portal.web.downloads import attachment
from portal.web.htmx import respond

blueprint = Blueprint("incentives", __name__)


@blueprint.get("/customers/<int(max=2147483647):customer_id>")
@allow("claims.read")
def customer(customer_id: int) -> Response:
    """Show a customer with the own claims and associations; anybody else's customer is not there."""
    page = customer_page(db.session(), desk_of_app(), customer_id, current_actor())
    return respond("incentives/customer.html", page=page)


@blueprint.get("/earnings")
@allow("earnings.read")
def earned() -> Response:
    """Show what the organization earned: totals, and the lines that the filters leave."""
    shown = earnings(db.session(), desk_of_app(), current_actor(), request.args)
    nothing = number_of_unearned(db.session(), desk_of_app(), current_actor())
    return respond("incentives/earnings.html", "incentives/_earnings.html", shown=shown, nothing=nothing)


@blueprint.get("/earnings.csv")
@allow("earnings.export")
def earnings_csv() -> Response:
    """Hand over every line of earnings that the filters of the address leave."""
    desk = desk_of_app()
    wanted = Wanted.read(request.args, desk.policies.in_force())
    file = earnings_file(desk, current_actor(), wanted)
    response = Response(file, mimetype="text/csv", direct_passthrough=True)
    response.content_length = length_of(file)
    response.headers["Content-Disposition"] = attachment(f"earnings-{desk.today().isoformat()}.csv")
    return response


@blueprint.get("/earnings/payout-contact")
@allow("earnings.read")
def contact() -> Response:
    """Show whom payments are arranged with; who may change it finds the form."""
    return _contact_page()


@blueprint.post("/earnings/payout-contact")
@allow("payouts.keep_contact")
def keep() -> AnyResponse:
    """Name whom payments are arranged with."""
    typed = {name: request.form.get(name, "") for name in ("name", "email", "seen")}
    try:
        changed = keep_contact(desk_of_app(), current_actor(), **typed)
    except NotAdded as mistakes:
        return _contact_page(HTTPStatus.UNPROCESSABLE_ENTITY, typed, mistakes.errors)
    except NotKept as why:
        shown = typed if why.seen is None else typed | {"seen": why.seen}
        return _contact_page(why.status, shown, kept=str(why))
    if changed:
        flash(gettext("The payout contact was changed."), "success")
    else:
        flash(gettext("Nothing was changed: this is the payout contact already."), "info")
    return redirect(url_for("incentives.contact"), HTTPStatus.SEE_OTHER)


@blueprint.get("/earnings/nothing-earned")
@allow("earnings.read")
def nothing_earned() -> Response:
    """Show approved claims that earned nothing, each with the reason."""
    page = unearned(db.session(), desk_of_app(), current_actor(), request.args.get("after", ""))
    return respond("incentives/nothing_earned.html", page=page)


def _contact_page(
    status: int = HTTPStatus.OK,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    kept: str = "",
) -> Response:
    response = respond(
        "incentives/payout_contact.html",
        contact=payout_contact(db.session(), current_actor()),
        changed=last_change(db.session(), current_actor()),
        ask=to_ask(db.session(), desk_of_app(), current_actor()),
        typed=typed or {},
        errors=errors or {},
        kept=kept,
    )
    response.status_code = status
    return response
