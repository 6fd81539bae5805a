"""The `portal` command: each verb calls one use case and says what came of it."""

import click

from portal.cli.accounts import people
from portal.cli.backups import backup, restore
from portal.cli.crowd import load
from portal.cli.due_ends import deadlines
from portal.cli.imports import import_file
from portal.cli.policy_files import policy
from portal.cli.proof_packs import proof_pack
from portal.cli.records import audit, decisions
from portal.cli.serving import database, demo, serve, work
from portal.settings import keep_files_private


class Commands(click.Group):
    """Says in a sentence where the database or a file cannot be used; anything else is a fault to report."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.filename is None:  # a pipe whose reader left, or no file's fault at all
                raise
            raise click.ClickException(f"{error.filename}: {error.strerror or error}.") from None
        except Exception as error:
            from sqlalchemy.exc import OperationalError, ProgrammingError

            if not isinstance(error, OperationalError | ProgrammingError):
                raise
            raise click.ClickException(
                f"The database cannot be used ({str(error.orig).strip()}). Check PORTAL_DATABASE_URL and "
                "PORTAL_DATA_DIR; a new database is made, and an older one brought up to date, by "
                "`portal db upgrade`."
            ) from None


@click.group(cls=Commands)
def main() -> None:
    """The portal in which partners claim association with the customers they influence."""
    keep_files_private()


for command in (
    serve,
    work,
    demo,
    load,
    database,
    deadlines,
    policy,
    people,
    audit,
    decisions,
    backup,
    restore,
    import_file,
    proof_pack,
):
    main.add_command(command)
