"""What an action would send, by carrying it out as it is and taking all of it back."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import event
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.claims.acting import let_time_act_first, retried
from portal.claims.answers import Answers
from portal.claims.desk import Desk
from portal.claims.lifecycle import perform
from portal.claims.mail_recipients import ADMINS, CUSTOMER, PARTNER
from portal.claims.mails import write_mail
from portal.claims.queries import lock_for_action
from portal.claims.staleness import check_version
from portal.db import transaction
from portal.languages.sentences import lazy_gettext
from portal.notifications.delivery import GATHERED, UNWANTED
from portal.notifications.model import OutboxMessage
from portal.notifications.rendering import Rendered
from portal.web.logs import mask

# Whom a mail goes to, as a reviewer says it; every other audience are reviewers.
AUDIENCES: Mapping[str, str] = {
    PARTNER: lazy_gettext("the partner"),
    CUSTOMER: lazy_gettext("the customer contact"),
    ADMINS: lazy_gettext("the operator’s admins"),
}
REVIEWERS = lazy_gettext("reviewers")


@dataclass(frozen=True)
class Rehearsed:
    """One mail as it would be sent: about which claim, to whom (in words), how many of them, its text.

    Of its `addresses`, `in_digest` get it in their daily digest; who wants no such mail is not counted.
    """

    number: str
    to: str
    addresses: int
    in_digest: int
    subject: str
    text: str


class _TakenBack(Exception):  # nothing went wrong: it ends the transaction without a trace
    def __init__(self, mails: tuple[Rehearsed, ...]) -> None:
        self.mails = mails


def rehearse(
    desk: Desk,
    action: str,
    number: str,
    actor: Actor,
    answers: Answers | None = None,
    version: int | None = None,
) -> tuple[Rehearsed, ...]:
    """Return the mails that `action` would send if it were done now; nothing of it stays, and none is sent.

    What is due by the clock happens before, as before every action, and stays. Opens transactions of its
    own, and is tried once more where it lost a race. Raises as `act` does, except that files are not looked
    at and a refusal is not stored: nobody has asked for anything yet.
    """
    let_time_act_first(desk, number, actor)

    def taken_back() -> tuple[Rehearsed, ...]:
        try:
            with transaction() as session:
                raise _TakenBack(_mails(session, desk, action, number, actor, answers, version))
        except _TakenBack as done:
            return done.mails

    return retried(action, number, taken_back)


def _mails(
    session: Session,
    desk: Desk,
    action: str,
    number: str,
    actor: Actor,
    answers: Answers | None,
    version: int | None,
) -> tuple[Rehearsed, ...]:
    claim = lock_for_action(session, desk, action, number, actor)
    check_version(session, desk, claim, version, actor)
    with _left_in(session) as left:
        step = perform(session, desk, action, claim, actor, answers)
        session.flush()
    in_order = sorted((row for row in left if row.state != UNWANTED), key=lambda row: row.id)
    return _grouped((row, write_mail(session, desk, row, step.now)) for row in in_order)


@contextmanager
def _left_in(session: Session) -> Iterator[list[OutboxMessage]]:
    """Collect what is left in the outbox by this session.

    The table alone does not tell: on PostgreSQL it also has what others commit in the meantime.
    """
    left: list[OutboxMessage] = []

    def note(_session: Session, row: object) -> None:
        if isinstance(row, OutboxMessage):
            left.append(row)

    event.listen(session, "pending_to_persistent", note)
    try:
        yield left
    finally:
        event.remove(session, "pending_to_persistent", note)


def _grouped(mails: Iterable[tuple[OutboxMessage, Rendered]]) -> tuple[Rehearsed, ...]:
    """Return each mail once, with how many addresses get it: several people are told the same."""
    states: dict[tuple[str, str, str, str], list[str]] = {}
    for row, mail in mails:
        to = str(AUDIENCES.get(row.audience, REVIEWERS))
        states.setdefault((row.subject, to, mail.subject, mask(mail.text)), []).append(row.state)
    return tuple(
        Rehearsed(number, to, len(found), found.count(GATHERED), subject, text)
        for (number, to, subject, text), found in states.items()
    )
