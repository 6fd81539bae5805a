"""The command that applies the ends of clocks."""

import json

import click

from portal.cli.opening import EXAMPLE, moment_from, open_portal, settings_from


@click.group()
def deadlines() -> None:
    """Deadlines of claims."""


@deadlines.command("run")
@click.option("--now", "moment", help=f"Take this moment as the present, such as {EXAMPLE}.")
@click.option("--dry-run", is_flag=True, help="Only tell which ends are due; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def deadlines_run(moment: str | None, dry_run: bool, as_json: bool) -> None:
    """Apply every end that is due. With --now, claims change as if that moment had come, for good."""
    now = moment_from(moment)
    app = open_portal(settings_from())
    from portal.work.sweep import due, in_words, sweep

    desk = app.extensions["desk"]
    with app.app_context():
        swept = due(desk, now) if dry_run else sweep(desk, now)
        told = in_words(desk, swept)
    if as_json:
        applied = [
            {"claim": number, "clock": clock, "status": status}
            for (number, clock), (_, _, status) in zip(swept.applied, told, strict=True)
        ]
        click.echo(json.dumps({"now": swept.now.isoformat(), "dry_run": dry_run, "applied": applied}))
        return
    for number, label, status in told:
        click.echo(f"{number}: {label} {'is over' if dry_run else 'ended'}. Status: {status}.")
    what = "would be applied" if dry_run else "applied"
    click.echo(f"{len(told)} ends {what} as of {swept.now.isoformat(timespec='seconds')}.")
