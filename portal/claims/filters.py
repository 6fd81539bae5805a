"""What somebody asked the list of claims to show, read from an address that anybody may have written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Self, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, false

from portal.claims.columns import COLUMNS, DEFAULT_SORT, SHOWN_FIRST, shown_columns
from portal.claims.model import Claim, ClaimProduct
from portal.claims.searching import plain
from portal.languages.sentences import gettext, lazy_gettext
from portal.rulebook.models import Mover
from portal.rulebook.rulebook import Rulebook

MOVES: Mapping[str, str] = {
    "partner": lazy_gettext("Your organization"),
    "operator": lazy_gettext("Review team"),
    "customer": lazy_gettext("Customer"),
    "nobody": lazy_gettext("Nobody"),
}
SEARCH_CHARACTERS_AT_MOST = 200
DUE_DAYS_AT_MOST = 3650
DUE_CHOICES = (
    ("0", lazy_gettext("Today or overdue")),
    ("3", lazy_gettext("Within 3 days")),
    ("7", lazy_gettext("Within 7 days")),
    ("30", lazy_gettext("Within 30 days")),
)
CHOSEN = ("status", "engagement", "activity", "product", "location", "move")
# What each filter is called where it stands as a chip, in the order of the chips.
LABELS: Mapping[str, str] = {
    "q": lazy_gettext("Search"),
    "status": lazy_gettext("Status"),
    "move": lazy_gettext("Whose move"),
    "due": lazy_gettext("Time left"),
    "engagement": lazy_gettext("Engagement"),
    "activity": lazy_gettext("Activity"),
    "product": lazy_gettext("Product"),
    "location": lazy_gettext("Location"),
}
FILTERS = tuple(LABELS)
# What is told of a value that a filter of CHOSEN has not.
_NO_SUCH: Mapping[str, str] = {
    "status": lazy_gettext("There is no status “%(typed)s”, so the list is not filtered by it."),
    "engagement": lazy_gettext("There is no engagement “%(typed)s”, so the list is not filtered by it."),
    "activity": lazy_gettext("There is no activity “%(typed)s”, so the list is not filtered by it."),
    "product": lazy_gettext("There is no product “%(typed)s”, so the list is not filtered by it."),
    "location": lazy_gettext("There is no location “%(typed)s”, so the list is not filtered by it."),
    "move": lazy_gettext("There is no move “%(typed)s”, so the list is not filtered by it."),
}


@dataclass(frozen=True)
class Choices:
    """What each filter can be set to: (code, label) in the order shown."""

    status: tuple[tuple[str, str], ...]
    engagement: tuple[tuple[str, str], ...]
    activity: tuple[tuple[str, str], ...]
    product: tuple[tuple[str, str], ...]
    location: tuple[tuple[str, str], ...]
    move: tuple[tuple[str, str], ...]

    def due(self, chosen: str) -> tuple[tuple[str, str], ...]:
        """Return the choices of days left, with `chosen` where an address asks for other days."""
        if not chosen or chosen in dict(DUE_CHOICES):
            return DUE_CHOICES
        return (*DUE_CHOICES, (chosen, gettext("Within %(days)s days", days=chosen)))

    def of(self, name: str) -> tuple[tuple[str, str], ...]:
        chosen: tuple[tuple[str, str], ...] = getattr(self, name)
        return chosen

    def words(self, name: str, value: str) -> str:
        """Return the words of the `value` that the filter `name` is set to."""
        if name in CHOSEN:
            return dict(self.of(name))[value]
        return str(dict(self.due(value))[value]) if name == "due" else _short(value)


@dataclass(frozen=True)
class Chip:
    """One filter in force: its name in the address, what it is called, and what it is set to."""

    name: str
    label: str
    value: str


@dataclass(frozen=True)
class Wanted:
    """The filters, the columns, the order and the place in the list; every value is one that exists, or "".

    "" stands for the usual order and the usual columns too, so that the address stays short.
    """

    q: str = ""
    status: str = ""
    engagement: str = ""
    activity: str = ""
    product: str = ""
    location: str = ""
    move: str = ""
    due: str = ""
    sort: str = ""
    columns: str = ""
    after: str = ""
    before: str = ""

    @property
    def filtered(self) -> bool:
        return any(getattr(self, name) for name in FILTERS)

    @property
    def plain(self) -> bool:
        """True where the address asks for nothing: that is where people land."""
        return not any(self.__dict__.values())

    def with_filters(self, **changed: str) -> Self:
        """Return the same with other filters, at its first page."""
        return replace(self, after="", before="", **changed)

    def params(self, **changed: str) -> dict[str, str]:
        """Return the address's parameters with `changed`; a change leads to the first page."""
        begun = replace(self, after="", before="")
        values = {**begun.__dict__, **changed}
        return {name: value for name, value in values.items() if value}

    @property
    def address(self) -> dict[str, str]:
        """The parameters of this page of the list."""
        return self.params(after=self.after, before=self.before)

    def unfiltered(self) -> dict[str, str]:
        """Return the parameters of the list in this order and these columns, without a filter."""
        return self.params(**dict.fromkeys(FILTERS, ""))

    def chips(self, offered: Choices, *left_out: str) -> list[Chip]:
        """Return the filters in force but those `left_out`, which something else shows."""
        return [
            Chip(name, str(label), offered.words(name, getattr(self, name)))
            for name, label in LABELS.items()
            if getattr(self, name) and name not in left_out
        ]


def choices(rulebook: Rulebook, locations: Iterable[tuple[int, str]]) -> Choices:
    """Return what can be chosen: what the policy names, and the `locations` (id, label) of the reader."""
    programs = rulebook.programs
    return Choices(
        status=tuple((code, row.label) for code, row in rulebook.statuses.items()),
        engagement=tuple((code, row.label) for code, row in programs.engagements.items()),
        activity=tuple((code, row.label) for code, row in programs.activities.items()),
        product=tuple((code, row.label) for code, row in programs.products.items()),
        location=tuple((str(location_id), label) for location_id, label in locations),
        move=tuple((code, str(MOVES[code])) for code in get_args(Mover)),
    )


def wanted(given: Mapping[str, str], offered: Choices) -> tuple[Wanted, list[str]]:
    """Return what the address asks for, and a sentence for each part of it that was left out."""
    notices: list[str] = []
    values: dict[str, str] = {}
    for name in CHOSEN:
        typed = given.get(name, "").strip()
        if typed and typed not in dict(offered.of(name)):
            notices.append(_NO_SUCH[name] % {"typed": _short(typed)})
            typed = ""
        values[name] = typed
    values["q"] = _search(given.get("q", ""), notices)
    values["due"] = _due(given.get("due", "").strip(), notices)
    values["sort"] = _sort(given.get("sort", "").strip(), notices)
    values["columns"] = _columns(given.get("columns", ""), notices)
    return Wanted(**values, after=given.get("after", ""), before=given.get("before", "")), notices


def _search(typed: str, notices: list[str]) -> str:
    text = " ".join("".join(char if char.isprintable() else " " for char in typed).split())
    if len(text) > SEARCH_CHARACTERS_AT_MOST:
        most = SEARCH_CHARACTERS_AT_MOST
        notices.append(gettext("Only the first %(most)s characters were searched for.", most=most))
    return text[:SEARCH_CHARACTERS_AT_MOST]


def _due(typed: str, notices: list[str]) -> str:
    if not typed:
        return ""
    short = typed.isascii() and typed.isdigit() and len(typed) <= len(str(DUE_DAYS_AT_MOST))
    if short and int(typed) <= DUE_DAYS_AT_MOST:
        return str(int(typed))
    notices.append(
        gettext(
            "“%(typed)s” is no number of days from 0 to %(most)s, so the list is not filtered by it.",
            typed=_short(typed),
            most=DUE_DAYS_AT_MOST,
        )
    )
    return ""


def _sort(typed: str, notices: list[str]) -> str:
    if typed.removeprefix("-") in COLUMNS:
        return "" if typed == DEFAULT_SORT else typed
    if typed:
        told = gettext(
            "The list cannot be sorted by “%(typed)s”, so it is sorted as usual.", typed=_short(typed)
        )
        notices.append(told)
    return ""


def _columns(typed: str, notices: list[str]) -> str:
    codes = [code.strip() for code in typed.split(",") if code.strip()]
    unknown = [code for code in codes if code not in COLUMNS]
    if unknown:
        name = _short(unknown[0])
        notices.append(gettext("There is no column “%(name)s”, so it is not shown.", name=name))
    known = ",".join(code for code in codes if code in COLUMNS)
    chosen = shown_columns(known)
    return "" if chosen == SHOWN_FIRST else ",".join(chosen)


def _short(typed: str) -> str:
    """Return what was typed, short and printable enough to be repeated in a sentence."""
    text = "".join(char for char in typed if char.isprintable())
    return text if len(text) <= 40 else f"{text[:40]}…"


def conditions(chosen: Wanted, rulebook: Rulebook, now: datetime) -> list[ColumnElement[bool]]:
    """Return the conditions under which a claim is shown."""
    found = [Claim.search_text.contains(word, autoescape=True) for word in plain(chosen.q).split()]
    for name, column in (
        ("status", Claim.status),
        ("engagement", Claim.engagement),
        ("activity", Claim.activity),
        ("move", Claim.waits_for),
    ):
        if value := getattr(chosen, name):
            found.append(column == value)
    if chosen.location:
        found.append(Claim.location_id == int(chosen.location))
    if chosen.product:
        found.append(
            exists().where(ClaimProduct.claim_id == Claim.id, ClaimProduct.product == chosen.product)
        )
    if chosen.due:
        found.append(Claim.due_at <= end_of_day_in(int(chosen.due), rulebook.policy.time_zone, now))
    return found or [~false()]


def end_of_day_in(days: int, time_zone: str, now: datetime) -> datetime:
    """Return the first moment after the day that is `days` from today in `time_zone`."""
    zone = ZoneInfo(time_zone)
    day = now.astimezone(zone).date() + timedelta(days=days + 1)
    return datetime.combine(day, time.min, zone)
