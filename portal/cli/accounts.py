"""Commands on people who sign in."""

import sys
from typing import TYPE_CHECKING

import click

from portal.cli.opening import open_portal, settings_from

if TYPE_CHECKING:
    from portal.claims.desk import Desk


@click.group()
def people() -> None:
    """People who sign in."""


@people.command("add")
@click.option("--email", required=True)
@click.option("--name", required=True, help="First and last name.")
@click.option("--organization", required=True, help="Name of the organization; it is added where it is new.")
@click.option("--side", type=click.Choice(["partner", "operator"]), help="Needed for a new organization.")
@click.option("--domain", help="Mail domain of a new organization; that of the e-mail address by default.")
@click.option("--role", "roles", multiple=True, required=True, help="A role of roles.yaml; may be repeated.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def people_add(
    email: str,
    name: str,
    organization: str,
    side: str | None,
    domain: str | None,
    roles: tuple[str, ...],
    password_stdin: bool,
) -> None:
    """Add somebody who signs in, and their organization where it is new."""
    app = open_portal(settings_from())
    password = password_given(from_stdin=password_stdin)
    from portal.accounts.enrolling import Newcomer, enroll
    from portal.accounts.people import NotAdded

    desk: Desk = app.extensions["desk"]
    newcomer = Newcomer(email, name, password, roles, organization, side, domain)
    with app.app_context():
        known = desk.policies.in_force().roles.roles
        try:
            enroll(newcomer, known, desk.clock.now())
        except NotAdded as refused:
            raise click.ClickException("\n".join(refused.problems)) from None
    click.echo(f"{name} can sign in at {desk.settings.base_url}/sign-in with {email}.")


def password_given(*, from_stdin: bool) -> str:
    """Return the password typed twice at the prompt, or the first line of standard input."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return typed
