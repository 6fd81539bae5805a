"""The mail about another payout contact: to who may name one, who manages people, and whom it replaces."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.model import Organization
from portal.accounts.roles import people_with_roles
from portal.claims.desk import Desk
from portal.languages.dates import weekday_and_day, zone_in_words
from portal.notifications.model import OutboxMessage
from portal.notifications.outbox import post
from portal.notifications.rendering import Rendered, render

KEEP, PEOPLE = "payouts.keep_contact", "people.manage"
PAYOUTS = "payouts"  # the audience of these mails, which are about no claim
PATH = "earnings/payout-contact"
TEMPLATE = "payout_contact"


@dataclass(frozen=True)
class Contact:
    """Name and e-mail address, both "" where nobody is named; `seen` goes with the form."""

    name: str = ""
    email: str = ""

    @property
    def seen(self) -> str:
        return f"{self.name}\n{self.email}"


def post_change(
    session: Session, desk: Desk, actor: Actor, before: Contact, after: Contact, at: datetime
) -> None:
    """Leave one message for each who is told, in the transaction of the change.

    Those who hold the role for some locations alone are told too: they may not change it, and notice more.
    So are those who manage people, who can shut out an account that somebody else took over.
    """
    holding = people_with_roles(session, _roles(desk))
    own = [person.email for person in holding if person.organization_id == actor.organization_id]
    context: dict[str, Any] = {
        "organization": actor.organization_id,
        "before": [before.name, before.email],
        "after": [after.name, after.email],
        "by": [actor.name, actor.email],
    }
    for address in dict.fromkeys(one.casefold() for one in (*own, before.email) if one):
        post(
            session,
            subject=f"{PAYOUTS}:{actor.organization_id}",
            event=TEMPLATE,
            recipient=address,
            audience=PAYOUTS,
            context=context,
            at=at,
        )


def write_payout_mail(session: Session, desk: Desk, message: OutboxMessage) -> Rendered:
    """Write a message that `post_change` left, with its moment in the time zone of the policy."""
    rulebook, said = desk.policies.in_force(), message.context
    organization = session.get_one(Organization, said["organization"])
    base = desk.settings.base_url.rstrip("/")
    return render(
        TEMPLATE,
        {
            # stays English: mails about accounts and payouts are in no other language
            "subject": f"{organization.name}: the payout contact was changed",
            "organization_name": organization.name,
            "roles": [
                rulebook.roles.roles[code].label
                for code in _roles(desk)
                if rulebook.side_of(code) == organization.side  # nobody there holds another one
            ],
            **{name: said[name] for name in ("before", "after", "by")},
            "when": _in_words(message.created_at.astimezone(ZoneInfo(rulebook.policy.time_zone))),
            "link": f"{base}/{PATH}",
            "link_label": "Look at the payout contact",  # stays English: as above
            "footer": f"{rulebook.policy.label} · {base}",
        },
    )


def _roles(desk: Desk) -> list[str]:
    rulebook = desk.policies.in_force()
    return list(dict.fromkeys((*rulebook.roles_with(KEEP), *rulebook.roles_with(PEOPLE))))


def _in_words(at: datetime) -> str:
    return f"{weekday_and_day(at.date())}, {at:%H:%M} ({zone_in_words(str(at.tzinfo))})"
