"""What the tests of the outbox share: messages to post, a plain way to write them, a real SMTP server."""

import email
import email.policy
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from portal.clock import Clock
from portal.db import transaction
from portal.notifications.delivery import DeliveryReport, deliver_due
from portal.notifications.model import OutboxMessage
from portal.notifications.outbox import post
from portal.notifications.rendering import Rendered
from portal.notifications.transports import Transport

SENDER = "Customer claims portal <claims@portal.example>"
Mail = EmailMessage


def leave(at: datetime, count: int = 1, **given: Any) -> list[str]:
    """Post `count` messages in one transaction and return their Message-IDs."""
    values: dict[str, Any] = {
        "subject": "CL-2026-000001",
        "event": "submit",
        "recipient": "ines@contoso.example",
        "audience": "partner",
        "context": {"place": 0},
        "at": at,
    }
    with transaction() as session:
        return [post(session, **values | given).message_id for _ in range(count)]


def plain(message: OutboxMessage, at: datetime) -> Rendered:
    words = f"{message.event} of {message.subject} at {at:%H:%M}"
    return Rendered(f"About {message.subject}", f"{words}\n", f"<p>{words}</p>\n")


def deliver(
    clock: Clock,
    transport: Transport,
    render: Callable[[OutboxMessage, datetime], Rendered] = plain,
) -> DeliveryReport:
    return deliver_due(transaction, clock, transport, render)


def rows() -> list[OutboxMessage]:
    with transaction() as session:
        found = session.query(OutboxMessage).order_by(OutboxMessage.id).all()
        session.expunge_all()
        return found


def only_row() -> OutboxMessage:
    (row,) = rows()
    return row


def kept_mails(folder: Path) -> list[Mail]:
    """Read every file that lies in the folder, in order of their names."""
    return [read_mail(path.read_bytes()) for path in sorted(folder.iterdir())]


def read_mail(content: bytes) -> Mail:
    mail = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    assert not mail.defects
    return mail


def part(mail: Mail, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found is not None
    return str(found.get_content()).replace("\r\n", "\n")


@dataclass
class Mailbox:
    """What a real SMTP server got. It says `answer` to each mail and turns away addresses with `refuse`."""

    answer: str = "250 OK"
    refuse: str = ""
    received: list[Mail] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    over_tls: list[bool] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802  # the server calls it by this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuse and self.refuse in address:
            return "550 There is no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  # the server calls it by this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.received.append(read_mail(envelope.content))
            self.envelopes.append(envelope)
            self.over_tls.append(session.ssl is not None)
        return self.answer


@contextmanager
def smtp_server(mailbox: Mailbox, **options: Any) -> Iterator[int]:
    """Run a server that fills `mailbox`, on a free port of this machine, which is yielded."""
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port(), enable_SMTPUTF8=True, **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
