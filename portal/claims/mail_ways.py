"""How people get mails about claims: at once, in a daily digest, or not, as far as the policy lets them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.model import Person
from portal.accounts.queries import person_by_email
from portal.claims.clock_states import waiting_clocks
from portal.claims.desk import Desk
from portal.claims.mail_recipients import ADMINISTER, ADMINS, PARTNER, REVIEWER, REVIEWERS
from portal.claims.model import Claim
from portal.claims.participants import DECIDE
from portal.db import transaction
from portal.languages.sentences import gettext
from portal.notifications.delivery import GATHERED, UNWANTED
from portal.notifications.model import OutboxMessage
from portal.notifications.writing import NotByItself
from portal.rulebook.closed_names import REMIND
from portal.rulebook.models import Mail
from portal.rulebook.resolving_deadlines import OTHER_SIDE
from portal.rulebook.rulebook import Rulebook

AT_ONCE, DIGEST, NONE = "at_once", "digest", "none"  # models.Way, the order in which pages show them
WAYS = (AT_ONCE, DIGEST, NONE)
STATE_OF = {DIGEST: GATHERED, NONE: UNWANTED}
WHY_NOT = {
    DIGEST: "The recipient gets messages like this in the daily digest.",  # stays English: kept
    NONE: "The recipient chose not to get messages like this.",  # stays English: kept with the message
}


@dataclass(frozen=True)
class Kind:
    """A kind of mail that somebody gets: the `label` of what it tells, its `title`, and how they get it.

    The title is the subject of its mails, where it is the same in all of them. `ways` are those that can be
    chosen; just one where there is no choice.
    """

    code: str
    label: str
    title: str
    ways: tuple[str, ...]
    way: str


def kinds_for(desk: Desk, session: Session, reader: Actor) -> list[Kind]:
    """Return the kinds of mail that the policy in force knows for `reader`, in its order."""
    rulebook = desk.policies.in_force()
    chosen = session.get_one(Person, reader.person_id).mail_ways
    found = {}
    for event in rulebook.notifications.events:
        for audience in _audiences(rulebook, reader):
            if mails := _mails(rulebook, event, audience):
                code, ways = _code(event, audience), ways_of(rulebook, event, audience)
                way = chosen.get(code, AT_ONCE)
                label = _label(rulebook, event)
                title = _subject(mails[0]) or label
                found[code] = Kind(code, label, title, ways, way if way in ways else AT_ONCE)
    told = Counter(kind.title for kind in found.values())
    return [_told_apart(kind) if told[kind.title] > 1 else kind for kind in found.values()]


def _told_apart(kind: Kind) -> Kind:
    return replace(kind, title=f"{kind.title} ({kind.label})")


def keep_ways(desk: Desk, reader: Actor, given: Mapping[str, str]) -> None:
    """Keep the ways that a form gave by the codes of kinds; what cannot be chosen stays as it was.

    Opens its own transaction.
    """
    desk.open()
    with transaction() as session:
        person = session.get_one(
            Person, reader.person_id, with_for_update={"of": Person}, populate_existing=True
        )
        ways = dict(person.mail_ways)
        for kind in kinds_for(desk, session, reader):
            if given.get(kind.code) in kind.ways:
                ways[kind.code] = given[kind.code]
        person.mail_ways = ways


def ways_of(rulebook: Rulebook, event: str, audience: str) -> tuple[str, ...]:
    """Return how the mails of `event` to `audience` may be got; at once alone where the policy has none."""
    allowed = [set(mail.may_be) for mail in _mails(rulebook, event, audience)]
    common = set.intersection(*allowed) if allowed else set()
    return tuple(way for way in WAYS if way == AT_ONCE or way in common)


def chosen_way(session: Session, rulebook: Rulebook, claim: Claim, message: OutboxMessage) -> str:
    """Return how the recipient of `message` gets it, by what they chose and the policy lets them choose.

    A mail that a clock of the claim waits for goes out at once, whatever anybody chose. Whoever has no
    account chose nothing.
    """
    if any(row.created_at == message.created_at for row in waiting_clocks(claim)):
        return AT_ONCE
    person = person_by_email(session, message.recipient)
    way = person.mail_ways.get(_code(message.event, message.audience), AT_ONCE) if person else AT_ONCE
    return way if way in ways_of(rulebook, message.event, message.audience) else AT_ONCE


def keep_chosen_way(session: Session, rulebook: Rulebook, claim: Claim, message: OutboxMessage) -> None:
    """Leave a message that was just posted to the digest, or unsent, where its recipient chose so."""
    way = chosen_way(session, rulebook, claim, message)
    if way in STATE_OF:
        message.state, message.error = STATE_OF[way], WHY_NOT[way]


def require_chosen_way(session: Session, desk: Desk, message: OutboxMessage) -> None:
    """Raise NotByItself for a message about to be handed over whose recipient wants it in another way."""
    claim = session.scalars(select(Claim).where(Claim.number == message.subject)).one()
    way = chosen_way(session, desk.policies.in_force(), claim, message)
    if way in STATE_OF:
        raise NotByItself(STATE_OF[way], WHY_NOT[way])


def _code(event: str, audience: str) -> str:
    return f"{event}/{audience}"


def _mails(rulebook: Rulebook, event: str, audience: str) -> Sequence[Mail]:
    names = {audience, OTHER_SIDE} if audience in {PARTNER, REVIEWER} else {audience}
    return [mail for mail in rulebook.notifications.events.get(event, []) if mail.to in names]


def _audiences(rulebook: Rulebook, reader: Actor) -> Iterator[str]:
    """Yield what notifications.yaml calls `reader`: one side of claims, or who looks after them."""
    if reader.side == PARTNER:
        yield PARTNER
    permissions = rulebook.permissions_of(reader.roles)
    if DECIDE in permissions:
        yield from (REVIEWER, REVIEWERS)
    if ADMINISTER in permissions:
        yield ADMINS


def _label(rulebook: Rulebook, event: str) -> str:
    if transition := rulebook.transitions.get(event):
        return transition.label
    clock = rulebook.clocks.get(event.removeprefix(REMIND))
    return gettext("Reminder: %(deadline)s", deadline=clock.label) if clock else event


def _subject(mail: Mail) -> str:
    """Return the subject of `mail` where it is the same in all of them, else ""."""
    return "" if "{" in mail.subject else mail.subject
