"""The main menu, and the start page, which leads to the first entry that a person may open."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, Flask, current_app, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.web.access import allow_signed_in
from portal.web.guard import may
from portal.web.htmx import respond

blueprint = Blueprint("navigation", __name__)


@dataclass(frozen=True)
class Entry:
    """One entry of the menu: shown under `section` to those who hold `permission`."""

    section: str
    label: str
    path: str
    permission: str


@dataclass(frozen=True)
class Shown:
    """An entry as a page shows it."""

    section: str
    label: str
    href: str
    current: bool


def install_navigation(app: Flask, entries: Sequence[Entry]) -> None:
    """Add the start page, and the menu of those `entries` whose page exists."""
    endpoints = {
        rule.rule: rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())
    }
    app.extensions["navigation"] = tuple(
        (entry, endpoints[entry.path]) for entry in entries if entry.path in endpoints
    )
    app.register_blueprint(blueprint)
    app.jinja_env.globals["navigation_entries"] = navigation_entries


def shown_entries() -> Iterator[Shown]:
    """Yield the entries that the one who is signed in may open."""
    for entry, endpoint in current_app.extensions["navigation"]:
        if may(entry.permission):
            href = url_for(endpoint)
            current = request.path == href or request.path.startswith(f"{href}/")
            yield Shown(entry.section, entry.label, href, current)


def navigation_entries() -> list[tuple[str, list[Shown]]]:
    """Return the menu for a page: each section with its entries."""
    return [(section, list(rows)) for section, rows in groupby(shown_entries(), lambda row: row.section)]


@blueprint.get("/")
@allow_signed_in
def home() -> AnyResponse:
    first = next(shown_entries(), None)
    return redirect(first.href, 303) if first else respond("layouts/nothing_to_do.html")
