"""Who is told about a step, and what: from notifications.yaml, written at each attempt to send."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actor import SYSTEM_ACTOR
from portal.accounts.model import Person
from portal.accounts.roles import people_with_roles
from portal.calendars.counting import count
from portal.claims.clocks import running_clock, waiting_clocks
from portal.claims.consent_links import LINK, link_in_force, token_for
from portal.claims.desk import Desk, Step
from portal.claims.facts import Gathering, gather_named
from portal.claims.model import Claim
from portal.claims.queries import READ_SUBMITTED
from portal.notifications.model import OutboxMessage
from portal.notifications.outbox import post
from portal.notifications.rendering import Rendered, render
from portal.rulebook.models import Mail
from portal.rulebook.rulebook import Rulebook

PARTNER, REVIEWER, REVIEWERS, CUSTOMER, ADMINS, OTHER = (
    "partner",
    "reviewer",
    "reviewers",
    "customer",
    "operator_admins",
    "other_side",
)
CONSENT = "consent_request"
ADMINISTER = "organizations.manage"
READS_REVIEWS = frozenset({REVIEWER, REVIEWERS, ADMINS})


def post_mails(step: Step) -> None:
    """Leave one message per recipient in the outbox, in the step's transaction."""
    for place, mail in enumerate(step.rulebook.notifications.events.get(step.action, [])):
        if not _applies(step, place) or (mail.template == CONSENT and LINK not in step.details):
            continue  # a customer is asked when there is a new link, and never twice by the same
        audience = _audience(step, mail)
        for address in recipients(step.session, step.rulebook, step.claim, audience):
            post(
                step.session,
                subject=step.claim.number,
                event=step.action,
                recipient=address,
                audience=audience,
                context={
                    "place": place,
                    "roles_version": step.rulebook.roles_version,
                    "written": step.answers.one("message") or step.answers.one("justification"),
                    "reasons": step.details.get("chosen", step.details.get("reasons", [])),
                    "by": step.actor.name if step.actor.side == PARTNER else "",
                },
                at=step.now,
            )


def _applies(step: Step, place: int) -> bool:
    names = step.rulebook.facts_read(f"mail:{step.action}:{place}")
    gathering = Gathering(step.session, step.desk, step.rulebook, step.claim, SYSTEM_ACTOR, step.now)
    return step.rulebook.mail_applies(step.action, place, gather_named(gathering, names))


def _audience(step: Step, mail: Mail) -> str:
    if mail.to == OTHER:
        return REVIEWER if step.actor.side == PARTNER else PARTNER
    return mail.to


def recipients(session: Session, rulebook: Rulebook, claim: Claim, audience: str) -> list[str]:
    """Return the addresses of `audience`, each once. A claim without a reviewer is told to all reviewers."""
    if audience == CUSTOMER:
        return [claim.customer_contact_email] if claim.customer_contact_email else []
    if audience == PARTNER:
        creator = session.get_one(Person, claim.created_by_id)
        found = [claim.own_contact_email, creator.email if creator.active else ""]
        return list(dict.fromkeys(address.casefold() for address in found if address))
    if audience == REVIEWER and claim.reviewer_id is not None:
        reviewer = session.get_one(Person, claim.reviewer_id)
        if reviewer.active:
            return [reviewer.email]
    permission = ADMINISTER if audience == ADMINS else READ_SUBMITTED
    roles = [code for code in rulebook.roles.roles if permission in rulebook.permissions_of([code])]
    return [person.email for person in people_with_roles(session, roles)]


def write_mail(session: Session, desk: Desk, message: OutboxMessage, at: datetime) -> Rendered:
    """Write a message as it is handed over at `at`: dates of clocks that start with it count from then."""
    claim = session.scalars(select(Claim).where(Claim.number == message.subject)).one()
    # Its words are those in force when it was left: a newer policy may have no such mail any more.
    written_under = message.context["roles_version"]
    rulebook = desk.policies.composed(claim.policy_version or written_under, written_under)
    mail = rulebook.notifications.events[message.event][message.context["place"]]
    return render(mail.template, _context(session, desk, rulebook, claim, mail, message, at))


def _context(
    session: Session,
    desk: Desk,
    rulebook: Rulebook,
    claim: Claim,
    mail: Mail,
    message: OutboxMessage,
    at: datetime,
) -> dict[str, Any]:
    names = {
        "claim.number": claim.number,
        "claim.name": claim.name or claim.number,
        "customer.name": claim.customer.name if claim.customer else "",
        "partner.name": claim.organization.name,
    }

    def fill(text: str) -> str:
        for name, value in names.items():
            text = text.replace("{" + name + "}", value)
        return text

    link, label = _link(session, desk, claim, message)
    return {
        "subject": fill(mail.subject),
        "lead": fill(mail.lead),
        "next": fill(mail.next),
        "claim_number": claim.number,
        "claim_name": claim.name,
        "customer_name": names["customer.name"],
        "partner_name": names["partner.name"],
        "products": [rulebook.programs.products[row.product].label for row in claim.products],
        "activity": _activity_words(rulebook, claim),
        "status_label": rulebook.statuses[claim.status].label,
        "reasons": _reasons(rulebook, message.context["reasons"]),
        "written": message.context["written"],
        "due_on": _due_words(rulebook, claim, at),
        "link": link,
        "link_label": label,
        "footer": f"{rulebook.policy.label} · {desk.settings.base_url}",
    }


def _activity_words(rulebook: Rulebook, claim: Claim) -> str:
    activity = rulebook.programs.activities.get(claim.activity or "")
    return activity.label if activity else ""


def _reasons(rulebook: Rulebook, codes: list[str]) -> list[tuple[str, str, str]]:
    catalogs = rulebook.reasons
    known = catalogs.information_reasons | catalogs.rejection_reasons | catalogs.partner_request_reasons
    return [(known[code].label, known[code].text, known[code].next_step) for code in codes if code in known]


def _due_words(rulebook: Rulebook, claim: Claim, at: datetime) -> str:
    for row in waiting_clocks(claim):
        policy = rulebook.policy
        due = count(at, rulebook.clocks[row.clock].length, policy.calendar, policy.time_zone)
        return f"{rulebook.clocks[row.clock].label}: {due.arithmetic}"
    running = running_clock(claim)
    return f"{rulebook.clocks[running.clock].label}: {running.arithmetic}" if running else ""


def _link(session: Session, desk: Desk, claim: Claim, message: OutboxMessage) -> tuple[str, str]:
    base = desk.settings.base_url.rstrip("/")
    if message.audience == CUSTOMER:
        found = link_in_force(session, claim.id)
        token = token_for(desk.secret, found) if found else "expired"
        return f"{base}/consent/{token}", "Read and answer"
    if message.audience in READS_REVIEWS:
        return f"{base}/reviews/{claim.number}", "Open the review"
    return f"{base}/claims/{claim.number}", "Open the claim"
