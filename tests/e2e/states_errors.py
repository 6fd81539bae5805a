"""States in which the portal refuses or fails: as pages, and as notices that htmx puts into a page."""

from portal.claims.model import Claim
from tests.e2e.states import PARTNER, REVIEWER, STRANGER, State
from tests.e2e.steps import asked_by_htmx, sent_form

TOO_MUCH = "x" * 1_100_000  # more than a form without documents may hold

PAGES = (
    State("400, form of another session", PARTNER, "/profile", (sent_form("form", csrf_token="none"),), 400),
    State("400, NUL in the address", PARTNER, "/claims?q=%00", status=400),
    State("403", PARTNER, "/reviews", status=403),
    State("403 of a reviewer", REVIEWER, "/people", status=403),
    State("404", PARTNER, "/nothing-is-here", status=404),
    State("404 of a stranger", STRANGER, "/nothing-is-here", status=404),
    State(
        "404, another organization's claim",
        PARTNER,
        lambda found: f"/claims/{found.claim('approved', Claim.closed.is_(False), owner='Fabrikam')}",
        status=404,
    ),
    State("405", PARTNER, "/sign-out", status=405),
    State("409", PARTNER, "/answers-with/409", status=409),
    State("413", PARTNER, "/profile", (sent_form("form[action$='/password']", new=TOO_MUCH),), 413),
    State("422", PARTNER, "/answers-with/422", status=422),
    State("429", PARTNER, "/answers-with/429", status=429),
    State("500", PARTNER, "/answers-with/500", status=500),
    State("500 of a stranger", STRANGER, "/answers-with/500", status=500),
    State("503", PARTNER, "/answers-with/503", status=503),
)

NOTICES = tuple(
    State(f"{status} in a page", PARTNER, "/profile", (asked_by_htmx(f"/answers-with/{status}"),), errs=True)
    for status in (403, 404, 409, 413, 422, 429, 500, 503)
)

STATES = (*PAGES, *NOTICES)
