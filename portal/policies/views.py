"""The page of the policy in force."""

from flask import Blueprint, Response, current_app

from portal.db import db
from portal.policies.queries import in_force_since
from portal.policies.showing import policy_page
from portal.policies.versions import Policies
from portal.web.access import allow
from portal.web.htmx import respond

blueprint = Blueprint("policies", __name__)


@blueprint.get("/policy")
@allow("policy.read")
def policy() -> Response:
    """Show the policy in force: every status, action, refusal, deadline, reason and role."""
    policies: Policies = current_app.extensions["desk"].policies
    rulebook = policies.in_force()
    since = in_force_since(db.session(), rulebook.version)
    return respond("policies/policy.html", page=policy_page(rulebook, since))
