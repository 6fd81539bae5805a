"""Writes the mails about accounts: an invitation, and a link for a forgotten password."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from portal.accounts.account_links import FORGOTTEN, INVITATION, token_for
from portal.accounts.model import AccountLink
from portal.languages.dates import zone_in_words
from portal.notifications.model import OutboxMessage
from portal.notifications.rendering import Rendered, render
from portal.notifications.writing import OutOfDate
from portal.rulebook.rulebook import Rulebook
from portal.settings import Settings

TEMPLATES = {INVITATION: "invitation", FORGOTTEN: "forgotten_password"}


def write_account_mail(
    session: Session, settings: Settings, secret: bytes, message: OutboxMessage, rulebook: Rulebook
) -> Rendered:
    """Write a message that `mail_link` left, with moments in the time zone of the policy `rulebook`."""
    link = session.get_one(AccountLink, message.context["link"])
    base = settings.base_url.rstrip("/")
    # stays English: mails about accounts are in no other language
    labels = {INVITATION: "Accept the invitation", FORGOTTEN: "Choose a new password"}
    subjects = {
        # stays English: as above
        INVITATION: f"{link.person.organization.name}: your account for customer claims",
        # stays English: as above
        FORGOTTEN: "Choose a new password for customer claims",
    }
    return render(
        TEMPLATES[link.purpose],
        {
            "subject": subjects[link.purpose],
            "person_name": link.person.name,
            "organization_name": link.person.organization.name,
            "by": message.context["by"],
            "email": link.person.email,
            "until": _in_words(link.expires_at.astimezone(ZoneInfo(rulebook.policy.time_zone))),
            "link": f"{base}/{PATHS[link.purpose]}/{token_for(secret, link)}",
            "link_label": labels[link.purpose],
            "footer": f"{rulebook.policy.label} · {base}",
        },
    )


def require_link(session: Session, message: OutboxMessage, at: datetime) -> None:
    """Raise OutOfDate where the link of the message opens nothing any more at `at`."""
    link = session.get(AccountLink, message.context["link"])
    gone = link is None or link.void_at is not None or link.expires_at <= at
    # Whoever the link lets in is the one who gets the mail, whatever became of either since.
    if link is None or gone or link.person.email != message.recipient:
        raise OutOfDate(
            # stays English: it is kept with the message
            "The link of this mail was used or replaced, or its time is over, so it was not sent."
        )


# The log masks what follows these parts of an address.
PATHS = {INVITATION: "invitations", FORGOTTEN: "password"}


def _in_words(moment: datetime) -> str:
    return f"{moment:%A} {moment.day} {moment:%B %Y, %H:%M} ({zone_in_words(str(moment.tzinfo))})"
