"""What the review page shows of one claim, gathered once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portal.accounts.absence import back_after
from portal.accounts.actor import Actor
from portal.claims.answering import Failure
from portal.claims.clock_states import ENDED
from portal.claims.days_left import DaysLeft, days_left
from portal.claims.desk import Desk
from portal.claims.model import Claim, ClaimClock, ClaimDocument
from portal.claims.moves import Standing, standing
from portal.claims.panels import Panel, panels
from portal.claims.showing import Asked, asked_in_words
from portal.claims.threads import Thread, threads
from portal.claims.timeline import Entry, timeline
from portal.claims.viewing import Sought, Viewed, viewed
from portal.languages.sentences import lazy_gettext
from portal.reviews.listing import Following, following
from portal.reviews.queries import OPERATOR, on_same_units
from portal.reviews.rounds import Round, brought_in_words, first_rounds_of, rounds_of
from portal.reviews.settlement import losers, naming_losers
from portal.rulebook.models import CatalogReason
from portal.rulebook.program_models import Activity, PoeElement
from portal.rulebook.rulebook import Rulebook

FIRST_PAGE = Sought()
PAGE = "reviews.review"  # the route of the page
COMMENTS = "reviews/comments"  # the address of what is written in the comments' own part of the page
PLACE = "reviews"  # the addresses of the rule files that belong to this page
# Whose move it is, as a reviewer says it; the codes are those of models.Mover.
MOVERS: Mapping[str, str] = {
    "partner": lazy_gettext("The partner"),
    "operator": lazy_gettext("A reviewer"),
    "customer": lazy_gettext("The customer"),
    "nobody": lazy_gettext("Nobody"),
}


@dataclass(frozen=True)
class Neighbor:
    """Another claim on a unit of this one; `competes` while it is open or holds the unit."""

    number: str
    organization: str
    status_label: str
    tone: str
    products: tuple[str, ...]
    competes: bool


@dataclass(frozen=True)
class Looking:
    """What of the documents is looked at: one by its id, 0 for the first, and which part of it."""

    document_id: int = 0
    sought: Sought = FIRST_PAGE


@dataclass(frozen=True)
class Review:
    """Everything on the review page of one claim. `late` is the clock that ran out on the reviewer."""

    claim: Claim
    standing: Standing
    late: ClaimClock | None
    rulebook: Rulebook
    activity: Activity | None
    solution_area: str
    product_labels: Mapping[str, str]
    elements: tuple[PoeElement, ...]
    documents: tuple[ClaimDocument, ...]
    earlier_documents: tuple[ClaimDocument, ...]
    rounds: tuple[Round, ...]
    brought: Mapping[int, str]  # by a document's id: with which round it was submitted, in words
    requests: tuple[Asked, ...]
    rejection_reasons: tuple[CatalogReason, ...]
    neighbors: tuple[Neighbor, ...]
    threads: tuple[Thread, ...]
    entries: tuple[Entry, ...]
    panels: tuple[Panel, ...]
    viewer: Viewed | None  # of the document that is looked at, None where the claim has none
    following: Following | None  # the claim to go on with
    today: date
    waits_here: bool  # it is a reviewer's move
    previewed: bool  # the form came back because its mails were to be looked at
    mailing: frozenset[str]  # the actions that tell somebody by mail
    movers: Mapping[str, str]
    away_until: date | None  # the last day of the reviewer's absence, None for one who is here

    @property
    def comments_address(self) -> str:
        return COMMENTS

    @property
    def due_on(self) -> date | None:
        """The last day of the clock that runs, or of the one that ran out on the reviewer."""
        return self.standing.due_on or self.was_due_on

    @property
    def left(self) -> DaysLeft | None:
        return days_left(self.due_on, self.today, overdue=self.late is not None) if self.due_on else None

    @property
    def was_due_on(self) -> date | None:
        return date.fromisoformat(self.late.due_on) if self.late and self.late.due_on else None


def review_of(
    session: Session,
    desk: Desk,
    claim: Claim,
    actor: Actor,
    failure: Failure | None = None,
    looking: Looking | None = None,
    *,
    previewed: bool = False,
) -> Review:
    """Return the page of `claim` as `actor` may see it, with what a form just sent came to."""
    viewer = viewer_of(desk, claim, actor, looking or Looking())
    rulebook = desk.rulebook_of(claim)
    programs, reasons = rulebook.programs, rulebook.reasons
    first_rounds = first_rounds_of(claim)
    activity = programs.activities.get(claim.activity or "")
    return Review(
        claim=claim,
        standing=standing(desk, claim),
        late=_late(claim),
        rulebook=rulebook,
        activity=activity,
        solution_area=programs.solution_areas[activity.solution_area].label if activity else "",
        product_labels={code: product.label for code, product in programs.products.items()},
        elements=programs.poe_elements_of(claim.activity),
        documents=tuple(row for row in claim.documents if row.current),
        earlier_documents=tuple(row for row in claim.documents if not row.current),
        rounds=tuple(rounds_of(claim, rulebook, first_rounds)),
        brought={row.id: brought_in_words(claim, row, first_rounds[row.id]) for row in claim.documents},
        requests=tuple(asked_in_words(rulebook, claim, row) for row in reversed(claim.requests)),
        rejection_reasons=_known(reasons.rejection_reasons, claim.rejection_reasons),
        neighbors=tuple(_neighbors(session, desk, claim, actor)),
        threads=threads(claim, actor),
        entries=tuple(timeline(session, desk, claim, actor)),
        panels=tuple(
            naming_losers(panel, losers(session, desk, claim, panel.offer.action))
            for panel in panels(desk, session, claim, actor, PLACE, failure)
        ),
        viewer=viewer,
        following=following(session, desk, actor, claim),
        today=desk.today(),
        waits_here=claim.waits_for == OPERATOR,
        previewed=previewed,
        mailing=frozenset(rulebook.notifications.events),
        movers=MOVERS,
        away_until=back_after(claim.reviewer, desk.today()),
    )


def viewer_of(desk: Desk, claim: Claim, actor: Actor, looking: Looking) -> Viewed | None:
    """Return what the viewer beside the checklist shows: what is asked for, else what came last."""
    current = [row for row in claim.documents if row.current]
    wanted = next((row for row in claim.documents if row.id == looking.document_id), None)
    document = wanted or next(iter(_newest(claim, current)), None)
    return viewed(desk, document, current, actor, PAGE, looking.sought) if document else None


def _newest(claim: Claim, current: Sequence[ClaimDocument]) -> Sequence[ClaimDocument]:
    """Return what no submission has held yet, or else what the last one brought, or else all."""
    rounds, last = first_rounds_of(claim), claim.submissions[-1] if claim.submissions else None
    since = [row for row in current if rounds[row.id] is None]
    with_it = [row for row in current if last and rounds[row.id] == last.round]
    return since or with_it or current


def _late(claim: Claim) -> ClaimClock | None:
    ended = [row for row in claim.clocks if row.state == ENDED and row.due_at is not None]
    return max(ended, key=lambda row: row.id, default=None) if claim.overdue else None


def _known(catalog: Mapping[str, CatalogReason], codes: list[str]) -> tuple[CatalogReason, ...]:
    return tuple(catalog[code] for code in codes if code in catalog)


def _neighbors(session: Session, desk: Desk, claim: Claim, actor: Actor) -> list[Neighbor]:
    mine = {unit.unit for unit in claim.units}
    shown = []
    for row in on_same_units(session, desk, claim, actor):
        rulebook = desk.rulebook_of(row)
        products = rulebook.programs.products
        shown.append(
            Neighbor(
                number=row.number,
                organization=row.organization.name,
                status_label=rulebook.statuses[row.status].label,
                tone=rulebook.statuses[row.status].tone,
                products=tuple(products[one.product].label for one in row.products),
                competes=any(unit.active and unit.unit in mine for unit in row.units),
            )
        )
    return shown
