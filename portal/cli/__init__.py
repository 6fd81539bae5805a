"""The `portal` command: each verb calls one use case and says what came of it."""

import click

from portal.cli.accounts import people
from portal.cli.backups import backup, restore
from portal.cli.crowd import load
from portal.cli.due_ends import deadlines
from portal.cli.policy_files import policy
from portal.cli.records import audit, decisions
from portal.cli.serving import database, demo, serve, work
from portal.settings import keep_files_private


@click.group()
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
):
    main.add_command(command)
