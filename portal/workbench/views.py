"""The page of the policy in force."""

import logging

from flask import Blueprint, Response

from portal.accounts.current import current_actor
from portal.claims.answering import desk_of_app
from portal.claims.explaining import side_of
from portal.db import db
from portal.policies.queries import in_force_since
from portal.rulebook.rulebook import Rulebook
from portal.web.access import allow
from portal.web.htmx import respond
from portal.workbench.counting import claims_by_status
from portal.workbench.diagram import Diagram, NoDiagram, state_diagram
from portal.workbench.showing import RESERVED, policy_page

log = logging.getLogger(__name__)

blueprint = Blueprint("policies", __name__)


@blueprint.get("/policy")
@allow("policy.read")
def policy() -> Response:
    """Show the policy in force: every status, action, refusal, deadline, reason and role."""
    desk, session = desk_of_app(), db.session()
    rulebook = desk.policies.in_force()
    return respond(
        "policies/policy.html",
        page=policy_page(rulebook, in_force_since(session, rulebook.version), side_of(current_actor())),
        diagram=_diagram(rulebook),
        counts=claims_by_status(session, desk, current_actor()),
    )


def _diagram(rulebook: Rulebook) -> Diagram | None:
    """Return the picture of the lifecycle; without it the page still says everything in its tables."""
    try:
        return state_diagram(rulebook, RESERVED)
    except NoDiagram:
        log.exception("the picture of the lifecycle cannot be laid out")
        return None
