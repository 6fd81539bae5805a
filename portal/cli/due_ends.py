"""The command that applies the ends of clocks and reminds of those that come."""

import json

import click

from portal.cli.opening import EXAMPLE, moment_from, open_portal, settings_from


@click.group()
def deadlines() -> None:
    """Deadlines of claims."""


@deadlines.command("run")
@click.option("--now", "moment", help=f"Take this moment as the present, such as {EXAMPLE}.")
@click.option("--dry-run", is_flag=True, help="Only tell what is due; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def deadlines_run(moment: str | None, dry_run: bool, as_json: bool) -> None:
    """Apply every end that is due and remind of those that come.

    With --now, claims change and people are told as if that moment had come, for good.
    """
    now = moment_from(moment)
    app = open_portal(settings_from())
    from portal.work.sweep import due, in_words, reminders_in_words, sweep

    desk = app.extensions["desk"]
    with app.app_context():
        swept = due(desk, now) if dry_run else sweep(desk, now)
        told, reminded = in_words(desk, swept), reminders_in_words(desk, swept)
    if as_json:
        applied = [
            {"claim": number, "clock": clock, "status": status}
            for (number, clock), (_, _, status) in zip(swept.applied, told, strict=True)
        ]
        reminders = [{"claim": one[0], "clock": one[1], "due_on": one[2]} for one in swept.reminded]
        result = {"now": swept.now.isoformat(), "dry_run": dry_run, "applied": applied, "reminded": reminders}
        click.echo(json.dumps(result))
        return
    for number, label, status in told:
        click.echo(f"{number}: {label} {'is over' if dry_run else 'ended'}. Status: {status}.")
    for number, label, day in reminded:
        click.echo(f"{number}: reminder of {label}, until {day}{' is due' if dry_run else ''}.")
    what = "would be applied" if dry_run else "applied"
    click.echo(f"{len(told)} ends {what} as of {swept.now.isoformat(timespec='seconds')}.")
    click.echo(f"{len(reminded)} reminders {'are due' if dry_run else 'were left to be sent'}.")
