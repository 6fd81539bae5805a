"""Commands that serve the portal, do its background work, and bring its database up to date."""

import os
from pathlib import Path

import click
from flask import Flask

from portal.cli.opening import Incomplete, open_portal, settings_from
from portal.settings import Settings, SettingsIncomplete

SERVED = "portal.app:served"


# Seven may wait for documents to be opened, two for imported workbooks, and four for slow downloads; the
# others answer everybody.
THREADS = 16


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes.")
@click.option(
    "--threads", default=THREADS, show_default=True, type=click.IntRange(1, 256), help="Of each process."
)
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Serve the portal; on its own SQLite file it does the background work too."""
    settings = settings_from()
    refuse_unfinished(settings)
    refuse_sample(settings)
    run_server(host, port, workers, threads)


def refuse_unfinished(settings: Settings) -> None:
    """End where a restore was interrupted: what is there is of two installations."""
    from portal.backups.mark import refuse_unfinished_restore

    try:
        refuse_unfinished_restore(settings)
    except SettingsIncomplete as incomplete:
        raise Incomplete(str(incomplete)) from None


def refuse_sample(settings: Settings) -> None:
    """End where the demo's accounts would be served as real ones; the processes that serve refuse too."""
    app = open_portal(settings)
    from portal.db import db
    from portal.sample.mark import refuse_sample_in_service

    with app.app_context():
        try:
            refuse_sample_in_service(settings)
        except SettingsIncomplete as incomplete:
            raise Incomplete(str(incomplete)) from None
        finally:
            db.engine.dispose()  # the processes that serve open connections of their own


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


@click.command()
def work() -> None:
    """Apply due ends and send mail, every minute, until interrupted."""
    settings = settings_from()
    refuse_unfinished(settings)
    app = open_portal(settings)
    from portal.work.loop import run_forever

    run_forever(app)


@click.group("db")
def database() -> None:
    """The database."""


@database.command("upgrade")
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


@click.command()
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
    run_server(host, port, workers=1, threads=THREADS)
