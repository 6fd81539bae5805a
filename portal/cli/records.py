"""Commands that prove what was recorded: the audit's chains, and the decisions decided again."""

import json

import click

from portal.cli.opening import open_portal, settings_from


@click.group()
def audit() -> None:
    """What happened, as it was recorded."""


@audit.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def audit_verify(as_json: bool) -> None:
    """Check that nothing recorded was changed, taken out, put in, exchanged or cut off."""
    app = open_portal(settings_from())
    from portal.work.auditing import verify_audit

    with app.app_context():
        found = verify_audit(app.extensions["desk"])
    if as_json:
        result = {
            "events": found.events,
            "findings": [vars(finding) for finding in found.findings],
            "heads_at": found.heads_at.isoformat() if found.heads_at else None,
            "newer": [{"subject": subject, "events": count} for subject, count in found.newer],
            "note": found.note,
        }
        click.echo(json.dumps(result))
    else:
        for finding in found.findings:
            click.echo(f"{finding.subject}, event {finding.place}: {finding.problem}")
        for subject, count in found.newer:
            click.echo(f"{subject}: {count} newer than the file of heads")
        if found.note:
            click.echo(found.note)
        click.echo(f"{found.events} events checked, {len(found.findings)} findings.")
    if found.findings:
        raise click.exceptions.Exit(1)


@click.group()
def decisions() -> None:
    """Decisions that were acted on."""


@decisions.command("recheck")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def decisions_recheck(as_json: bool) -> None:
    """Decide every stored decision again from its facts, under its own policy version."""
    app = open_portal(settings_from())
    from portal.db import db
    from portal.policies.rechecking import recheck

    with app.app_context():
        desk = app.extensions["desk"]
        checked = recheck(db.session(), desk.policies)
    if as_json:
        differing = [vars(difference) for difference in checked.differences]
        click.echo(json.dumps({"decided": checked.decided, "differences": differing}))
    else:
        for one in checked.differences:
            click.echo(f"{one.subject}, {one.question} (decision {one.decision_id}): {one.problem}")
        click.echo(f"{checked.decided} decisions decided again, {len(checked.differences)} differences.")
    if checked.differences:
        raise click.exceptions.Exit(1)
