"""How pages look to one person: the time zone of their moments, and light or dark."""

from functools import lru_cache
from unicodedata import normalize
from zoneinfo import available_timezones

from portal.accounts.actor import Actor
from portal.accounts.model import Person
from portal.db import transaction
from portal.languages.dates import zone_in_words
from portal.languages.sentences import gettext, speaking

# The values that a browser's own switch has; "" follows the device.
COLOR_SCHEMES = ("light", "dark")
# Names that stand for offsets, machines and countries of old; people look for a city of their zone.
_NOT_OFFERED = ("Etc/", "SystemV/", "US/", "posix/", "right/")


class PreferencesNotKept(Exception):
    """Nothing was changed; `errors` has a sentence for each field of the form."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


@lru_cache(maxsize=1)
def time_zones() -> tuple[str, ...]:
    """Return the names of the time zones that can be chosen, such as "Europe/Berlin", in their order."""
    offered = (name for name in available_timezones() if "/" in name and not name.startswith(_NOT_OFFERED))
    return (*sorted(offered), "UTC")


def zone_choices(kept: str) -> list[tuple[str, str]]:
    """Return (name, city) of the zones that can be chosen, by city, with `kept` among them.

    Several names stand for one city, mostly those of bygone days; the one that is spelled like it is offered.
    """
    by_city: dict[str, str] = {}
    for name in time_zones():
        city = zone_in_words(name, speaking())
        of_the_city = name.rpartition("/")[2].replace("_", " ") == zone_in_words(name)
        if city not in by_city or name == kept or (of_the_city and by_city[city] != kept):
            by_city[city] = name
    cities = sorted(by_city, key=lambda city: normalize("NFKD", city).casefold())
    return [(by_city[city], city) for city in cities]


def keep_preferences(actor: Actor, time_zone: str, color_scheme: str) -> None:
    """Keep what the person chose; "" is the program's time zone, and what the device prefers.

    Opens its own transaction. Raises PreferencesNotKept for what cannot be chosen.
    """
    errors = {}
    if time_zone and time_zone not in time_zones():
        errors["time_zone"] = gettext("Choose a time zone from the list.")
    if color_scheme and color_scheme not in COLOR_SCHEMES:
        errors["color_scheme"] = gettext("Choose light, dark, or as the device has it.")
    if errors:
        raise PreferencesNotKept(errors)
    with transaction() as session:
        person = session.get_one(Person, actor.person_id)
        person.time_zone, person.color_scheme = time_zone, color_scheme
