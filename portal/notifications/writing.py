"""Writes one message of the outbox as an e-mail: headers that nobody can add to, text and HTML."""

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as NET
from email.utils import format_datetime

from portal.notifications.model import OutboxMessage
from portal.notifications.outbox import MESSAGE_ID_DOMAIN
from portal.notifications.rendering import Rendered

# A longer subject is cut off by the programs that show it.
SUBJECT_CHARACTERS_AT_MOST = 200

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]{1,255}")


class NoAddress(ValueError):
    """The recipient is not exactly one address; no later attempt can change that."""


class OutOfDate(ValueError):
    """What the message tells of is no longer so; whoever read it now would be misled."""


class NotByItself(ValueError):
    """The message is not handed over by itself; `state` is the one that it is left in from now on."""

    def __init__(self, state: str, why: str) -> None:
        super().__init__(why)
        self.state = state


def write(message: OutboxMessage, rendered: Rendered, sender: str, at: datetime) -> EmailMessage:
    """Return the e-mail for `message`, from `sender` ("Name <address>"), dated `at` (aware).

    Line ends and control characters in texts end no header: they become blanks in the subject, and an
    address that holds any is no address. Raises NoAddress.
    """
    mail = EmailMessage(policy=NET)
    mail["From"] = sender  # stays English: the names of headers are no words
    mail["To"] = recipient(message.recipient)
    # stays English: as above
    mail["Subject"] = _one_line(rendered.subject)[:SUBJECT_CHARACTERS_AT_MOST]
    mail["Date"] = format_datetime(at)  # stays English
    mail["Message-ID"] = message.message_id
    # stays English: programs gather the mails of one claim by this.
    mail["References"] = f"<{re.sub(r'[^A-Za-z0-9-]', '', message.subject)}@{MESSAGE_ID_DOMAIN}>"
    # Nobody's absence note answers a machine's mail.
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(rendered.text)
    mail.add_alternative(rendered.html, subtype="html")
    return mail


def recipient(text: str) -> Address:
    """Return the one address that `text` holds, its domain in ASCII. Raises NoAddress."""
    if not _ADDRESS.fullmatch(text) or not text.isprintable():
        # stays English: kept with the message, as the others below
        raise NoAddress("The recipient is not a single e-mail address; correct it on the claim.")
    local, _, domain = text.rpartition("@")
    try:
        ascii_domain = domain.encode("idna")
        # The older way of writing domains in ASCII makes some letters another domain's, as ß does ss.
        if ascii_domain.decode("idna").lower() != domain.lower():
            # stays English
            raise NoAddress("The recipient's domain cannot be reached; write it in ASCII on the claim.")
        return Address(username=local, domain=ascii_domain.decode("ascii"))
    except NoAddress:
        raise
    except ValueError:
        # stays English
        raise NoAddress("The recipient's address cannot be read; correct it on the claim.") from None


def _one_line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
