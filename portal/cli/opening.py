"""What every command needs: the settings, the portal opened from them, and moments as they are typed."""

from datetime import datetime
from typing import IO, Any

import click
from flask import Flask

from portal.clock import Clock
from portal.settings import Settings, SettingsIncomplete, close_data_dir, read_settings

EXAMPLE = "2026-12-15T08:00:00-05:00"


class Incomplete(click.ClickException):
    """The settings do not suffice; nothing was begun."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"The portal cannot start.\n{self.message}", err=True)


def settings_from(**given: object) -> Settings:
    """Return the settings of the environment, or end with what is missing."""
    try:
        return read_settings(**given)
    except SettingsIncomplete as incomplete:
        raise Incomplete(str(incomplete)) from None


def open_portal(settings: Settings, *, unfinished: bool = False) -> Flask:
    """Return the app; logs of a command go to standard error, its results to standard output.

    `unfinished` opens also what a restore has not brought to its end; everything else ends there.
    """
    from portal.app import create_app
    from portal.backups.mark import refuse_unfinished_restore
    from portal.web.logs import configure_logging

    configure_logging(Clock())
    close_data_dir(settings.data_dir)
    try:
        if not unfinished:
            refuse_unfinished_restore(settings)
        return create_app(settings)
    except SettingsIncomplete as incomplete:
        raise Incomplete(str(incomplete)) from None


def moment_from(text: str | None) -> datetime | None:
    """Return the moment of an ISO 8601 text, None for none. Raises BadParameter."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no moment; write it as {EXAMPLE}.") from None
    if moment.tzinfo is None:
        raise click.BadParameter(f"{text!r} lacks a time of day with its time zone; write it as {EXAMPLE}.")
    return moment
