"""Holds a proof pack against the installation that made it, which has the secret and the recorded chain."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.model import AuditEvent
from portal.audit.recording import verify_chain
from portal.claims.chain import chain_of
from portal.claims.desk import Desk
from portal.claims.model import Claim
from portal.claims.timeline import first_submissions
from portal.proof.events import told_events
from portal.proof.linking import unlike_recorded
from portal.proof.packing import EVENTS
from portal.proof.reading import PackFile, Unreadable
from portal.proof.verifying import Problem
from portal.rulebook.models import Side


def unlike_own(session: Session, desk: Desk, path: Path) -> list[Problem]:
    """Return where the events of the pack are not those that this installation recorded.

    The recorded chain is verified first, by its HMACs. The pack may be older than the chain is long.
    """
    try:
        with PackFile(path) as pack:
            content = pack.json(EVENTS)
            told = list(_problems(session, desk, content))
    except Unreadable as error:
        told = [str(error)]
    except (LookupError, TypeError, AttributeError, ValueError, RecursionError):
        told = ["The events cannot be read."]  # stays English: told in a shell
    return [Problem(EVENTS, problem) for problem in told]


def _problems(session: Session, desk: Desk, content: Any) -> Iterator[str]:
    number, side, events = str(content["claim"]), cast("Side", content["told_to"]), content["events"]
    claim = session.scalar(select(Claim).where(Claim.number == number))
    if claim is None:
        yield f"There is no claim {number} in this installation."  # stays English
        return
    for finding in verify_chain(session, desk.secret, chain_of(number)):
        # stays English
        yield f"The recorded event {finding.place} does not hold here either: {finding.problem}"
    if side == "operator":
        yield from unlike_recorded(events, desk.secret)
    query = select(AuditEvent).where(AuditEvent.subject == chain_of(number)).order_by(AuditEvent.place)
    rows = session.scalars(query).all()
    # The pack's own numbers of decisions cannot be told from the outside; they are taken as they are.
    decisions = {
        row.decision_id: event["decision"]
        for row, event in zip(rows, events, strict=False)
        if row.decision_id is not None
    }
    first = first_submissions(session, [claim]).get(chain_of(number), float("inf"))
    for place, (own, event) in enumerate(
        zip(told_events(rows[: len(events)], side, first, decisions), events, strict=False), 1
    ):
        if own != event:
            yield f"Event {place} is not as this installation recorded it."  # stays English
            return
    if len(rows) < len(events):
        # stays English
        yield f"The pack has {len(events)} events, and this installation recorded {len(rows)}."
