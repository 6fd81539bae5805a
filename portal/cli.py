"""The `portal` command: each verb calls one use case and says what came of it."""

import json
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click
from flask import Flask

from portal.clock import Clock
from portal.settings import Settings, SettingsIncomplete, read_settings

if TYPE_CHECKING:
    from portal.claims.desk import Desk
    from portal.rulebook.rulebook import Rulebook

SERVED = "portal.app:served"


class Incomplete(click.ClickException):
    """The settings do not suffice; nothing was begun."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"The portal cannot start.\n{self.message}", err=True)


@click.group()
def main() -> None:
    """The portal in which partners claim association with the customers they influence."""
    # Whatever the portal writes (database, documents, mails, its key) is for its own account alone.
    os.umask(0o077)


def settings_from(**given: object) -> Settings:
    """Return the settings of the environment, or end with what is missing."""
    try:
        return read_settings(**given)
    except SettingsIncomplete as incomplete:
        raise Incomplete(str(incomplete)) from None


def open_portal(settings: Settings) -> Flask:
    """Return the app; logs of a command go to standard error, its results to standard output."""
    from portal.app import create_app
    from portal.web.logs import configure_logging

    configure_logging(Clock())
    return create_app(settings)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes.")
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 256), help="Of each process.")
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Serve the portal; on its own SQLite file it does the background work too."""
    settings_from()
    run_server(host, port, workers, threads)


def run_server(host: str, port: int, workers: int, threads: int) -> None:
    """Serve until interrupted. Each process opens the portal itself, from the environment."""
    from granian.constants import Interfaces
    from granian.server import Server

    click.echo(f"The portal is at http://{host}:{port}/ — stop it with Ctrl+C.", err=True)
    Server(
        SERVED,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        factory=True,
        log_enabled=False,
    ).serve()


@main.command()
def work() -> None:
    """Apply due ends and send mail, every minute, until interrupted."""
    app = open_portal(settings_from())
    from portal.work.loop import run_forever

    run_forever(app)


@main.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the newest form."""
    upgrade(open_portal(settings_from()))
    click.echo("The database is up to date.")


def upgrade(app: Flask) -> None:
    """Run the migrations that the app's database lacks; makes the data folder where SQLite needs it."""
    from flask_migrate import upgrade as run_migrations

    settings: Settings = app.extensions["desk"].settings
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with app.app_context():
        run_migrations()


@main.group()
def deadlines() -> None:
    """Deadlines of claims."""


@deadlines.command("run")
@click.option("--now", "moment", help="Take this moment as the present, such as 2026-12-15T08:00:00-05:00.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def deadlines_run(moment: str | None, as_json: bool) -> None:
    """Apply every end that is due."""
    now = moment_from(moment)
    app = open_portal(settings_from())
    from portal.work.sweep import sweep

    with app.app_context():
        swept = sweep(app.extensions["desk"], now)
    if as_json:
        applied = [{"claim": number, "clock": clock} for number, clock in swept.applied]
        click.echo(json.dumps({"now": swept.now.isoformat(), "applied": applied}))
        return
    for number, clock in swept.applied:
        click.echo(f"{number}: {clock} ended")
    click.echo(f"{len(swept.applied)} ends applied as of {swept.now.isoformat(timespec='seconds')}.")


def moment_from(text: str | None) -> datetime | None:
    """Return the moment of an ISO 8601 text, None for none."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no moment; write it as 2026-12-15T08:00:00-05:00.") from None
    if moment.tzinfo is None:
        raise click.BadParameter(f"{text!r} lacks its time zone; add it, such as {text}+00:00.")
    return moment


@main.group()
def policy() -> None:
    """The rule files."""


FOLDER = click.argument(
    "folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path)
)


@policy.command("check")
@FOLDER
def policy_check(folder: Path | None) -> None:
    """Check files, names and types of the rule files in FOLDER (PORTAL_RULES_DIR by default)."""
    rulebook = rulebook_of(folder)
    click.echo(f"The rule files are sound. Version {rulebook.version[:12]}.")


@policy.command("test")
@FOLDER
def policy_test(folder: Path | None) -> None:
    """Try the examples of the rule files in FOLDER (PORTAL_RULES_DIR by default)."""
    from portal.rulebook.examples import run

    report = run(rulebook_of(folder))
    for example, sentence in report.failed:
        click.echo(f"{example.name}: {sentence}")
    for uncovered in report.uncovered_rules:
        click.echo(str(uncovered))
    click.echo(f"{report.passed} examples hold, {len(report.failed)} do not.")
    if not report.ok:
        raise click.ClickException("Mend the rules or the examples above, and test again.")


def rulebook_of(folder: Path | None) -> "Rulebook":
    """Load the rule files, or end with every problem they have."""
    from portal.rulebook.loading import load, read_folder
    from portal.rulebook.problems import RulebookInvalid

    place = folder or Path(os.environ.get("PORTAL_RULES_DIR", "rules"))
    files = read_folder(place) if place.is_dir() else {}
    if not files:
        raise click.ClickException(f"There are no rule files in {place}; name their folder.")
    try:
        return load(files)
    except RulebookInvalid as invalid:
        problems = "\n".join(str(problem) for problem in invalid.problems)
        raise click.ClickException(f"mend these in {place} and check again:\n{problems}") from None


@main.group()
def people() -> None:
    """People who sign in."""


@people.command("add")
@click.option("--email", required=True)
@click.option("--name", required=True, help="First and last name.")
@click.option("--organization", required=True, help="Name of the organization; it is added where it is new.")
@click.option("--side", type=click.Choice(["partner", "operator"]), help="Needed for a new organization.")
@click.option("--domain", help="Mail domain of a new organization; that of the e-mail address by default.")
@click.option("--role", "roles", multiple=True, required=True, help="A role of roles.yaml; may be repeated.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def people_add(
    email: str,
    name: str,
    organization: str,
    side: str | None,
    domain: str | None,
    roles: tuple[str, ...],
    password_stdin: bool,
) -> None:
    """Add somebody who signs in, and their organization where it is new."""
    app = open_portal(settings_from())
    password = password_given(from_stdin=password_stdin)
    from portal.accounts.enrolling import Newcomer, enroll
    from portal.accounts.people import NotAdded

    desk: Desk = app.extensions["desk"]
    newcomer = Newcomer(email, name, password, roles, organization, side, domain)
    with app.app_context():
        known = {code: role.side for code, role in desk.policies.in_force().roles.roles.items()}
        try:
            enroll(newcomer, known, desk.clock.now())
        except NotAdded as refused:
            raise click.ClickException("\n".join(refused.problems)) from None
    click.echo(f"{name} can sign in at {desk.settings.base_url}/sign-in with {email}.")


def password_given(*, from_stdin: bool) -> str:
    """Return the password typed twice at the prompt, or the first line of standard input."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return typed


@main.command()
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Folder of the demo's data.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--seed", default=1, show_default=True, help="Makes the same sample data again.")
@click.option("--reset", is_flag=True, help="Begin anew: the demo's earlier data is deleted.")
def demo(data: Path | None, host: str, port: int, seed: int, reset: bool) -> None:
    """Serve the portal with sample data and accounts whose password the sign-in page shows."""
    # The processes that serve read the environment; what this command decides is put there.
    os.environ["PORTAL_DEMO"] = "true"
    os.environ["PORTAL_BASE_URL"] = os.environ.get("PORTAL_BASE_URL") or f"http://{host}:{port}"
    if data is not None:
        os.environ["PORTAL_DATA_DIR"] = str(data)
    settings = settings_from()
    from portal.sample.demo import SampleRefused, delete_sample, fill_with_sample

    try:
        if reset:
            delete_sample(settings)
        app = open_portal(settings)
        upgrade(app)
        with app.app_context():
            fill_with_sample(app.extensions["desk"], seed, lambda line: click.echo(line, err=True))
    except SampleRefused as refused:
        raise click.ClickException(str(refused)) from None
    run_server(host, port, workers=1, threads=8)
