import socket
import ssl
import stat
from pathlib import Path
from smtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPServerDisconnected,
)

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from portal.notifications.transports import EmlFolder, MailUrlWrong, Smtp, transport_from
from portal.settings import Settings, read_settings
from tests.bare_app import at_once
from tests.portal.notifications.post_office import (
    SENDER,
    Mail,
    Mailbox,
    free_port,
    kept_mails,
    part,
    smtp_server,
)

CERTIFICATE = Path(__file__).with_name("certificate.pem")


def a_mail(number: int = 1, to: str = "ines@contoso.example") -> Mail:
    mail = Mail()
    mail["From"] = SENDER
    mail["To"] = to
    mail["Subject"] = "Grüße"
    mail["Message-ID"] = f"<20261123.{number}@customer-claims.invalid>"
    mail.set_content("Ça va — 名\n")
    return mail


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def certified() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    return context


@pytest.fixture
def trusting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this machine trust the certificate of the tests' server."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))


def test_a_mail_is_kept_as_a_file_named_by_its_message_id(tmp_path: Path) -> None:
    EmlFolder(tmp_path / "mail", SENDER).send(a_mail())

    (path,) = (tmp_path / "mail").iterdir()
    assert path.name == "20261123.1@customer-claims.invalid.eml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (mail,) = kept_mails(tmp_path / "mail")
    assert (mail["Subject"], part(mail, "plain")) == ("Grüße", "Ça va — 名\n")


def test_a_mail_that_is_handed_over_again_is_the_same_file(tmp_path: Path) -> None:
    folder = EmlFolder(tmp_path, SENDER)
    at_once([lambda: folder.send(a_mail())] * 4 + [lambda: folder.send(a_mail(2))] * 4)

    assert [mail["Message-ID"] for mail in kept_mails(tmp_path)] == [
        "<20261123.1@customer-claims.invalid>",
        "<20261123.2@customer-claims.invalid>",
    ]


def test_a_message_id_names_no_other_folder(tmp_path: Path) -> None:
    mail = a_mail()
    mail.replace_header("Message-ID", "<../../escaped@customer-claims.invalid>")

    EmlFolder(tmp_path / "mail", SENDER).send(mail)

    assert [path.name for path in (tmp_path / "mail").iterdir()] == ["escaped@customer-claims.invalid.eml"]
    assert [path.name for path in tmp_path.iterdir()] == ["mail"]


def test_a_server_is_handed_the_mail(mailbox: Mailbox) -> None:
    with smtp_server(mailbox) as port:
        Smtp(f"smtp://127.0.0.1:{port}", SENDER).send(a_mail())

    (mail,) = mailbox.received
    assert (mail["Subject"], part(mail, "plain")) == ("Grüße", "Ça va — 名\n")
    assert mailbox.envelopes[0].mail_from == "claims@portal.example"
    assert mailbox.envelopes[0].rcpt_tos == ["ines@contoso.example"]
    assert mailbox.over_tls == [False]


def test_an_address_beyond_ascii_is_reached(mailbox: Mailbox) -> None:
    with smtp_server(mailbox) as port:
        Smtp(f"smtp://127.0.0.1:{port}", SENDER).send(a_mail(to="jörg@contoso.example"))

    assert mailbox.envelopes[0].rcpt_tos == ["jörg@contoso.example"]


@pytest.mark.usefixtures("trusting")
def test_starttls_comes_before_the_mail(mailbox: Mailbox, certified: ssl.SSLContext) -> None:
    with smtp_server(mailbox, tls_context=certified, require_starttls=True) as port:
        with pytest.raises(SMTPException, match="STARTTLS"):
            Smtp(f"smtp://127.0.0.1:{port}", SENDER).send(a_mail())
        Smtp(f"smtp://127.0.0.1:{port}?starttls=1", SENDER).send(a_mail())

    assert mailbox.over_tls == [True]


@pytest.mark.usefixtures("trusting")
def test_smtps_speaks_tls_from_the_start(mailbox: Mailbox, certified: ssl.SSLContext) -> None:
    with smtp_server(mailbox, ssl_context=certified) as port:
        Smtp(f"smtps://127.0.0.1:{port}", SENDER).send(a_mail())

    assert len(mailbox.received) == 1


@pytest.mark.parametrize("server", ["starttls", "smtps"])
def test_a_server_that_nobody_vouches_for_gets_nothing(
    mailbox: Mailbox, certified: ssl.SSLContext, server: str
) -> None:
    options = {"ssl_context": certified} if server == "smtps" else {"tls_context": certified}
    scheme, query = ("smtps", "") if server == "smtps" else ("smtp", "?starttls=1")

    # The probe with which the server tells that it listens speaks TLS itself and must trust it.
    with smtp_server(mailbox, **options) as port, pytest.raises(ssl.SSLCertVerificationError):
        Smtp(f"{scheme}://127.0.0.1:{port}{query}", SENDER).send(a_mail())

    assert mailbox.received == []


def test_a_server_without_starttls_gets_nothing(mailbox: Mailbox) -> None:
    with smtp_server(mailbox) as port, pytest.raises(SMTPNotSupportedError):
        Smtp(f"smtp://127.0.0.1:{port}?starttls=1", SENDER).send(a_mail())

    assert mailbox.received == []


def test_the_name_and_password_of_the_url_sign_in(mailbox: Mailbox) -> None:
    def check(
        server: object, session: object, envelope: object, mechanism: str, given: LoginPassword
    ) -> AuthResult:
        mailbox.logins.append((given.login, given.password))
        return AuthResult(success=given.password == b"p@ss/word", handled=False)

    options = {"authenticator": check, "auth_require_tls": False}
    with smtp_server(mailbox, **options) as port:
        Smtp(f"smtp://mail%40portal:p%40ss%2Fword@127.0.0.1:{port}", SENDER).send(a_mail())
        with pytest.raises(SMTPAuthenticationError):
            Smtp(f"smtp://mail%40portal:wrong@127.0.0.1:{port}", SENDER).send(a_mail())

    assert mailbox.logins[0] == (b"mail@portal", b"p@ss/word")
    assert len(mailbox.received) == 1


def test_a_refused_recipient_is_an_error() -> None:
    with smtp_server(Mailbox(refuse="ines@")) as port, pytest.raises(SMTPRecipientsRefused):
        Smtp(f"smtp://127.0.0.1:{port}", SENDER).send(a_mail())


def test_a_server_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ConnectionRefusedError):
        Smtp(f"smtp://127.0.0.1:{free_port()}", SENDER).send(a_mail())


def test_a_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.notifications.transports.PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(SMTPServerDisconnected):
        Smtp(f"smtp://127.0.0.1:{silent.getsockname()[1]}", SENDER).send(a_mail())


@pytest.mark.parametrize(
    "url",
    [
        "mail.example",
        "http://mail.example",
        "smtp://",
        "smtp://user@mail.example",
        "smtp://mail.example:port",
        "smtp://h:99999",
    ],
)
def test_a_url_that_cannot_be_understood_is_refused_at_once(url: str) -> None:
    with pytest.raises(MailUrlWrong, match=r"Write it like smtp://mail\.example"):
        Smtp(url, SENDER)


def settings_with(**given: object) -> Settings:
    return read_settings(secret_key="a key for tests that is long enough to be taken", **given)


def test_mail_is_kept_as_files_where_no_server_is_set(tmp_path: Path) -> None:
    chosen = transport_from(settings_with(data_dir=tmp_path, mail_from=SENDER))
    chosen.send(a_mail())

    assert len(kept_mails(tmp_path / "mail")) == 1
    assert chosen.sender == SENDER


def test_mail_goes_to_the_server_that_is_set(tmp_path: Path, mailbox: Mailbox) -> None:
    with smtp_server(mailbox) as port:
        url = f"smtp://127.0.0.1:{port}"
        transport_from(settings_with(data_dir=tmp_path, mail_url=url, mail_from=SENDER)).send(a_mail())

    assert len(mailbox.received) == 1
    assert list(tmp_path.iterdir()) == []
