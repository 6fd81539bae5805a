"""Why a message was not sent, in words: what happened, and what to do next."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from portal.languages.sentences import gettext, lazy_gettext
from portal.notifications.delivery import FAILED, WAITING

# What a program says of a failure begins with the failure's name; what the portal says itself is a sentence.
_NAMED = re.compile(r"([A-Za-z_]\w*): ")
UNREACHABLE = lazy_gettext("The mail server could not be reached.")
CHECK_SERVER = lazy_gettext("Check that it runs, and its address in PORTAL_MAIL_URL.")
# stays English: the names of failures
UNREACHED = (
    "ConnectionRefusedError",
    "ConnectionResetError",
    "TimeoutError",
    "gaierror",
    "SMTPConnectError",
    "SMTPServerDisconnected",
)
NOT_SECURE = (
    lazy_gettext("The portal and the mail server could not agree on a secure connection."),
    lazy_gettext("Check smtps:// or starttls=1, and the port, in PORTAL_MAIL_URL."),
)
# What happened, and what to check, by the name of the failure.
FAILURES: Mapping[str, tuple[str, str]] = {
    "SMTPRecipientsRefused": (
        lazy_gettext("The mail server refused the recipient’s address."),
        lazy_gettext("Check the address, and correct it on the claim or the account."),
    ),
    "SMTPSenderRefused": (
        lazy_gettext("The mail server refused the portal’s own address."),
        lazy_gettext("Check PORTAL_MAIL_FROM, and that the server lets the portal send from it."),
    ),
    "SMTPAuthenticationError": (
        lazy_gettext("The mail server did not let the portal sign in."),
        lazy_gettext("Check the user and the password in PORTAL_MAIL_URL."),
    ),
    "SSLCertVerificationError": (
        lazy_gettext("The certificate of the mail server could not be verified."),
        lazy_gettext(
            "Check that it is valid, is for the name in PORTAL_MAIL_URL, "
            "and comes from an authority that the portal’s machine trusts."
        ),
    ),
    **dict.fromkeys(("SSLError", "SSLEOFError", "SSLZeroReturnError"), NOT_SECURE),
    **dict.fromkeys(UNREACHED, (UNREACHABLE, CHECK_SERVER)),
}
NOT_TAKEN = (
    lazy_gettext("The mail server did not take the message."),
    lazy_gettext("Its answer below says why."),
)
NOT_WRITTEN = (
    lazy_gettext("The message could not be written or handed over."),
    lazy_gettext("The error stands below."),
)


@dataclass(frozen=True)
class Trouble:
    """Why a message was not sent. `technical` are the words of the program that failed, "" for none."""

    happened: str
    next_step: str
    technical: str


def trouble(error: str, state: str) -> Trouble | None:
    """Return what `error`, kept with a message in `state`, means to people; None where nothing happened."""
    if not error:
        return None
    then = {
        WAITING: gettext("The portal tries again by itself."),
        FAILED: gettext("The portal has given up; send it again when that is mended."),
    }.get(state, "")
    named = _NAMED.match(error)
    if named is None:
        return Trouble(error, then if state == WAITING else "", "")
    otherwise = NOT_TAKEN if named[1].startswith("SMTP") else NOT_WRITTEN
    happened, check = FAILURES.get(named[1], otherwise)
    return Trouble(str(happened), f"{check} {then}".strip(), error)
