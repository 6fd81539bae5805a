"""How many claims were in each status at the end of each of the last months."""

from collections import Counter

from portal.languages.sentences import gettext
from portal.reports.months import ends_of_months
from portal.reports.moves import moves_of
from portal.reports.shapes import Asked, Report, Series, counted_columns, table_of
from portal.rulebook.closed_names import GONE


def claims_over_time(asked: Asked) -> Report:
    """Count every claim in the status that it was in when each month ended; the running month ends today."""
    rulebook = asked.rulebook
    ends = ends_of_months(asked.today, asked.zone)
    counted = {label: Counter[str]() for label, _ in ends}
    labels = {code: status.label for code, status in rulebook.statuses.items()}
    for moves in moves_of(asked):
        for label, end in ends:
            last = next((one for one in reversed(moves) if one.at < end), None)
            if last is not None and last.to_status not in (None, GONE):
                counted[label][labels.get(last.to_status) or last.to_label] += 1
    tones = {status.label: status.tone for status in rulebook.statuses.values()}
    # Claims stay in statuses that the policy in force has no more; the one that led them there has a label.
    known = dict.fromkeys([*labels.values(), *(label for numbers in counted.values() for label in numbers)])
    headings = [label for label in known if any(numbers[label] for numbers in counted.values())]
    newest_first = dict(reversed([(name, numbers) for name, numbers in counted.items() if numbers.total()]))
    return Report(
        columns=counted_columns(gettext("Month"), headings, gettext("All")),
        rows=table_of(headings, newest_first),
        series=tuple(
            Series(name, tuple((one, numbers[one], tones.get(one, "neutral")) for one in headings))
            for name, numbers in newest_first.items()
        ),
        sparse=True,
    )
