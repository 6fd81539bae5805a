"""How often a second reviewer, who did not know the decision, came to the same one, and where not."""

from collections import Counter, defaultdict

from sqlalchemy import select

from portal.claims.model import Claim
from portal.languages.sentences import gettext, percent, together
from portal.languages.sentences import month as in_words
from portal.reports.months import month_of, since
from portal.reports.scope import reported
from portal.reports.shapes import Asked, Month, OpinionsLink, Report, Series, share
from portal.second_reviews.model import SecondReview

READ = "reports.agreement"
# Of fewer pairs than these, one more or less moves the rate by more than three in a hundred.
FEW = 30
DRAWN, JUDGED, AGREED = "drawn", "judged", "agreed"


def agreement(asked: Asked) -> Report:
    """Count by month and decision how many were drawn, judged twice, and judged the same both times."""
    months: defaultdict[str, defaultdict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for review in _drawn(asked):
        month = month_of(review.decided_at, asked.zone)
        numbers = months[month][review.action]
        numbers[DRAWN] += 1
        numbers[JUDGED] += review.judged_at is not None
        numbers[AGREED] += bool(review.agreed)
    newest_first = sorted(months.items(), reverse=True)
    transitions = asked.rulebook.transitions
    rows = [
        (
            Month(month),
            transitions[action].label if action in transitions else action,
            numbers[DRAWN],
            numbers[JUDGED],
            numbers[AGREED],
            share(numbers[AGREED], numbers[JUDGED]),
        )
        for month, actions in newest_first
        for action, numbers in sorted(actions.items())
    ]
    sums = [(month, sum(actions.values(), Counter())) for month, actions in newest_first]
    return Report(
        columns=(
            (gettext("Month"), False),
            (gettext("Decision"), False),
            (gettext("Drawn"), True),
            (gettext("Judged twice"), True),
            (gettext("Same opinion"), True),
            (gettext("Agreement"), True),
        ),
        rows=tuple(rows),
        series=tuple(Series(in_words(month), _parts(numbers)) for month, numbers in sums),
        notes=_notes(asked, sum((numbers for _, numbers in sums), Counter())),
    )


def disagreements(asked: Asked) -> Report:
    """Tell of each decision that the second reviewer would not have made; each row leads to both opinions."""
    query = (
        select(SecondReview, Claim)
        .join(Claim, Claim.id == SecondReview.claim_id)
        .where(SecondReview.agreed.is_(False), reported(asked.desk, asked.actor))
        .order_by(SecondReview.judged_at.desc(), SecondReview.id.desc())
    )
    rows = []
    for review, claim in asked.session.execute(query).unique():
        transitions = asked.desk.rulebook_of(claim).transitions
        decided, judged = transitions[review.action].label, transitions[review.opinion].label
        day = review.decided_at.astimezone(asked.zone).date()
        rows.append((OpinionsLink(claim.number, review.id), claim.organization.name, day, decided, judged))
    names = (
        gettext("Both opinions"),
        gettext("Organization"),
        gettext("Decided on"),
        gettext("Decision"),
        gettext("Second opinion"),
    )
    return Report(tuple((name, False) for name in names), tuple(rows))


def _drawn(asked: Asked) -> list[SecondReview]:
    """Return what was drawn since the first of the months that are compared."""
    query = (
        select(SecondReview)
        .join(Claim, Claim.id == SecondReview.claim_id)
        .where(
            SecondReview.drawn,
            SecondReview.decided_at >= since(asked.today, asked.zone),
            reported(asked.desk, asked.actor),
        )
    )
    return list(asked.session.scalars(query))


def _parts(numbers: Counter[str]) -> tuple[tuple[str, int, str], ...]:
    return (
        (gettext("Same opinion"), numbers[AGREED], "success"),
        (gettext("Not judged yet"), numbers[DRAWN] - numbers[JUDGED], "neutral"),
        (gettext("Other opinion"), numbers[JUDGED] - numbers[AGREED], "danger"),
    )


def _notes(asked: Asked, all_: Counter[str]) -> tuple[str, ...]:
    rule = asked.rulebook.lifecycle.second_reviews
    notes = [
        gettext(
            "Of %(judged)s decisions that were judged twice, %(agreed)s came out the same.",
            judged=all_[JUDGED],
            agreed=all_[AGREED],
        )
    ]
    if all_[JUDGED] < FEW:
        notes.append(
            gettext(
                "Read rates of fewer than %(few)s decisions with care: one more or less moves them a lot.",
                few=FEW,
            )
        )
    if rule is not None:
        drawn = gettext(
            "The policy has %(percent)s of these decisions drawn by lot.", percent=percent(rule.percent)
        )
        notes.append(together(drawn, rule.because))
    return tuple(notes)
