"""The daily digest: one mail a person and day with what they chose to be told together.

What goes into a digest is gathered in the outbox, a row a message. A digest is a message of the outbox like
any other: leaving it and taking the gathered ones into it is one transaction, and from there on it is handed
over at least once under its one Message-ID.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from portal.accounts.model import Person
from portal.claims.desk import Desk
from portal.claims.mail_recipients import PARTNER, REVIEWER, REVIEWERS, recipients_today
from portal.claims.mail_ways import NONE, STATE_OF, WHY_NOT, chosen_way
from portal.claims.mails import mail_parts
from portal.claims.model import Claim
from portal.claims.reminding import require_current
from portal.db import transaction
from portal.languages.catalogs import catalog
from portal.languages.dates import weekday_and_day, zone_in_words
from portal.languages.offered import ENGLISH
from portal.notifications.delivery import FAILED, GATHERED, OVERTAKEN, WAITING
from portal.notifications.model import OutboxMessage
from portal.notifications.outbox import post
from portal.notifications.rendering import Rendered, render
from portal.notifications.writing import NotByItself, OutOfDate

log = logging.getLogger(__name__)

DIGEST = "digest"  # the audience of such a message
LANGUAGE = ENGLISH  # that digests are written in, whoever looks at one
SUBJECT = "daily-digest"  # mail programs gather those of one person by it
READ_NOTICES = frozenset({PARTNER, REVIEWER, REVIEWERS})


def leave_digests(desk: Desk) -> int:
    """Leave today's digest for everybody who has something gathered and none today; return how many.

    Nothing is left before `digest_hour` in the program's zone. What is gathered after a person's digest
    waits for that of the next day, and what a day without a worker left behind for that day's.
    """
    desk.open()
    now = desk.clock.now().astimezone(ZoneInfo(desk.policies.in_force().policy.time_zone))
    with transaction() as session:
        _let_go_of_the_gone(session, now)
        people = (
            _with_gathered(session, now.date().isoformat()) if now.hour >= desk.settings.digest_hour else []
        )
    left = 0
    for person_id in people:
        try:
            with transaction() as session:
                left += _leave(session, person_id, now)
        except Exception:
            # What is gathered stays so, and one person's digest keeps no other from theirs.
            log.exception("a daily digest could not be left", extra={"person_id": person_id})
    return left


def _gathered() -> ColumnElement[bool]:
    return and_(OutboxMessage.state == GATHERED, OutboxMessage.digest_id.is_(None))


def _let_go_of_the_gone(session: Session, now: datetime) -> None:
    """Put into the line what was gathered for people who are let go by now: it finds who is told instead."""
    active = select(Person.email).where(Person.active)
    gone = update(OutboxMessage).where(_gathered(), OutboxMessage.recipient.not_in(active))
    values = {"state": WAITING, "next_attempt_at": now, "error": None}
    session.execute(gone.values(values).execution_options(synchronize_session=False))


def _with_gathered(session: Session, today: str) -> list[int]:
    query = select(Person.id).join(OutboxMessage, OutboxMessage.recipient == Person.email)
    found = query.where(_gathered(), Person.active, Person.digested_on < today)
    return list(session.scalars(found.distinct().order_by(Person.id)))


def _leave(session: Session, person_id: int, now: datetime) -> bool:
    # The lock, and what is read under it, make it one digest a day, however many workers there are.
    person = session.get_one(Person, person_id, with_for_update={"of": Person}, populate_existing=True)
    today = now.date().isoformat()
    query = select(OutboxMessage.id).where(_gathered(), OutboxMessage.recipient == person.email)
    items = list(session.scalars(query))
    if not items or person.digested_on >= today:
        return False
    person.digested_on = today
    digest = post(
        session,
        subject=SUBJECT,
        event=SUBJECT,
        recipient=person.email,
        audience=DIGEST,
        context={"day": today},
        at=now,
    )
    session.flush()
    taken = update(OutboxMessage).where(OutboxMessage.id.in_(items)).values(digest_id=digest.id)
    session.execute(taken.execution_options(synchronize_session=False))
    return True


def settle_items(session: Session, desk: Desk, digest: OutboxMessage, at: datetime) -> None:
    """Ask of each message of `digest`, about to be handed over, whether it still belongs there.

    One whose recipient may not read it any more leaves the digest for a try of its own, which finds who is
    told instead. What is over, not wanted any more or cannot be written stays unsent. Raises NotByItself
    where nothing is left.
    """
    for item in items_of(session, digest):
        state, why = _standing(session, desk, item, at)
        if state == GATHERED:
            continue
        item.state, item.error = state, why
        if state == WAITING:
            item.digest_id, item.next_attempt_at = None, at
    session.flush()
    if not items_of(session, digest):
        # stays English: kept with the message
        raise NotByItself(OVERTAKEN, "Nothing that this digest was to tell is left, so it was not sent.")


def _standing(session: Session, desk: Desk, item: OutboxMessage, at: datetime) -> tuple[str, str | None]:
    """Return the state that `item` is in from now on, and why where it is not told."""
    claim = session.scalars(select(Claim).where(Claim.number == item.subject)).one_or_none()
    if claim is None or item.recipient not in recipients_today(session, desk, item, claim):
        return WAITING, None
    if chosen_way(session, desk.policies.in_force(), claim, item) == NONE:
        return STATE_OF[NONE], WHY_NOT[NONE]
    try:
        require_current(session, item, at)
        mail_parts(session, desk, item, at)
    except OutOfDate as error:
        return OVERTAKEN, str(error)
    except Exception as error:
        # A message that cannot be written must not keep the others of the digest back.
        log.exception("a message could not be written into a digest", extra={"outbox_id": item.id})
        return FAILED, f"{type(error).__name__}: {error}"[:500]
    return GATHERED, None


def items_of(session: Session, digest: OutboxMessage) -> list[OutboxMessage]:
    """Return the messages that `digest` tells of, by claim, in the order in which they came."""
    query = select(OutboxMessage).where(OutboxMessage.digest_id == digest.id, OutboxMessage.state == GATHERED)
    return list(session.scalars(query.order_by(OutboxMessage.subject, OutboxMessage.id)))


def write_digest(session: Session, desk: Desk, digest: OutboxMessage, at: datetime) -> Rendered:
    """Write a digest as it is handed over at `at`."""
    zone = ZoneInfo(desk.policies.in_force().policy.time_zone)
    items = items_of(session, digest)
    told = [(item, mail_parts(session, desk, item, at)[1]) for item in items]
    to_notices = catalog(LANGUAGE).gettext("Open your notices")
    to_portal = catalog(LANGUAGE).gettext("Open the portal")
    base = desk.settings.base_url.rstrip("/")
    reads_notices = any(item.audience in READ_NOTICES for item in items)
    by_claim = groupby(told, lambda one: one[0].subject)
    return render(
        DIGEST,
        {
            "subject": _subject(len(told)),
            "claims": [
                _of_claim([(context, _when(item, zone)) for item, context in of]) for _, of in by_claim
            ],
            "link": f"{base}/notices" if reads_notices else f"{base}/",
            "link_label": to_notices if reads_notices else to_portal,
            "choose": f"{base}/profile/mails",
            "footer": f"{desk.policies.in_force().policy.label} · {desk.settings.base_url}",
        },
        LANGUAGE,
    )


def _subject(number: int) -> str:
    subject = catalog(LANGUAGE).ngettext(
        "Customer claims: %(num)s message in your daily digest",
        "Customer claims: %(num)s messages in your daily digest",
        number,
    )
    return subject % {"num": number}


def _when(item: OutboxMessage, zone: ZoneInfo) -> str:
    at = item.created_at.astimezone(zone)
    return f"{weekday_and_day(at.date(), LANGUAGE)}, {at:%H:%M} ({zone_in_words(zone.key, LANGUAGE)})"


def _due(context: Mapping[str, Any]) -> str:
    until = catalog(LANGUAGE).gettext("%(deadline)s: until %(day)s")
    return until % {"deadline": context["due_for"], "day": context["due_on"]}


def _of_claim(told: Sequence[tuple[dict[str, Any], str]]) -> list[Any]:
    """Return what the digest says of one claim: names, status, address, messages.

    A message is its subject, when it was left, lead, next step, deadline or "", and what somebody wrote.
    """
    first = told[0][0]
    names = [first[key] for key in ("claim_number", "claim_name", "customer_name") if first[key]]
    messages = [
        [
            context["subject"],
            when,
            context["lead"],
            context["next"],
            _due(context) if context["due_on"] else "",
            context["written"],
        ]
        for context, when in told
    ]
    return [" · ".join(names), first["status_label"], first["link"], messages]
