"""Hands one e-mail over: to a folder of `.eml` files, or to an SMTP server."""

import os
import re
import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from portal.settings import Settings

# How long each step of talking to the server may take before the attempt is given up, in seconds.
PATIENCE = 30
SMTP_PORTS = {"smtp": 25, "smtps": 465}


class MailUrlWrong(ValueError):
    """`PORTAL_MAIL_URL` cannot be understood; the message says how it is written."""


class Transport(Protocol):
    """Where mail is handed over to. `sender` is what its From says."""

    sender: str

    def send(self, mail: EmailMessage) -> None:
        """Hand `mail` over. When this returns the other side has it; raises OSError or SMTPException."""
        ...


class EmlFolder:
    """Keeps each mail as a file named by its Message-ID: handed over again, it is the same file."""

    def __init__(self, folder: Path, sender: str) -> None:
        self.sender = sender
        self._folder = folder

    def send(self, mail: EmailMessage) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = re.sub(r"[^A-Za-z0-9.@_-]", "", mail["Message-ID"]).lstrip(".")
        unfinished = self._folder / f".{name}.{os.getpid()}.{id(mail)}"
        try:
            handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(mail.as_bytes())
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self._folder / f"{name}.eml")
        finally:
            unfinished.unlink(missing_ok=True)


class Smtp:
    """Hands mail to the server at a URL such as `smtp://user:password@mail.example:587?starttls=1`.

    `smtps://` speaks TLS from the start, `starttls=1` changes to it before anything is said. Certificates
    are checked. Raises MailUrlWrong at once, not with the first mail.
    """

    def __init__(self, url: str, sender: str) -> None:
        self.sender = sender
        parts = urlsplit(url)
        try:
            self._port = parts.port or SMTP_PORTS[parts.scheme]
        except (KeyError, ValueError):
            raise MailUrlWrong(_HOW) from None
        if not parts.hostname or (parts.username and parts.password is None):
            raise MailUrlWrong(_HOW)
        self._host = parts.hostname
        self._login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        self._tls = parts.scheme == "smtps"
        self._starttls = parse_qs(parts.query).get("starttls", ["0"])[-1] == "1"

    def send(self, mail: EmailMessage) -> None:
        with self._connection() as server:
            if self._starttls:
                server.starttls(context=ssl.create_default_context())
            if self._login:
                server.login(*self._login)
            server.send_message(mail)

    def _connection(self) -> smtplib.SMTP:
        if self._tls:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self._host, self._port, timeout=PATIENCE, context=context)
        return smtplib.SMTP(self._host, self._port, timeout=PATIENCE)


_HOW = (
    # stays English: told to the operators' shell and log
    "PORTAL_MAIL_URL cannot be understood. Write it like smtp://mail.example, "
    "smtp://user:password@mail.example:587?starttls=1 or smtps://user:password@mail.example."
)


def transport_from(settings: Settings) -> Transport:
    """Return the server of `PORTAL_MAIL_URL`, or the folder of `.eml` files where none is set."""
    if settings.mail_url:
        return Smtp(settings.mail_url, settings.mail_from)
    return EmlFolder(settings.mail_dir, settings.mail_from)
