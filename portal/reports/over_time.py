"""How many claims were in each status at the end of each of the last months."""

from collections import Counter
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import literal, select

from portal.audit.model import AuditEvent
from portal.claims.chain import PREFIX
from portal.claims.model import Claim
from portal.languages.sentences import gettext
from portal.reports.scope import reported
from portal.reports.shapes import Asked, Report, Series, table_of
from portal.rulebook.closed_names import GONE

MONTHS = 12  # a year is compared at a glance


def claims_over_time(asked: Asked) -> Report:
    """Count every claim in the status that it was in when each month ended; the running month ends today."""
    rulebook = asked.desk.policies.in_force()
    ends = _ends(asked.today, ZoneInfo(rulebook.policy.time_zone))
    counted = {label: Counter[str]() for label, _ in ends}
    labels = {code: status.label for code, status in rulebook.statuses.items()}
    for moves in _moves(asked).values():
        for label, end in ends:
            status = next((status for at, status in reversed(moves) if at < end), GONE)
            if status != GONE:
                counted[label][labels.get(status, status)] += 1
    tones = {status.label: status.tone for status in rulebook.statuses.values()}
    headings = [label for label in labels.values() if any(numbers[label] for numbers in counted.values())]
    newest_first = dict(reversed([(name, numbers) for name, numbers in counted.items() if numbers.total()]))
    return Report(
        columns=((gettext("Month"), False), *((one, True) for one in headings), (gettext("All"), True)),
        rows=table_of(headings, newest_first),
        series=tuple(
            Series(name, tuple((one, numbers[one], tones.get(one, "neutral")) for one in headings))
            for name, numbers in newest_first.items()
        ),
    )


def _ends(today: date, zone: ZoneInfo) -> list[tuple[str, datetime]]:
    """Return each of the last months, the oldest first, with the first moment after it."""
    found = []
    year, month = today.year, today.month
    for _ in range(MONTHS):
        following = date(year + month // 12, month % 12 + 1, 1)
        found.append((f"{year}-{month:02d}", datetime.combine(following, time(), zone).astimezone(UTC)))
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return found[::-1]


def _moves(asked: Asked) -> dict[str, list[tuple[datetime, str]]]:
    """Return every change of status of each claim in its order, by the claim's chain."""
    query = (
        select(AuditEvent.subject, AuditEvent.at, AuditEvent.to_status)
        .join(Claim, AuditEvent.subject == literal(PREFIX) + Claim.number)
        .where(AuditEvent.to_status.is_not(None), reported(asked.desk, asked.actor))
        .order_by(AuditEvent.subject, AuditEvent.place)
    )
    found: dict[str, list[tuple[datetime, str]]] = {}
    for subject, at, status in asked.session.execute(query):
        found.setdefault(subject, []).append((at, status or ""))
    return found
