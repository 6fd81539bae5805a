"""One's own account as its page shows it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.entrance import Entrance
from portal.accounts.model import Person
from portal.accounts.sessions import is_of, sessions_in_force
from portal.languages.sentences import gettext


@dataclass(frozen=True)
class OwnSession:
    """A signed-in browser as its owner sees it; `here` is the one that asks."""

    session_id: int
    browser: str
    began_at: datetime
    last_seen_at: datetime
    here: bool


@dataclass(frozen=True)
class Profile:
    """One's own account: who one is, what one may do by the labels of the roles, where one is signed in."""

    name: str
    email: str
    organization: str
    roles: tuple[str, ...]
    locations: tuple[str, ...]  # none: all of the organization's
    sessions: tuple[OwnSession, ...]
    away_from: str  # ISO dates, "" for none
    away_until: str


# What browsers and systems call themselves, the telling ones first: most name several others as well.
# stays English: names
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
# stays English: names
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_in_words(said: str) -> str:
    """Return "Firefox on Windows" for what a browser says of itself, or that itself where it is unknown."""
    browser = next((name for mark, name in BROWSERS if mark in said), "")
    system = next((name for mark, name in SYSTEMS if mark in said), "")
    if browser and system:
        return gettext("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or said or gettext("A browser that does not say what it is")


def profile_of(session: Session, entrance: Entrance, actor: Actor, token: str) -> Profile:
    """Return the profile of `actor`, whose request came with `token`."""
    person, labels = session.get_one(Person, actor.person_id), entrance.role_labels()
    places = {place.id: f"{place.code} – {place.name}" for place in person.organization.locations}
    rows = sessions_in_force(session, person.id, now=entrance.clock.now(), settings=entrance.settings)
    return Profile(
        name=person.name,
        email=person.email,
        organization=person.organization.name,
        roles=tuple(labels.get(row.role, row.role) for row in person.roles),
        locations=tuple(places[row.location_id] for row in person.locations if row.location_id in places),
        sessions=tuple(
            OwnSession(
                row.id, browser_in_words(row.browser), row.created_at, row.last_seen_at, is_of(row, token)
            )
            for row in rows
        ),
        away_from=person.away_from,
        away_until=person.away_until,
    )
