"""The mail that the portal kept as files, read as its recipients read it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Mail:
    """One mail: its headers, and its two bodies, which say the same."""

    to: str
    subject: str
    message_id: str
    text: str
    html: str

    @classmethod
    def read(cls, content: bytes) -> "Mail":
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        text, html = message.get_body(("plain",)), message.get_body(("html",))
        assert text is not None, "A mail has a text for programs that show no HTML."
        assert html is not None, "A mail has HTML for programs that show it."
        return cls(
            to=message["To"],
            subject=message["Subject"],
            message_id=message["Message-ID"],
            text=text.get_content().replace("\r\n", "\n"),
            html=html.get_content(),
        )

    @property
    def deadline(self) -> str:
        """What stands under "Deadline", on one line; "" where the mail names none."""
        found = re.search(r"^Deadline\n(.+?)\n\n", self.text, re.MULTILINE | re.DOTALL)
        return " ".join(found[1].split()) if found else ""

    @property
    def link(self) -> str:
        """The path of the one address that the mail asks to open; the HTML has it too."""
        found = re.findall(r"^https?://\S+$", self.text, re.MULTILINE)
        assert len(found) == 1, f"A mail asks to open one address, not {found}."
        assert f'href="{found[0]}"' in self.html, "The HTML leads somewhere else than the text."
        address: str = found[0]
        return urlsplit(address).path


class Mailbox:
    """The folder of `.eml` files; each mail is new once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: set[Path] = set()

    def new(self) -> list[Mail]:
        """Return the mails that nobody looked at yet, in the order in which they were left."""
        found = sorted(set(self._folder.glob("*.eml")) - self._seen)
        self._seen |= set(found)
        return [Mail.read(path.read_bytes()) for path in found]


def by_recipient(mails: Iterable[Mail], expected: dict[str, str]) -> dict[str, Mail]:
    """Return the mails by address; raises AssertionError unless they are exactly the expected ones.

    `expected` has the subject by address, without the claim number that ends it.
    """
    found = {mail.to: mail for mail in mails}
    subjects = {to: re.sub(r" \(CL-\d{4}-\d{6}\)$", "", mail.subject) for to, mail in found.items()}
    assert subjects == expected, f"The mails are {subjects}, not {expected}."
    return found
