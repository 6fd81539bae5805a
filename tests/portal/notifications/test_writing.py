from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.notifications.model import OutboxMessage
from portal.notifications.rendering import Rendered
from portal.notifications.writing import NoAddress, recipient, write
from tests.portal.notifications.post_office import SENDER, Mail, part, read_mail

AT = datetime(2026, 11, 23, 17, tzinfo=UTC)
HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "References",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
}


def written(subject: str, number: str = "CL-2026-000001", text: str = "text\n", html: str = "<p>\n") -> Mail:
    message = OutboxMessage(
        message_id="<1@customer-claims.invalid>", recipient="ines@contoso.example", subject=number
    )
    return read_mail(write(message, Rendered(subject, text, html), SENDER, AT).as_bytes())


def test_a_mail_says_who_what_when_and_that_a_machine_sent_it() -> None:
    mail = written("Grüße — 名", text="Ça va\n", html="<p>Ça va</p>\n")

    assert set(mail.keys()) == HEADERS
    assert mail["From"] == SENDER
    assert mail["To"] == "ines@contoso.example"
    assert mail["Subject"] == "Grüße — 名"
    assert mail["Date"].datetime == AT
    assert mail["References"] == "<CL-2026-000001@customer-claims.invalid>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "multipart/alternative"
    assert [inner.get_content_type() for inner in mail.iter_parts()] == ["text/plain", "text/html"]
    assert (part(mail, "plain"), part(mail, "html")) == ("Ça va\n", "<p>Ça va</p>\n")


@given(subject=st.text(max_size=300), number=st.text(max_size=40))
@settings(deadline=None)
def test_no_text_adds_a_header(subject: str, number: str) -> None:
    mail = written(subject, number)

    assert set(mail.keys()) == HEADERS
    assert len(mail.keys()) == len(HEADERS)


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\0"])
def test_a_line_end_in_the_subject_is_a_blank(end: str) -> None:
    assert written(f"Hello{end}Bcc: all@contoso.example")["Subject"] == "Hello Bcc: all@contoso.example"


def test_a_long_subject_is_cut() -> None:
    assert written("x" * 500)["Subject"] == "x" * 200


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("ines@contoso.example", "contoso.example"),
        ("ines.o'neil+claims@contoso.example", "contoso.example"),
        ("ines@münchen.example", "xn--mnchen-3ya.example"),
        ("ines@Contoso.Example", "Contoso.Example"),
        ("jörg@contoso.example", "contoso.example"),
    ],
)
def test_one_address_is_read(text: str, domain: str) -> None:
    address = recipient(text)

    assert (address.username, address.domain) == (text.partition("@")[0], domain)


def test_a_domain_that_would_become_another_ones_is_no_address() -> None:
    with pytest.raises(NoAddress, match="write it in ASCII"):
        recipient("ines@grüße.example")


@given(st.text(max_size=80))
@settings(deadline=None)
def test_what_is_taken_as_an_address_is_one_line_with_one_at(text: str) -> None:
    try:
        address = recipient(text)
    except NoAddress:
        return
    assert str(address).isprintable()
    assert str(address).count("@") == 1
