"""Commands on the rule files; all but `explain` need neither settings nor a database."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portal.cli.opening import open_portal, settings_from

if TYPE_CHECKING:
    from portal.claims.explaining import Explanation
    from portal.rulebook.rulebook import Rulebook


@click.group()
def policy() -> None:
    """The rule files."""


FOLDER = click.argument(
    "folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path)
)


@policy.command("check")
@FOLDER
def policy_check(folder: Path | None) -> None:
    """Check files, names and types of the rule files in FOLDER (PORTAL_RULES_DIR by default)."""
    from portal.rulebook.readable import hard_to_read
    from portal.rulebook.translations import missing_translations

    rulebook = rulebook_of(folder)
    for note in [*missing_translations(rulebook.parts), *hard_to_read(rulebook.parts)]:
        click.echo(f"Note: {note}")
    click.echo(f"The rule files are sound. Version {rulebook.version[:12]}.")


@policy.command("test")
@FOLDER
def policy_test(folder: Path | None) -> None:
    """Try the examples of the rule files in FOLDER (PORTAL_RULES_DIR by default)."""
    from portal.rulebook.examples import run

    report = run(rulebook_of(folder))
    for example, sentence in report.failed:
        click.echo(f"{example.name}: {sentence}")
    for uncovered in report.uncovered_rules:
        click.echo(str(uncovered))
    click.echo(f"{report.passed} examples hold, {len(report.failed)} do not.")
    if not report.ok:
        raise click.ClickException("Correct the rules or the examples above, and test again.")


def rulebook_of(folder: Path | None) -> "Rulebook":
    """Load the rule files, or end with every problem they have."""
    from portal.rulebook.loading import load, read_folder
    from portal.rulebook.problems import RulebookInvalid

    place = folder or Path(os.environ.get("PORTAL_RULES_DIR", "rules"))
    files = read_folder(place) if place.is_dir() else {}
    if not files:
        raise click.ClickException(f"There are no rule files in {place}; name their folder.")
    try:
        return load(files)
    except RulebookInvalid as invalid:
        problems = "\n".join(str(problem) for problem in invalid.problems)
        raise click.ClickException(f"mend these in {place} and check again:\n{problems}") from None


@policy.command("explain")
@click.argument("claim")
@click.argument("action")
@click.option("--as", "email", required=True, help="E-mail address of the person who would act.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def policy_explain(claim: str, action: str, email: str, as_json: bool) -> None:
    """Say whether ACTION on CLAIM is allowed to a person now, why, and what would change it."""
    app = open_portal(settings_from())
    from portal.accounts.queries import actor_of, person_by_email
    from portal.claims.explaining import NoSuchAction, as_plain, explain
    from portal.claims.refusals import NotThere
    from portal.db import db

    with app.app_context():
        desk, session = app.extensions["desk"], db.session()
        person = person_by_email(session, email)
        if person is None:
            raise click.ClickException(f"Nobody signs in with {email}; check the address.")
        try:
            found = explain(desk, session, claim, action, actor_of(person))
        except NotThere:
            raise click.ClickException(f"{claim} is not there for {email}.") from None
        except NoSuchAction as unknown:
            raise click.ClickException(str(unknown)) from None
    click.echo(json.dumps(as_plain(found)) if as_json else told(found))


def told(found: "Explanation") -> str:
    """Return an explanation as lines for the terminal."""
    lines = [f"{found.label} ({found.action}) on {found.number}: {found.decision.outcome}."]
    for reason in found.reasons:
        lines.append(f"- {reason.text}")
        lines += [f"    because: {comparison.words}" for comparison in reason.comparisons]
        lines.append(f"    rule {reason.code}, {reason.file}:{reason.line}")
        if reason.source:
            lines.append(f"    source: {reason.source}")
    if found.remedy:
        lines.append("What would change it:")
        about = {change: f" ({change.subject})" if change.subject else "" for change in found.remedy.changes}
        lines += [f"- {change.who}: {change.text}{about[change]}" for change in found.remedy.changes]
    elif not found.decision.allowed:
        lines.append("As the claim stands, nothing that anybody can change would allow it.")
        lines += [f"Instead: {found.instead}"] if found.instead else []
    lines.append(f"{len(found.asked)} rules were asked; policy version {found.decision.policy_version[:12]}.")
    return "\n".join(lines)
