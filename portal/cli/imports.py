"""Commands that import what operators know about money: subscriptions, earnings and payouts."""

import json
import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portal.accounts.actor import SYSTEM_ACTOR
from portal.cli.opening import open_portal, settings_from

if TYPE_CHECKING:
    from portal.imports.running import Outcome, Wrong

KINDS = ("subscriptions", "earnings")
# As many mistakes as a terminal shows at once; `--json` and the page list more.
MISTAKES_SHOWN = 50


@click.command("import")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Tell what would be imported, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Folder of the demo's data.")
def import_file(kind: str, file: Path, dry_run: bool, as_json: bool, data: Path | None) -> None:
    """Import a CSV file or workbook of subscriptions or earnings: all rows, or none where one is wrong."""
    if data is not None:
        os.environ["PORTAL_DEMO"] = "true"
        os.environ["PORTAL_DATA_DIR"] = str(data)
    app = open_portal(settings_from())
    from portal.imports.running import import_at_once
    from portal.imports.sheets import NoSheet

    actor = replace(SYSTEM_ACTOR, name="portal import")
    with app.app_context(), file.open("rb") as opened:
        try:
            outcome = import_at_once(
                app.extensions["importer"], kind, file.name, opened, actor, dry_run=dry_run
            )
        except NoSheet as refused:
            if as_json:
                click.echo(json.dumps({"file": file.name, "used": False, "problem": str(refused)}))
                raise click.exceptions.Exit(1) from None
            raise click.ClickException(str(refused)) from None
        _tell(outcome, as_json=as_json, dry_run=dry_run)
    if outcome.wrong or outcome.problem:
        raise click.exceptions.Exit(1)


def _tell(outcome: "Outcome", *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(outcome) | {"dry_run": dry_run}))
        return
    for one in outcome.mistakes[:MISTAKES_SHOWN]:
        click.echo(f"{_where(one)}: {one.reason}")
    if len(outcome.mistakes) > MISTAKES_SHOWN:
        click.echo(f"… and more mistakes; the page of imports lists them under number {outcome.number}.")
    for totals in outcome.totals:
        parts = ", ".join(f"{one.status} {one.amount} in {one.rows}" for one in totals.statuses)
        click.echo(f"{totals.currency} {totals.amount} in {totals.rows} rows: {parts}.")
    told = f"{outcome.rows} rows: {outcome.fresh} new, {outcome.same} known already, {outcome.wrong} wrong."
    if outcome.wrong:
        click.echo(f"{told} Nothing was imported. Mend the file, and import it again.")
    elif outcome.problem:
        click.echo(f"{told} Nothing was imported. {outcome.problem}")
    elif dry_run:
        click.echo(f"{told} Nothing was imported, for this was a dry run.")
    else:
        click.echo(f"{told} All of them count now. Undo it on the page of imports, number {outcome.number}.")


def _where(one: "Wrong") -> str:
    if not one.row:
        return one.cell
    return f"row {one.row}" + (f", {one.column} ({one.cell or 'empty'})" if one.column else "")
