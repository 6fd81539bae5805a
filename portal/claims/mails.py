"""Who is told about a step, and what: from notifications.yaml, written at each attempt to send."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actor import SYSTEM_ACTOR
from portal.claims.clock_states import running_clock, waiting_clocks
from portal.claims.clocks import due_moment, left_until
from portal.claims.consent_links import LINK, link_in_force, token_for
from portal.claims.desk import Desk, Step
from portal.claims.eligibility import OUTCOME, REASONS, assessed_as, change_mailed
from portal.claims.facts import gather_named
from portal.claims.gathering import Gathering
from portal.claims.mail_recipients import ADMINS, ALSO, CUSTOMER, PARTNER, REVIEWER, REVIEWERS, recipients
from portal.claims.mail_ways import keep_chosen_way
from portal.claims.model import Claim
from portal.claims.moves import can_be_disputed, next_step_of
from portal.claims.names_in_texts import filled, names_of
from portal.claims.removals import REMOVE
from portal.languages.catalogs import catalog
from portal.languages.dates import weekday_and_day, zone_in_words
from portal.languages.offered import ENGLISH, LANGUAGES, offered
from portal.notifications.model import OutboxMessage
from portal.notifications.outbox import post
from portal.notifications.rendering import Rendered, render
from portal.notifications.writing import OutOfDate
from portal.rulebook.models import Mail
from portal.rulebook.rulebook import Rulebook

OTHER = "other_side"  # in notifications.yaml: of the one who acts
CONSENT = "consent_request"
# stays English: whoever gets these mails gets them in English, in whatever language a page is meanwhile
MOVED_ON = "This happened on {day}, and the claim has moved on since; its status is told below. {lead}"
MOVED_ON_NEXT = "Open the claim to see what can be done now."  # stays English: a mail
READS_REVIEWS = frozenset({REVIEWER, REVIEWERS})


@dataclass(frozen=True)
class Deadline:
    """A clock as a mail tells it: its label, last day, how much is left of it, and how it was counted."""

    label: str
    last: date
    left: str
    arithmetic: str


def post_mails(step: Step) -> None:
    """Leave one message per recipient in the outbox, in the step's transaction."""
    for place, mail in enumerate(step.rulebook.notifications.events.get(step.action, [])):
        if not _applies(step, place) or (mail.template == CONSENT and LINK not in step.details):
            continue  # a customer is asked when there is a new link, and never twice by the same
        audience = _audience(step, mail)
        more = {
            "written": step.answers.one("message") or step.answers.one("justification"),
            "reasons": step.details.get("chosen", step.details.get("reasons", [])),
            "remove": step.details.get(REMOVE, []),
            "by": step.actor.name if step.actor.side == PARTNER else "",
            LINK: step.details.get(LINK),
            **{name: step.details[name] for name in (OUTCOME, REASONS) if name in step.details},
        }
        post_mail(
            step.session, step.desk, step.rulebook, step.claim, step.action, place, audience, step.now, more
        )


def post_mail(
    session: Session,
    desk: Desk,
    rulebook: Rulebook,
    claim: Claim,
    event: str,
    place: int,
    audience: str,
    at: datetime,
    more: Mapping[str, Any],
) -> int:
    """Leave mail `place` of `event` for each of the audience, with `more` to write it from; return how many.

    Whoever chose not to be sent it is counted too: they are told by the claim's page, as they want it.
    A reminder's `more` names its clock (`clock_id`) and the last day (`due_on`, ISO date) that it is about.
    """
    context = {"place": place, "roles_version": rulebook.roles_version, "written": "", "reasons": [], **more}
    also = rulebook.notifications.events[event][place].also
    if also:
        context[ALSO] = also
    found = recipients(session, desk, rulebook, claim, audience, also)
    for address in found:
        message = post(
            session,
            subject=claim.number,
            event=event,
            recipient=address,
            audience=audience,
            context=context,
            at=at,
        )
        keep_chosen_way(session, rulebook, claim, message)
    return len(found)


def _applies(step: Step, place: int) -> bool:
    names = step.rulebook.facts_read(f"mail:{step.action}:{place}")
    gathering = Gathering(step.session, step.desk, step.rulebook, step.claim, SYSTEM_ACTOR, step.now)
    return step.rulebook.mail_applies(step.action, place, gather_named(gathering, names))


def _audience(step: Step, mail: Mail) -> str:
    if mail.to == OTHER:
        return REVIEWER if step.actor.side == PARTNER else PARTNER
    return mail.to


def write_mail(session: Session, desk: Desk, message: OutboxMessage, at: datetime) -> Rendered:
    """Write a message as it is handed over at `at`: dates of clocks that start with it count from then."""
    template, context, language = mail_parts(session, desk, message, at)
    return render(template, context, language)


def mail_parts(
    session: Session, desk: Desk, message: OutboxMessage, at: datetime
) -> tuple[str, dict[str, Any], str]:
    """Return what a message is written from at `at`: template, its context, language."""
    claim = session.scalars(select(Claim).where(Claim.number == message.subject)).one()
    # Its words are those in force when it was left: a newer policy may have no such mail any more.
    written_under = message.context["roles_version"]
    rulebook = desk.policies.composed(claim.policy_version or written_under, written_under)
    mail = rulebook.notifications.events[message.event][message.context["place"]]
    language = language_of(claim, message)
    return mail.template, _context(session, desk, rulebook, claim, mail, message, at, language), language


def language_of(claim: Claim, message: OutboxMessage) -> str:
    """Return the language that `message` is written in: the customer contact's own, English to all others."""
    chosen = offered(claim.customer_contact_language) if message.audience == CUSTOMER else None
    return chosen or ENGLISH


def _context(
    session: Session,
    desk: Desk,
    rulebook: Rulebook,
    claim: Claim,
    mail: Mail,
    message: OutboxMessage,
    at: datetime,
    language: str,
) -> dict[str, Any]:
    partner = claim.organization.name
    moved = has_moved_on(claim, message, at)
    deadline = None if moved else _deadline(rulebook, claim, message, at)
    eligibility, why = assessed_as(rulebook, message.context)
    names = {
        **names_of(claim),
        "eligibility.outcome": eligibility,
        "eligibility.reasons": " ".join(why),
        "eligibility.change": "" if moved else change_mailed(session, desk, claim, message.context),
        "deadline.last_day": weekday_and_day(deadline.last, language) if deadline else "",
        "deadline.left": deadline.left if deadline else "",
    }

    def fill(text: str) -> str:
        return filled(rulebook.translations.of("notifications", text, language), names).strip()

    lead = fill(mail.lead)
    link, label = _link(session, desk, claim, message, language)
    return {
        "subject": fill(mail.subject),
        "lead": _late(rulebook, message, lead) if moved else lead,
        "next": MOVED_ON_NEXT if moved else fill(mail.next),
        "claim_number": claim.number,
        "claim_name": claim.name,
        "customer_name": names["customer.name"],
        "partner_name": partner,
        "partner_contact": ", ".join(filter(None, (claim.own_contact_name, claim.own_contact_email))),
        "contact_name": claim.customer_contact_name,
        "products": [rulebook.programs.product_label(row.product) for row in claim.products],
        "status_label": rulebook.statuses[claim.status].label,
        "reasons": _reasons(rulebook, claim, message),
        "remove": [rulebook.programs.product_label(code) for code in message.context.get("remove", [])],
        "written": message.context["written"],
        "due_for": deadline.label if deadline else "",
        "due_on": _end_of_day(rulebook, deadline.last, language) if deadline else "",
        # How a deadline is counted is told in English alone; the last day says all that is needed.
        "counted": deadline.arithmetic if deadline and language == ENGLISH else "",
        "link": in_language(link, claim.customer_contact_language) if message.audience == CUSTOMER else link,
        "link_label": label,
        "other_languages": [
            (code, name, in_language(link, code)) for code, name in LANGUAGES.items() if code != language
        ],
        "footer": f"{rulebook.translations.of('policy', rulebook.policy.label, language)}"
        f" · {desk.settings.base_url}",
    }


def _reasons(rulebook: Rulebook, claim: Claim, message: OutboxMessage) -> list[tuple[str, str, str]]:
    """Return label, text and next step of each reason; what helps is told to the partner, who can do it."""
    known = rulebook.reasons_known_to(message.event)
    found = [known[code] for code in message.context["reasons"] if code in known]
    if message.audience != PARTNER:
        return [(reason.label, reason.text, "") for reason in found]
    disputable = can_be_disputed(rulebook, claim)
    return [(row.label, row.text, next_step_of(row, disputable=disputable)) for row in found]


def has_moved_on(claim: Claim, message: OutboxMessage, at: datetime) -> bool:
    """Tell whether the claim entered another status between the message's event and its hand-over at `at`.

    What its event asked for, and by when, is over then; whatever deadline runs now is another one.
    """
    return message.created_at < claim.status_since <= at and message.audience != CUSTOMER


def _late(rulebook: Rulebook, message: OutboxMessage, lead: str) -> str:
    """Return the lead of a mail that was overtaken: when it was so comes before what was so."""
    day = message.created_at.astimezone(ZoneInfo(rulebook.policy.time_zone)).date()
    return MOVED_ON.format(day=weekday_and_day(day), lead=lead)


def in_language(link: str, language: str) -> str:
    """Return a customer's link that opens the page in `language`; without one, in that of the browser."""
    return f"{link}?lang={language}" if language else link


def require_consent_link(session: Session, message: OutboxMessage) -> None:
    """Raise OutOfDate for a mail that asks a customer by a link which opens nothing any more."""
    if message.audience != CUSTOMER:
        return
    claim_id = session.scalars(select(Claim.id).where(Claim.number == message.subject)).one()
    link, asked_by = link_in_force(session, claim_id), message.context.get(LINK)
    replaced = link is not None and asked_by is not None and (link.id != asked_by or link.answer is not None)
    if link is None or replaced:
        raise OutOfDate(  # stays English: kept with the message
            "The link of this mail ended, was answered or was replaced by a newer one, so it was not sent."
        )


def _deadline(rulebook: Rulebook, claim: Claim, message: OutboxMessage, at: datetime) -> Deadline | None:
    """Return the deadline as `message`, handed over at `at`, tells it to its audience.

    A reminder tells of its own clock. A clock that waits for its mail is counted from `at`. A customer is
    told of their own time alone: what others have to do by when is not theirs to know.
    """
    reminded_of = [row for row in claim.clocks if row.id == message.context.get("clock_id")]
    row = next(iter(reminded_of or waiting_clocks(claim)), None) or running_clock(claim)
    if row is None or (message.audience == CUSTOMER and rulebook.clocks[row.clock].waits_for != CUSTOMER):
        return None
    rule = rulebook.clocks[row.clock]
    if row.due_at is not None:
        last, arithmetic = date.fromisoformat(row.due_on), row.arithmetic
    else:
        due = due_moment(rulebook, claim, row.clock, at)
        last, arithmetic = due.due_on, due.arithmetic
    return Deadline(rule.label, last, left_until(rulebook, claim, row, last, at), arithmetic)


def _end_of_day(rulebook: Rulebook, day: date, language: str) -> str:
    """Return "Sunday 29 November 2026, end of day (Pacific time, Los Angeles)"."""
    label = rulebook.translations.of("policy", rulebook.policy.time_zone_label or "", language)
    zone = ", ".join(filter(None, (label, zone_in_words(rulebook.policy.time_zone, language))))
    return (
        catalog(language)
        .gettext("{day}, end of day ({zone})")
        .format(day=weekday_and_day(day, language), zone=zone)
    )


def _link(
    session: Session, desk: Desk, claim: Claim, message: OutboxMessage, language: str
) -> tuple[str, str]:
    base = desk.settings.base_url.rstrip("/")
    if message.audience == CUSTOMER:
        found = link_in_force(session, claim.id)
        token = token_for(desk.secret, found) if found else "expired"
        return f"{base}/consent/{token}", catalog(language).gettext("Read and answer")
    if message.audience in READS_REVIEWS:
        return f"{base}/reviews/{claim.number}", "Open the review"  # stays English: a mail
    if message.audience == ADMINS:
        # They see to it that somebody acts, and read no claims.
        return f"{base}/", "Open the portal"  # stays English: a mail
    return f"{base}/claims/{claim.number}", "Open the claim"  # stays English: a mail
