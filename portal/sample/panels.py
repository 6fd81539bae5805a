"""Examples of what components show, made of the policy in force: for the style guide alone."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from http import HTTPStatus

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from portal.accounts.model import Organization
from portal.claims.answering import Failure
from portal.claims.days_left import DaysLeft, days_left
from portal.claims.desk import Desk
from portal.claims.forms import action_form
from portal.claims.model import Claim, ClaimProduct
from portal.claims.offering import NEW, Offer
from portal.claims.panels import Panel
from portal.claims.path import Branch, ClaimPath, Stop
from portal.claims.path_picture import Picture, picture
from portal.claims.request_progress import Point, Progress
from portal.claims.threads import Thread, Written
from portal.claims.timeline import Entry
from portal.rulebook.changes import Change
from portal.rulebook.decision import ALLOWED, Decision, Facts, Reason
from portal.rulebook.models import Transition
from portal.rulebook.remedies import Remedy
from portal.rulebook.rulebook import Rulebook

REFUSED = "refused"
REASON = Reason("example", "The claim has no readable proof of execution.", "lifecycle.yaml", 1, None)
REMEDY = Remedy((Change("documents.count", 1, "partner", "add a readable document"),))
NEVER = Remedy((), '"Activity claimed"')
LONG_REMEDY = Remedy(
    tuple(
        Change(f"claim.field_{place}", True, "partner", text)
        for place, text in enumerate(
            ("choose a customer", "choose an activity", "name a contact", "add a readable document")
        )
    )
)


PROGRESS = Progress(
    (
        Point("Missing products", "The proof does not name every product.", "Add a page.", ()),
        Point("Missing or old dates", "Dates are missing.", "", ("Documents added: letter.pdf.",)),
    ),
    None,
)


@dataclass(frozen=True)
class Examples:
    """What the style guide shows beside markup of its own: actions in every state, entries, remedies."""

    panels: tuple[tuple[str, Panel], ...]  # (what it shows, the action)
    written: tuple[tuple[str, Panel], ...]
    entries: tuple[Entry, ...]
    threads: tuple[Thread, ...]
    progress: Progress
    path: ClaimPath
    picture: Picture
    short: Remedy
    never: Remedy
    long: Remedy
    now: datetime
    today: date

    @property
    def left(self) -> tuple[DaysLeft, ...]:
        """What is left of some deadlines, from far away to over."""
        return tuple(days_left(self.day(days), self.today) for days in (14, 2, 0, -3))

    def day(self, days: int) -> date:
        """Return the day that is `days` from today."""
        return self.today + timedelta(days=days)


def examples(session: Session, desk: Desk) -> Examples:
    """Return the examples; reads the policy in force and who can be chosen in its forms."""
    rulebook = desk.policies.in_force()
    asking = sorted(_panels(session, rulebook, asks=True), key=lambda panel: -len(list(panel.form)))
    bare = _panels(session, rulebook, asks=False)
    wrong, path = asking[0], _path(rulebook, desk.clock.now())
    names = [field.name for field in wrong.form]
    typed = MultiDict(dict.fromkeys(names, "What was typed."))
    mistakes = dict.fromkeys(names, "Say a little more.")
    return Examples(
        panels=(
            ("A button alone", bare[0]),
            ("With a form", asking[0]),
            *((f"In the tone {tone}", panel) for tone, panel in _by_tone(asking)),
            ("Refused, with what would change it", _refused(bare[0], REMEDY, "refused-")),
            ("Refused for good", _refused(bare[-1], None, "never-")),
            ("Sent with mistakes", _failed(session, rulebook, wrong, typed, mistakes)),
            ("Sent from a stale page", _stale(wrong)),
            ("Not possible any more", replace(_stale(wrong, "passed-"), possible=False)),
        ),
        written=(
            ("Standing open", _named(asking[-1], "open-")),
            ("Refused", _refused(asking[-1], REMEDY, "shut-")),
        ),
        entries=_entries(desk.clock.now(), next(iter(rulebook.statuses.values())).label),
        threads=_threads(desk.clock.now()),
        progress=PROGRESS,
        path=path,
        picture=picture(path),
        short=REMEDY,
        never=NEVER,
        long=LONG_REMEDY,
        now=desk.clock.now(),
        today=desk.today(),
    )


def _panels(session: Session, rulebook: Rulebook, *, asks: bool) -> list[Panel]:
    claim = _claim(*rulebook.programs.products)
    return [
        Panel(
            Offer(action, row, _decision(ALLOWED), row.path[0]),
            action_form(session, rulebook, claim, action),
            noun=row.path[0].rpartition("/")[2],
            possible=True,
            failure=None,
        )
        for action, row in rulebook.transitions.items()
        if row.path and NEW not in row.moves and _is_asking(row) == asks
    ]


def _claim(*products: str) -> Claim:
    """Return a claim that no database has, with what the texts of forms name."""
    partner = Organization(name="Contoso", side="partner", domain="contoso.example")
    rows = [ClaimProduct(product=code) for code in products]
    return Claim(number="CL-2026-000001", name="Example", status="", organization=partner, products=rows)


def _is_asking(row: Transition) -> bool:
    return bool(row.confirm) or any(ask.type != "fields" for ask in row.asks.values())


def _by_tone(panels: list[Panel]) -> list[tuple[str, Panel]]:
    found = {panel.offer.transition.tone: panel for panel in panels}
    return [(tone, _named(panel, f"{tone}-")) for tone, panel in sorted(found.items())]


def _named(panel: Panel, prefix: str) -> Panel:
    """Return the panel under another name, which keeps the ids of the page apart."""
    return replace(panel, offer=replace(panel.offer, action=f"{prefix}{panel.offer.action}"))


def _refused(panel: Panel, remedy: Remedy | None, prefix: str) -> Panel:
    named = _named(panel, prefix)
    return replace(named, offer=replace(named.offer, decision=_decision(REFUSED), remedy=remedy))


def _failed(
    session: Session, rulebook: Rulebook, panel: Panel, typed: MultiDict[str, str], errors: dict[str, str]
) -> Panel:
    failure = Failure("", HTTPStatus.UNPROCESSABLE_ENTITY, typed, errors=errors)
    claim = _claim()
    form = action_form(session, rulebook, claim, panel.offer.action, typed, errors)
    return replace(_named(panel, "mistaken-"), form=form, failure=failure, files=("letter.pdf",))


def _stale(panel: Panel, prefix: str = "stale-") -> Panel:
    changes = ("Rita Okafor started the review on 3 November 2026.",)
    failure = Failure("", HTTPStatus.CONFLICT, MultiDict(), changes=changes)
    return replace(_named(panel, prefix), failure=failure)


def _decision(outcome: str) -> Decision:
    reasons = () if outcome == ALLOWED else (REASON,)
    return Decision("example", outcome, reasons, (), "", "", Facts({}))


def _path(rulebook: Rulebook, now: datetime) -> ClaimPath:
    stops = tuple(
        Stop(row.label, row.tone, now - timedelta(days=9 - place), "Ines Morel")
        for place, row in enumerate(list(rulebook.statuses.values())[:3])
    )
    branches = tuple(
        Branch(row.label, row.tone, (("The review team", "An action"),))
        for row in list(rulebook.statuses.values())[3:5]
    )
    return ClaimPath(stops[:1], 4, stops[1:], branches)


def _threads(now: datetime) -> tuple[Thread, ...]:
    asked = Written(1, "Review team", False, "Who signed it?", now - timedelta(days=2))
    return (Thread(asked, (Written(2, "Ines Morel", True, "The head of IT.", now),)),)


def _entries(now: datetime, label: str) -> tuple[Entry, ...]:
    details = ("Until 14 December 2026, end of day.",)
    return (
        Entry(now, "Rita Okafor", "operator", "Asked for information", label, "Who signed it?", details),
        Entry(now - timedelta(days=2), "Ines Morel", "partner", "Submitted", "", "", ()),
        Entry(now - timedelta(days=3), "Ines Morel", "partner", "Created", "", "", ()),
    )
