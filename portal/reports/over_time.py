"""How many claims were in each status at the end of each of the last months."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from portal.audit.model import AuditEvent
from portal.languages.sentences import gettext
from portal.languages.sentences import month as in_words
from portal.reports.months import ends_of_months
from portal.reports.moves import LEFT_AT, happened, label_of
from portal.reports.shapes import Asked, Month, Report, Series, counted_columns, table_of
from portal.rulebook.closed_names import GONE


def claims_over_time(asked: Asked) -> Report:
    """Count every claim in the status that it was in when each month ended; the running month ends today."""
    rulebook = asked.rulebook
    names, ends = zip(*ends_of_months(asked.today, asked.zone), strict=True)
    counted = {name: Counter[str]() for name in names}
    labels = {code: status.label for code, status in rulebook.statuses.items()}
    for status, version, *numbers in _in_each_status(asked, ends):
        label = labels.get(status) or label_of(asked.desk.policies.pinned(version), status)
        for name, number in zip(names, numbers, strict=True):
            counted[name][label] += number
    tones = {status.label: status.tone for status in rulebook.statuses.values()}
    # Claims stay in statuses that the policy in force has no more; the one that led them there has a label.
    known = dict.fromkeys([*labels.values(), *(label for numbers in counted.values() for label in numbers)])
    headings = [label for label in known if any(numbers[label] for numbers in counted.values())]
    newest_first = dict(reversed([(name, numbers) for name, numbers in counted.items() if numbers.total()]))
    return Report(
        columns=counted_columns(gettext("Month"), headings, gettext("All")),
        rows=table_of(headings, {Month(name): numbers for name, numbers in newest_first.items()}),
        series=tuple(
            Series(in_words(name), tuple((one, numbers[one], tones.get(one, "neutral")) for one in headings))
            for name, numbers in newest_first.items()
        ),
        sparse=True,
    )


def _in_each_status(asked: Asked, ends: Sequence[datetime]) -> Iterable[Row[*tuple[Any, ...]]]:
    """Return each status, the policy that led into it, and how many claims were in it at each of `ends`."""
    event = AuditEvent
    stays = (
        happened(asked, event.to_status, event.policy_version, event.at, LEFT_AT)
        .where(event.to_status.is_not(None))
        .subquery()
    )

    def lasted_at(end: datetime) -> ColumnElement[bool]:
        return and_(stays.c.at < end, or_(stays.c.left_at.is_(None), stays.c.left_at >= end))

    query = (
        select(
            stays.c.to_status, stays.c.policy_version, *(func.count().filter(lasted_at(end)) for end in ends)
        )
        .where(stays.c.to_status != GONE)
        .group_by(stays.c.to_status, stays.c.policy_version)
    )
    return asked.session.execute(query)
