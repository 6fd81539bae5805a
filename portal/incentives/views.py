"""The page of one customer, for the organization whose customer it is."""

from flask import Blueprint, Response, request

from portal.accounts.current import current_actor
from portal.claims.answering import desk_of_app
from portal.db import db
from portal.incentives.earnings import earnings
from portal.incentives.queries import customer_page
from portal.web.access import allow
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
    return respond("incentives/earnings.html", "incentives/_earnings.html", shown=shown)
