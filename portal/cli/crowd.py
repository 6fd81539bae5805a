"""The command that fills an empty database with many sample claims."""

import os
from pathlib import Path

import click

from portal.cli.opening import open_portal, settings_from
from portal.cli.serving import upgrade

# A house of more would take longer than anybody waits, and its lists look as those of this one do.
CLAIMS_AT_MOST, ORGANIZATIONS_AT_MOST = 100_000, 2_000


@click.command()
@click.option("--claims", default=1000, show_default=True, type=click.IntRange(1, CLAIMS_AT_MOST))
@click.option("--organizations", default=20, show_default=True, type=click.IntRange(1, ORGANIZATIONS_AT_MOST))
@click.option("--seed", default=1, show_default=True, help="Makes the same claims again.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Folder of the demo's data.")
def load(claims: int, organizations: int, seed: int, data: Path | None) -> None:
    """Fill an empty database with sample claims, to look at with `portal demo --data`."""
    os.environ["PORTAL_DEMO"] = "true"  # the accounts have the demo's password, so it is a demo
    if data is not None:
        os.environ["PORTAL_DATA_DIR"] = str(data)
    from portal.sample.crowd import load_crowd
    from portal.sample.demo import SampleRefused
    from portal.work.auditing import keep_audit_heads

    app = open_portal(settings_from())
    upgrade(app)
    with app.app_context():
        try:
            load_crowd(
                app.extensions["desk"],
                claims,
                organizations,
                seed,
                lambda line: click.echo(line, err=True),
            )
        except SampleRefused as refused:
            raise click.ClickException(str(refused)) from None
        keep_audit_heads(app.extensions["desk"])
    where = app.extensions["desk"].settings.data_dir
    click.echo(f"{claims} claims of {organizations} partners are there.")
    click.echo(f"Look at them with: portal demo --data {where}")
