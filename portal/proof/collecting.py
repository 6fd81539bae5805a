"""Everything that the proof pack of one claim holds, as one reader may see it, gathered once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager

from portal.accounts.actor import Actor
from portal.accounts.model import Organization
from portal.audit.model import AuditEvent
from portal.claims.archive import path_in_archive
from portal.claims.chain import chain_of
from portal.claims.desk import Desk
from portal.claims.details import Rows, in_words
from portal.claims.eligibility import eligibility_of, what_would_change_it
from portal.claims.explaining import side_of
from portal.claims.model import Claim, ClaimDocument
from portal.claims.moves import Standing, standing
from portal.claims.queries import find_claim
from portal.claims.timeline import Entry, first_submissions, told
from portal.incentives.claim_money import READ, ClaimMoney
from portal.incentives.earnings import Shown, shown
from portal.incentives.model import EarningLine
from portal.languages.sentences import gettext, number
from portal.proof.decided import Decided, decided
from portal.proof.keys import key_id, public_pem
from portal.rulebook.models import CatalogReason, Side
from portal.rulebook.remedies import Remedy
from portal.rulebook.rulebook import Rulebook

READ_POLICY = "policy.read"
DOCUMENTS = "documents"  # the folder in the pack
# What one page can show; a claim earns a line or two a month.
LINES_AT_MOST = 500


class TooLarge(Exception):
    """The documents are larger than the settings allow; the message says what to do."""


@dataclass(frozen=True)
class Packed:
    """One document and where it stands in the pack, "" where its content is gone. `at` is the program's."""

    document: ClaimDocument
    path: str
    at: datetime


@dataclass(frozen=True)
class Proof:
    """One claim as the pack tells it to `side`.

    `policies` are rule files by version, none for a reader who may not read the policy.
    """

    number: str
    claim: Claim
    side: Side
    made_at: datetime
    made_by: str
    key_id: str
    standing: Standing
    reasons: tuple[CatalogReason, ...]  # of the last rejection
    asked: tuple[CatalogReason, ...]  # of the open request for information
    groups: tuple[Rows, ...]
    events: tuple[AuditEvent, ...]
    drafted_until: float
    entries: tuple[Entry, ...]
    decisions: tuple[Decided, ...]
    documents: tuple[Packed, ...]
    policies: Mapping[str, Mapping[str, str]]
    eligibility: str  # "" for a reader whose page does not tell it
    eligibility_reasons: tuple[str, ...]
    eligibility_remedy: Remedy | None  # what would change it, found by deciding again at `made_at`
    money: ClaimMoney | None
    lines: tuple[Shown, ...]
    lines_in_all: int

    @property
    def complete(self) -> int:
        """How many of the decisions can be decided again from the pack alone."""
        return sum(one.complete for one in self.decisions) if self.policies else 0

    def told_of(self, one: Decided) -> Entry | None:
        """Return the timeline's entry of what was decided, None for what was decided beside it."""
        if one.stored.id != one.event.decision_id:
            return None
        return next((entry for entry in self.entries if entry.decided == one.event.place), None)

    @property
    def explained_by(self) -> Mapping[int, str]:
        """The number of what was decided at an event, by the event's place."""
        return {one.event.place: one.number for one in reversed(self.decisions)}


def proof(session: Session, desk: Desk, number: str, actor: Actor) -> Proof:
    """Return what the pack of the claim `number` holds for `actor`, all of it of one moment.

    What happens to the claim while it is gathered would be in one part and not in another; so it is gathered
    anew then. Raises NotThere, TooLarge and CouldNotBeDecided.
    """
    while True:
        before = _events_of(session, number)
        found = _gathered(session, desk, number, actor)
        if _events_of(session, number) == before:
            return found
        session.rollback()  # what was read is let go of


def _events_of(session: Session, number: str) -> int:
    """Return how many events the claim has: whatever changes of it is one of them."""
    query = select(func.max(AuditEvent.place)).where(AuditEvent.subject == chain_of(number))
    return session.scalar(query) or 0


def _gathered(session: Session, desk: Desk, number: str, actor: Actor) -> Proof:
    claim = find_claim(session, desk, number, actor)
    _check(claim.documents, desk.settings.archive_bytes_at_most)
    rulebook, side = desk.rulebook_of(claim), side_of(actor)
    query = select(AuditEvent).where(AuditEvent.subject == chain_of(number)).order_by(AuditEvent.place)
    events = session.scalars(query).all()
    first = first_submissions(session, [claim])
    decisions = decided(session, desk, events, actor)
    eligibility, why = eligibility_of(session, desk, claim) if side == "partner" else ("", ())
    remedy = what_would_change_it(session, desk, claim, side) if eligibility else None
    money = desk.money(session, desk, claim, actor, (eligibility, why))
    lines, in_all = _lines(session, desk, claim, actor)
    return Proof(
        number=number,
        claim=claim,
        side=side,
        made_at=desk.clock.now(),
        made_by=_name_of(session, actor),
        key_id=key_id(public_pem(desk.secret)),
        standing=standing(desk, claim),
        reasons=_known(rulebook.reasons.rejection_reasons, claim.rejection_reasons),
        asked=_asked(rulebook, claim),
        groups=tuple(in_words(rulebook, claim)),
        events=tuple(events),
        drafted_until=first.get(chain_of(number), float("inf")),
        entries=tuple(told(desk, claim, actor, [event for event in events if _tells(event)], first)),
        decisions=tuple(decisions),
        documents=_packed(desk, claim),
        policies=_policies(desk, decisions, actor),
        eligibility=eligibility,
        eligibility_reasons=why,
        eligibility_remedy=remedy,
        money=money if isinstance(money, ClaimMoney) else None,
        lines=lines,
        lines_in_all=in_all,
    )


def _check(documents: Sequence[ClaimDocument], most: int) -> None:
    size = sum(document.file.size for document in documents)
    if size > most:
        raise TooLarge(
            gettext(
                "The documents of this claim, earlier ones included, are %(size)s MB, and at most "
                "%(most)s MB can be downloaded at once. Download them one by one on the claim’s page.",
                size=number(round(size / 1e6)),
                most=number(round(most / 1e6)),
            )
        )


def _name_of(session: Session, actor: Actor) -> str:
    organization = session.get(Organization, actor.organization_id) if actor.organization_id else None
    return f"{actor.name}, {organization.name}" if organization else actor.name


def _tells(event: AuditEvent) -> bool:
    """Tell whether the timeline has the event: all but that a form was saved with nothing changed."""
    return event.to_status is not None or event.details.get("changes") != {}


def _known(catalog: Mapping[str, CatalogReason], codes: Sequence[str]) -> tuple[CatalogReason, ...]:
    return tuple(catalog[code] for code in codes if code in catalog)


def _asked(rulebook: Rulebook, claim: Claim) -> tuple[CatalogReason, ...]:
    codes = [code for row in claim.requests if row.ended_at is None for code in row.reasons]
    return _known(rulebook.reasons.information_reasons, codes)


def _packed(desk: Desk, claim: Claim) -> tuple[Packed, ...]:
    """Return the documents, also of earlier rounds, with harmless names."""
    zone = ZoneInfo(desk.policies.in_force().policy.time_zone)
    taken: set[str] = set()
    return tuple(
        Packed(
            row,
            path_in_archive(DOCUMENTS, row.name, taken) if desk.files.has(row.sha256) else "",
            row.added_at.astimezone(zone),
        )
        for row in claim.documents
    )


def _policies(desk: Desk, decisions: Sequence[Decided], actor: Actor) -> dict[str, Mapping[str, str]]:
    if READ_POLICY not in desk.policies.in_force().permissions_of(actor.roles):
        return {}
    stored = [one.stored for one in decisions]
    versions = {row.policy_version for row in stored} | {row.roles_version for row in stored}
    return {version: desk.policies.of(version).files for version in sorted(versions)}


def _lines(session: Session, desk: Desk, claim: Claim, actor: Actor) -> tuple[tuple[Shown, ...], int]:
    """Return the claim's lines of earnings, the newest first, where `actor` may read them."""
    rulebook = desk.policies.in_force()
    if READ not in rulebook.permissions_of(actor.roles):
        return (), 0
    own = (EarningLine.claim_id == claim.id, EarningLine.live)
    query = select(EarningLine).where(*own).join(EarningLine.claim).options(contains_eager(EarningLine.claim))
    newest = query.order_by(EarningLine.month.desc(), EarningLine.id.desc()).limit(LINES_AT_MOST)
    in_all = session.scalar(select(func.count()).select_from(EarningLine).where(*own)) or 0
    return tuple(shown(rulebook, line) for line in session.scalars(newest)), in_all
