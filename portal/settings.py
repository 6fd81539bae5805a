"""What an installation sets, read from the environment once and frozen."""

import logging
import os
import secrets
import stat
from pathlib import Path
from typing import Self

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

log = logging.getLogger(__name__)

MEBIBYTE = 1024 * 1024

SQLITE_FILE = "portal.sqlite"
KEY_FILE = "secret-key"
# Fewer can be guessed by whoever holds one thing that was signed with it.
KEY_CHARACTERS_AT_LEAST = 32

# What other accounts of the machine may do with a file, and with what the portal makes: nothing.
OTHERS = stat.S_IRWXG | stat.S_IRWXO


class SettingsIncomplete(Exception):
    """The portal cannot start; the message names each setting that is missing or wrong."""


class Settings(BaseSettings):
    """Settings from `PORTAL_…` variables. Only `PORTAL_SECRET_KEY` has no default outside the demo."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_", frozen=True, extra="ignore")

    data_dir: Path = Path("data")
    database_url: str = ""
    rules_dir: Path = Path("rules")
    secret_key: str = Field(default="", repr=False)
    mail_url: str = Field(default="", repr=False)
    mail_from: str = "Customer claims portal <claims@portal.example>"
    base_url: str = "http://127.0.0.1:8000"
    demo: bool = False
    # In development the files in rules_dir are in force at once; elsewhere the published version is.
    development: bool = False
    demo_password: str = Field(default="claims-demo-2026", repr=False)

    # A PoE is a signed letter or a scan of a few pages; 10 MB holds one and keeps reading it quick.
    document_bytes_at_most: int = 10 * 1000 * 1000
    # Twenty files hold the evidence of every product of a claim and bound what a reviewer must open.
    documents_per_claim_at_most: int = 20
    # Reading one document may take this much before it is refused as unreadable.
    document_reading_seconds: int = 20
    document_reading_mebibytes: int = 1024
    # Drawn pages of documents are kept up to this much, about 5,000 pages; the oldest make room.
    preview_bytes_at_most: int = 1000 * 1000 * 1000
    # A session ends after this long without a request, and after the longer time in any case.
    session_idle_minutes: int = 12 * 60
    session_days_at_most: int = 14
    # A form that was sent after its session had ended waits this long for the same person to sign in.
    kept_form_minutes: int = 30
    # Failed sign-ins allowed per address of the network and account in the window.
    sign_in_failures_at_most: int = 10
    sign_in_window_minutes: int = 15
    # An invitation waits over a week's holiday of one; a forgotten password is chosen anew at once.
    invitation_days: int = 14
    password_link_minutes: int = 60
    # No second mail with such a link goes to one person before this time, so that nobody floods them.
    account_mail_every_minutes: int = 5
    # One organization invites a department in an hour, and cannot flood strangers with mail in our name.
    invitations_per_hour: int = 50
    # One person names a payout contact and mends it twice; more would mail strangers in our name. It is no
    # limit of the organization, so that who took over one account cannot keep others from changing it back.
    payout_contact_changes_per_day: int = 3
    # So many reverse proxies stand before the portal; their X-Forwarded-For and -Proto are believed.
    trusted_proxies: int = 0
    # A file of 100,000 lines has about 20 MB; a larger one is of another kind, or better split by month.
    import_bytes_at_most: int = 50 * 1000 * 1000
    import_rows_at_most: int = 250_000
    # Reading a workbook of that many rows takes a third of it on a machine that has little else to do.
    import_reading_seconds: int = 60
    # So many rows are read in a few seconds, which somebody who uploads a file waits for; more are left
    # to the background work, and the page tells how far it has come.
    import_rows_at_once: int = 5000
    # The list of imports shows this many a page.
    imports_per_page: int = 25
    # The documents of several claims are downloaded together up to this; more would keep a worker busy
    # for minutes on a slow line. It holds all of the largest claim that the two limits above allow.
    archive_bytes_at_most: int = 250 * 1000 * 1000
    # The dashboard shows this many claims a page.
    claims_per_page: int = 25
    # The list of deliveries shows this many messages a page; each subject is written for it.
    messages_per_page: int = 25
    # Daily digests are sent from this hour on, in the program's zone: before most people begin their day.
    digest_hour: int = Field(default=7, ge=0, le=23)
    # The worker looks for due ends and mail this often.
    work_every_seconds: int = 60

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not self.secret_key and not self.demo and not key_file(self.data_dir).exists():
            raise ValueError(
                "PORTAL_SECRET_KEY is missing: set it to the key that the data was made with. Where there is "
                "no data yet, set it to a long random text, such as the output of "
                "`python -c 'import secrets; print(secrets.token_urlsafe(48))'`."
            )
        if self.secret_key and len(self.secret_key) < KEY_CHARACTERS_AT_LEAST:
            raise ValueError(
                f"PORTAL_SECRET_KEY is too short: use at least {KEY_CHARACTERS_AT_LEAST} characters."
            )
        return self

    @property
    def database(self) -> str:
        """The SQLAlchemy URL; SQLite in the data folder where none was set."""
        return self.database_url or f"sqlite:///{(self.data_dir / SQLITE_FILE).resolve()}"

    @property
    def embedded(self) -> bool:
        """True where the portal runs on its own SQLite file, with the worker as a thread."""
        return self.database.startswith("sqlite")

    @property
    def audit_heads_file(self) -> Path:
        """Where the ends of the audit's chains are kept, apart from the database."""
        return self.data_dir / "audit-heads.json"

    @property
    def sample_mark(self) -> Path:
        """The file that says that the demo's sample data was made to its end."""
        return self.data_dir / "sample-data-is-whole"

    @property
    def beside_database(self) -> tuple[Path, ...]:
        """The files that tell of the database's state: they are kept, brought back and deleted with it."""
        return self.audit_heads_file, self.sample_mark

    @property
    def documents_dir(self) -> Path:
        return self.data_dir / "documents"

    @property
    def previews_dir(self) -> Path:
        """Where drawn pages of documents are kept; it may be deleted at any time."""
        return self.data_dir / "previews"

    @property
    def mail_dir(self) -> Path:
        """Where mail is kept as `.eml` files while no `PORTAL_MAIL_URL` is set."""
        return self.data_dir / "mail"


def read_settings(**given: object) -> Settings:
    """Read the environment; `given` wins over it. Raises SettingsIncomplete in plain words."""
    try:
        return Settings(**given)  # type: ignore[arg-type]  # names come from the command line
    except ValidationError as error:
        lines = [
            f"PORTAL_{'_'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}"
            if problem["loc"]
            else problem["msg"].removeprefix("Value error, ")
            for problem in error.errors(include_url=False, include_input=False)
        ]
        raise SettingsIncomplete("\n".join(lines)) from None


def key_file(data_dir: Path) -> Path:
    """Return where the demo keeps its secret key; commands on its data folder find it there."""
    return data_dir / KEY_FILE


def kept_secret(settings: Settings) -> str:
    """Return the demo's own secret key, made once and kept in its data folder (mode 600).

    Raises SettingsIncomplete where the folder holds data without its key, such as data that was restored:
    beside another key its audit would look forged. It raises it too where the file holds no key.
    """
    path = key_file(settings.data_dir)
    if not path.exists():
        _refuse_another_key(settings)
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
    kept = path.read_text(encoding="utf-8", errors="replace").strip()
    if len(kept) < KEY_CHARACTERS_AT_LEAST:
        raise SettingsIncomplete(
            f"{path.resolve()} holds no key: one has {KEY_CHARACTERS_AT_LEAST} characters or more. Put the "
            "key there that the data was made with, or delete the file where there is no data yet."
        )
    return kept


def _refuse_another_key(settings: Settings) -> None:
    data_dir = settings.data_dir.resolve()
    if any(path.exists() for path in (data_dir / SQLITE_FILE, *settings.beside_database)):
        raise SettingsIncomplete(
            f"{data_dir} holds data, but not the key that it was made with. Copy the file {KEY_FILE} there "
            "from the folder where the data was made, or set PORTAL_SECRET_KEY to that key."
        )


def keep_files_private() -> None:
    """Make whatever this process writes from now on for its own account alone.

    That is the database, documents, mails and the key. Every way to start the portal calls it first.
    """
    os.umask(OTHERS)


def close_data_dir(data_dir: Path) -> None:
    """Close a data folder that an earlier version left open to other accounts, and log it (mode 700).

    A folder of somebody else is left alone, and so is one that many share, such as /tmp.
    """
    if not data_dir.is_dir():
        return
    found = data_dir.stat()
    mode = stat.S_IMODE(found.st_mode)
    if found.st_uid != os.geteuid() or mode & stat.S_ISVTX or not mode & OTHERS:
        return
    data_dir.chmod(stat.S_IRWXU)
    log.warning(
        "the data folder was open to other accounts and is closed now",
        extra={"folder": str(data_dir.resolve()), "mode_before": f"{mode:o}"},
    )
