"""Commands that take a backup, check one and bring one back."""

from pathlib import Path

import click

from portal.cli.opening import open_portal, settings_from

FOLDER = click.Path(file_okay=False, path_type=Path)
KEEP_THE_KEY = (
    "Not in it: the settings. Keep PORTAL_SECRET_KEY where you keep passwords; without it the backup is not "
    "believed, the audit cannot be verified, and links that were sent do not count."
)


@click.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--verify", is_flag=True, help="Check the backup in DIR; nothing is written.")
def backup(folder: Path, verify: bool) -> None:
    """Back up database, documents and heads of the audit to DIR while the portal runs."""
    app = open_portal(settings_from())
    from portal.backups.folder import BackupRefused, verified
    from portal.backups.taking import take_backup

    desk = app.extensions["desk"]
    try:
        with app.app_context():
            manifest = verified(folder, desk.secret) if verify else take_backup(desk, folder)
    except BackupRefused as refused:
        raise click.ClickException(str(refused)) from None
    rows = sum(manifest.rows.values())
    click.echo(
        f"{folder} is {'whole' if verify else 'written'}: {rows} rows of {len(manifest.rows)} tables as of "
        f"{manifest.snapshot_at}, {len(manifest.documents)} documents."
    )
    click.echo(KEEP_THE_KEY)


@click.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--replace", is_flag=True, help="Give up what the installation holds now.")
@click.option("--yes", is_flag=True, help="Do not ask before replacing.")
def restore(folder: Path, replace: bool, yes: bool) -> None:
    """Bring back the backup in DIR; stop the portal first."""
    settings = settings_from()
    app = open_portal(settings, unfinished=True)
    from portal.backups.folder import BackupRefused
    from portal.backups.restoring import restore as bring_back

    if replace and not yes:
        click.confirm("Everything that this installation holds is given up. Go on?", abort=True)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        with app.app_context():
            migrations = app.extensions["migrate"].migrate.get_config()
            restored = bring_back(app.extensions["desk"], folder, migrations, replace=replace)
    except BackupRefused as refused:
        raise click.ClickException(str(refused)) from None
    audit, decisions = restored.audit, restored.decisions
    for finding in audit.findings:
        click.echo(f"{finding.subject}, event {finding.place}: {finding.problem}")
    for one in decisions.differences:
        click.echo(f"{one.subject}, {one.question} (decision {one.decision_id}): {one.problem}")
    click.echo(
        f"Restored as of {restored.manifest.snapshot_at}.\n{audit.events} events checked, "
        f"{len(audit.findings)} findings; {decisions.decided} decisions decided again, "
        f"{len(decisions.differences)} differences."
    )
    click.echo(
        "Everybody has to sign in again. Undone is what happened since, also passwords that were changed and "
        "people who were let go."
    )
    if restored.waiting_mails or restored.due_ends:
        click.echo(
            f"Before you start the portal: {restored.waiting_mails} e-mails that waited at the backup "
            f"will be sent, perhaps again, and {restored.due_ends} deadlines that are over since will be "
            "applied. See which with: portal deadlines run --dry-run"
        )
    if audit.findings or decisions.differences:
        raise click.exceptions.Exit(1)
