"""The messages of the outbox as operator admins see them: a page of all, and one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.claims.desk import Desk
from portal.deliveries.masking import AsksToSignIn
from portal.deliveries.previewing import Preview, preview
from portal.deliveries.queries import counts, find_message, page_of
from portal.deliveries.telling import Trouble, trouble
from portal.languages.sentences import gettext, lazy_gettext
from portal.notifications.delivery import FAILED, GATHERED, OVERTAKEN, SENT, UNWANTED, WAITING
from portal.notifications.model import OutboxMessage
from portal.notifications.retrying import in_hand, in_line, is_given_up, is_overtaken, why_not
from portal.paging import NoSuchPlace, place_lost

STATES: Mapping[str, str] = {
    WAITING: lazy_gettext("Waiting"),
    SENT: lazy_gettext("Sent"),
    FAILED: lazy_gettext("Given up"),
    OVERTAKEN: lazy_gettext("No longer needed"),
    GATHERED: lazy_gettext("In a digest"),
    UNWANTED: lazy_gettext("Not wanted"),
}
RECIPIENT_CHARACTERS_AT_MOST = 254


@dataclass(frozen=True)
class Delivery:
    """One message; `next_at` is None where no further try is planned, `claim` "" for none."""

    message: OutboxMessage
    preview: Preview
    claim: str
    label: str
    tone: str
    next_at: datetime | None
    why_not: str  # why it cannot be retried, "" where it can be
    trouble: Trouble | None  # why it was not sent yet; None where nothing stood in the way


@dataclass(frozen=True)
class Tab:
    """One choice of the filter by state; `code` "" is every state."""

    code: str
    label: str
    number: int


@dataclass(frozen=True)
class Deliveries:
    """One page of messages, newest first. `after` and `before` are cursors, "" where the list ends."""

    state: str
    recipient: str  # what the address of those who were written to is searched for, "" for nothing
    tabs: tuple[Tab, ...]
    notices: tuple[str, ...]
    rows: tuple[Delivery, ...]
    after: str
    before: str


def deliveries(
    session: Session, desk: Desk, given: Mapping[str, str], asks_to_sign_in: AsksToSignIn
) -> Deliveries:
    """Return the page of messages that the address parameters `given` ask for; nothing in them raises."""
    asked, notices = given.get("state", ""), []
    state = asked if asked in STATES else ""
    if asked != state:
        notices.append(gettext("There is no such state, so messages of every state are shown."))
    recipient = given.get("recipient", "").strip()[:RECIPIENT_CHARACTERS_AT_MOST]
    size = desk.settings.messages_per_page
    try:
        place = given.get("after", ""), given.get("before", "")
        page = page_of(session, state, recipient, *place, size)
    except NoSuchPlace:
        notices.append(place_lost())
        page = page_of(session, state, recipient, "", "", size)
    numbers = counts(session, recipient)
    tabs = [Tab(code, str(label), numbers.get(code, 0)) for code, label in STATES.items()]
    return Deliveries(
        state=state,
        recipient=recipient,
        tabs=(Tab("", gettext("All"), sum(numbers.values())), *tabs),
        notices=tuple(notices),
        rows=tuple(_shown(desk, message, claim or "", asks_to_sign_in) for message, claim in page.rows),
        after=page.after,
        before=page.before,
    )


def delivery(session: Session, desk: Desk, message_id: int, asks_to_sign_in: AsksToSignIn) -> Delivery:
    """Return one message. Raises NotThere."""
    return _shown(desk, *find_message(session, message_id), asks_to_sign_in)


def _shown(desk: Desk, message: OutboxMessage, claim: str, asks_to_sign_in: AsksToSignIn) -> Delivery:
    now = desk.clock.now()
    label, tone = _standing(message, now)
    planned = message.state == WAITING and not in_hand(message, now)
    written = preview(desk, message, asks_to_sign_in)
    return Delivery(
        message=message,
        preview=written,
        claim=claim,
        label=label,
        tone=tone,
        next_at=message.next_attempt_at if planned else None,
        why_not=why_not(message, now),
        trouble=trouble(written.error, message.state),
    )


def _standing(message: OutboxMessage, now: datetime) -> tuple[str, str]:
    """Return where the message stands in words, and the tone of its badge."""
    if message.state == SENT:
        return gettext("Sent"), "success"
    if is_overtaken(message):
        return gettext("No longer needed"), "neutral"
    if is_given_up(message):
        return gettext("Given up"), "danger"
    if message.state == GATHERED:
        return (gettext("In a digest") if message.digest_id else gettext("Waits for the digest")), "neutral"
    if message.state == UNWANTED:
        return gettext("Not wanted"), "neutral"
    if in_hand(message, now):
        return gettext("Being sent"), "info"
    return (gettext("Due"), "info") if in_line(message, now) else (gettext("Waiting"), "attention")
