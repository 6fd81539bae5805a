"""The main menu, and the start page, which leads to the first entry that a person may open."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, Flask, current_app, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.web.access import allow_signed_in
from portal.web.guard import may
from portal.web.htmx import respond

blueprint = Blueprint("navigation", __name__)

News = Callable[[], int]
# Beyond it the menu says that there are more: nobody reads them one by one, and no page has to count them.
COUNTED_AT_MOST = 99


@dataclass(frozen=True)
class Entry:
    """One entry of the menu: shown under `section` to those who hold one of `permissions`."""

    section: str
    label: str
    path: str
    permissions: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """An entry as a page shows it; `news` is how much there is new, up to one more than COUNTED_AT_MOST."""

    section: str
    label: str
    href: str
    current: bool
    news: int = 0

    @property
    def news_shown(self) -> str:
        """That number as the menu shows it, "" for none."""
        return f"{COUNTED_AT_MOST}+" if self.news > COUNTED_AT_MOST else str(self.news or "")


def install_navigation(app: Flask, entries: Sequence[Entry], news: Mapping[str, News] | None = None) -> None:
    """Add the start page, and the menu of those `entries` whose page exists.

    `news` counts what is new for who is signed in, by the path of an entry.
    """
    endpoints = {
        rule.rule: rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())
    }
    app.extensions["navigation"] = tuple(
        (entry, endpoints[entry.path]) for entry in entries if entry.path in endpoints
    )
    app.extensions["news"] = news or {}
    app.register_blueprint(blueprint)
    app.jinja_env.globals["navigation_entries"] = navigation_entries


def shown_entries(*, counted: bool = False) -> Iterator[Shown]:
    """Yield the entries that the one who is signed in may open, with their news where `counted`."""
    news = current_app.extensions["news"] if counted else {}
    for entry, endpoint in current_app.extensions["navigation"]:
        if any(may(permission) for permission in entry.permissions):
            href = url_for(endpoint)
            current = request.path == href or request.path.startswith(f"{href}/")
            number = news[entry.path]() if entry.path in news else 0
            yield Shown(str(entry.section), str(entry.label), href, current, number)


def navigation_entries(*, counted: bool = True) -> list[tuple[str, list[Shown]]]:
    """Return the menu for a page: each section with its entries. Without `counted` no database is asked."""
    shown = shown_entries(counted=counted)
    return [(section, list(rows)) for section, rows in groupby(shown, lambda row: row.section)]


@blueprint.get("/")
@allow_signed_in
def home() -> AnyResponse:
    first = next(shown_entries(), None)
    return redirect(first.href, 303) if first else respond("layouts/nothing_to_do.html")
