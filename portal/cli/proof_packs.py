"""Commands on proof packs: whoever has the file verifies it, without settings and without a database."""

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portal.cli.opening import open_portal, settings_from
from portal.languages.sentences import printable

if TYPE_CHECKING:
    from portal.proof.verifying import Verified

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("proof-pack")
def proof_pack() -> None:
    """Proof packs of claims."""


@proof_pack.command("verify")
@click.argument("file", type=_FILE)
@click.option(
    "--key", type=_FILE, help="The operator's public key (PEM), as the portal serves it at /proof-key.pem."
)
@click.option(
    "--own", is_flag=True, help="Also hold the pack against this installation's secret and records."
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def verify_pack(file: Path, key: Path | None, own: bool, as_json: bool) -> None:
    """Check signature, files and events of a proof pack, and make its decisions again."""
    from portal.proof.keys import NoKey
    from portal.proof.verifying import verify

    if own and key:
        raise click.UsageError("--own checks by this installation's own key: leave --key out.")
    app = open_portal(settings_from()) if own else None
    try:
        found = verify(file, _trusted(key, app.extensions["desk"].secret if app else None))
    except NoKey:
        raise click.BadParameter(f"{key} holds no public Ed25519 key in PEM.", param_hint="--key") from None
    if app:
        from portal.db import db
        from portal.proof.own import unlike_own

        with app.app_context():
            problems = unlike_own(db.session(), app.extensions["desk"], file)
        found = replace(found, findings=(*found.findings, *problems))
    if as_json:
        click.echo(json.dumps(asdict(found)))
    else:
        for line in _lines(found):
            click.echo(printable(line))  # a terminal obeys what a false pack may hold
    if found.findings:
        raise click.exceptions.Exit(1)


def _lines(found: "Verified") -> Iterator[str]:
    yield (
        f"Claim {found.claim or '(unknown)'}, for {found.told_to}s, made {found.made_at} by {found.made_by}."
    )
    yield f"Key: {found.key_id or '(none)'}"
    yield from (f"{one.file}: {one.problem}" for one in found.findings)
    yield from found.notes
    yield (
        f"{found.files} files and {found.events} events checked, "
        f"{found.decided_again} of {found.decisions} decisions made again, "
        f"{len(found.findings)} findings."
    )


def _trusted(key: Path | None, secret: bytes | None) -> bytes | None:
    from portal.proof.keys import public_pem

    if secret is not None:
        return public_pem(secret)
    return key.read_bytes() if key else None
