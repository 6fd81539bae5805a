"""States of signing in, of one's own account, and of what administrators look after."""

from typing import Any

from portal.notifications.model import OutboxMessage
from tests.e2e.sample_house import BEGINNER, CONTOSO, FORMER, NEWCOMER, NOBODY
from tests.e2e.states import ADMIN, BILLING, GLOBAL, PARTNER, POLICY, REVIEWER, STRANGER, State
from tests.e2e.steps import all_open, pressed, sent, sent_form

WRONG: dict[str, Any] = {"email": GLOBAL, "password": "not the password"}
TRIES = 11  # one more than are allowed
SHORT: dict[str, Any] = {"new": "short", "again": "shorter"}

SIGNING_IN = (
    State("sign in", STRANGER, "/sign-in"),
    State("sign in, nothing typed", STRANGER, "/sign-in", (sent("sign-in"),), 422),
    State("sign in, wrong password", STRANGER, "/sign-in", (sent("sign-in", **WRONG),), 422),
    State("sign in to go on", STRANGER, "/claims?status=draft"),
    State("sign in, link of an ended session", STRANGER, "/reviews"),
    State("password forgotten", STRANGER, "/password"),
    State("password forgotten, no address", STRANGER, "/password", (sent("password"),), 422),
    State("password forgotten, mail sent", STRANGER, "/password", (sent("password", email="x@y.example"),)),
    State("choose a password", STRANGER, lambda found: f"/password/{found.account_link(NOBODY)}"),
    State(
        "choose a password, too short",
        STRANGER,
        lambda found: f"/password/{found.account_link(NOBODY)}",
        (sent_form("main form[method=post]", **SHORT),),
        422,
    ),
    State("invitation", STRANGER, lambda found: f"/invitations/{found.account_link(NEWCOMER)}"),
    State("password link that is none", STRANGER, "/password/nothing", status=404),
    State("no role", NOBODY, "/"),
    State(
        "sign in, too many tries",
        STRANGER,
        "/sign-in",
        tuple(sent("sign-in", email="guess@contoso.example", password=f"guess {n}") for n in range(TRIES)),
        429,
    ),
)

OWN_ACCOUNT = (
    State("notices of a partner", PARTNER, "/notices"),
    State("notices that a partner read", PARTNER, "/notices/read"),
    State("notices of a reviewer", REVIEWER, "/notices", (all_open,)),
    State("notices, a further page", REVIEWER, "/notices?before=400"),
    State("notices, nothing further", PARTNER, "/notices?before=1"),
    State("profile of a partner", PARTNER, "/profile"),
    State("no kept form", PARTNER, "/kept-form"),
    State("profile of a reviewer", REVIEWER, "/profile", (all_open,)),
    State("e-mails of a partner", PARTNER, "/profile/mails"),
    State("e-mails of a reviewer", REVIEWER, "/profile/mails"),
    State("e-mails, none about claims", POLICY, "/profile/mails"),
    State("profile, password not changed", BILLING, "/profile", (sent("profile/password", **SHORT),), 422),
)

ADMINISTRATION = (
    State("people", GLOBAL, "/people"),
    State("people of all organizations", ADMIN, "/people"),
    State("people, search without result", ADMIN, "/people?q=nobodyiscalledthis"),
    State("people, bad parameters", ADMIN, "/people?role=zzz&page=zzz"),
    State("people of no organization", ADMIN, "/people?organization=zzz", status=404),
    State("people, invited without a name", GLOBAL, "/people", (sent("people"),), 422),
    State(
        "people, invited who has an account",
        GLOBAL,
        "/people",
        (sent("people", name="Ben Schreiber", email=BILLING, roles="billing_admin"),),
        422,
    ),
    State("people, only oneself", BEGINNER, "/people"),
    State("person", GLOBAL, lambda found: f"/people/{found.person(BILLING)}", (all_open,)),
    State("oneself", GLOBAL, lambda found: f"/people/{found.person(GLOBAL)}"),
    State("person invited", GLOBAL, lambda found: f"/people/{found.person(NEWCOMER)}"),
    State("person deactivated", GLOBAL, lambda found: f"/people/{found.person(FORMER)}"),
    State("person without a role", ADMIN, lambda found: f"/people/{found.person(NOBODY)}"),
    State("organizations", ADMIN, "/organizations"),
    State("organizations, added without a name", ADMIN, "/organizations", (sent("organizations"),), 422),
    State(
        "organizations, added again",
        ADMIN,
        "/organizations",
        (sent("organizations", name=CONTOSO, domain="no domain"),),
        422,
    ),
    State("organization", ADMIN, lambda found: f"/organizations/{found.organization(CONTOSO)}"),
    State(
        "organization, every part open",
        ADMIN,
        lambda found: f"/organizations/{found.organization(CONTOSO)}",
        (all_open,),
    ),
    State(
        "organization, location without an ID",
        ADMIN,
        lambda found: f"/organizations/{found.organization(CONTOSO)}",
        (sent("locations"),),
        422,
    ),
    State("deliveries", ADMIN, "/deliveries"),
    State("deliveries given up", ADMIN, "/deliveries?state=failed"),
    State("deliveries no longer needed", ADMIN, "/deliveries?state=overtaken"),
    State("deliveries, bad parameters", ADMIN, "/deliveries?state=zzz&after=zzz"),
    State("delivery", ADMIN, lambda found: f"/deliveries/{found.message(OutboxMessage.state == 'sent')}"),
    State(
        "delivery given up",
        ADMIN,
        lambda found: f"/deliveries/{found.message(OutboxMessage.state == 'failed')}",
        (all_open,),
    ),
    State("style guide", STRANGER, "/styleguide"),
    State("style guide, every part open", STRANGER, "/styleguide", (all_open,)),
    State("style guide, dialog open", STRANGER, "/styleguide", (pressed("[data-dialog] > summary"),)),
    State("policy", POLICY, "/policy"),
    State("policy, every part open", POLICY, "/policy", (all_open,)),
    State("policy as a partner reads it", PARTNER, "/policy"),
)

STATES = (*SIGNING_IN, *OWN_ACCOUNT, *ADMINISTRATION)
