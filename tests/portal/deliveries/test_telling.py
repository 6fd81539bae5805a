"""Why a message was not sent: what happened and what to do next, whatever a program called it."""

import pytest

from portal.deliveries.telling import Trouble, trouble


@pytest.mark.parametrize(
    ("error", "state", "happened", "next_step"),
    [
        ("ConnectionRefusedError: [Errno 111]", "waiting", "could not be reached", "tries again by itself"),
        ("OSError: [Errno 28] No space left on device", "waiting", "could not be written", "stands below"),
        ("SSLCertVerificationError: [SSL] expired", "waiting", "The certificate", "an authority"),
        ("SSLError: [SSL] wrong version number", "failed", "a secure connection", "starttls=1"),
        (
            "SMTPServerDisconnected: gone",
            "failed",
            "could not be reached",
            "send it again when that is mended",
        ),
        (
            "SMTPRecipientsRefused: {'a@b.example': (550, b'no')}",
            "failed",
            "refused the recipient",
            "correct it",
        ),
        ("SMTPAuthenticationError: (535, b'no')", "waiting", "sign in", "PORTAL_MAIL_URL"),
        ("SMTPDataError: (554, b'spam')", "waiting", "did not take", "says why"),
        ("KeyError: 'claim'", "waiting", "could not be written", "stands below"),
    ],
)
def test_a_failure_is_told_in_words_with_what_to_do(
    error: str, state: str, happened: str, next_step: str
) -> None:
    told = trouble(error, state)
    assert told is not None
    assert happened in told.happened
    assert next_step in told.next_step
    assert told.technical == error


def test_what_the_portal_says_itself_stands_as_it_is() -> None:
    said = "Somebody else is told instead, so this mail was not sent."
    assert trouble(said, "overtaken") == Trouble(said, "", "")
    assert trouble("", "sent") is None
