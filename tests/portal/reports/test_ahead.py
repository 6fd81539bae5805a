"""The pictures of the radars: which weeks or months they tell apart, and where each claim is counted."""

from datetime import date

from portal.reports.ahead import Ending, picture, spans
from portal.reports.shapes import Amounts, Money

TODAY = date(2026, 11, 27)  # a Friday
TONES = {"Answer": "attention", "Draft": "neutral"}


def counted(*endings: Ending, until: date = date(2026, 12, 11)) -> list[tuple[str, int, int]]:
    """Return (label, answers, drafts) of each line."""
    lines = picture(endings, TODAY, until, TONES, None)
    found = []
    for line in lines:
        (_, answers, _), (_, drafts, _) = line.parts
        found.append((line.label, answers, drafts))
    return found


def test_weeks_end_on_sunday_and_none_is_left_out() -> None:
    told = [(span.label, span.last) for span in spans(TODAY, date(2026, 12, 14))]
    assert told == [
        ("This week", date(2026, 11, 29)),
        ("Next week", date(2026, 12, 6)),
        ("Week of 7 December 2026", date(2026, 12, 13)),
        ("Week of 14 December 2026", date(2026, 12, 20)),
    ]


def test_far_ahead_months_are_told_apart() -> None:
    told = [(span.label, span.last) for span in spans(TODAY, date(2027, 2, 25))]
    assert told == [
        ("November 2026", date(2026, 11, 30)),
        ("December 2026", date(2026, 12, 31)),
        ("January 2027", date(2027, 1, 31)),
        ("February 2027", date(2027, 2, 28)),
    ]
    last_day = date(2026, 11, 30)
    assert spans(last_day, date(2027, 2, 28))[0].last == last_day


def test_what_is_overdue_comes_first_and_what_has_no_day_last() -> None:
    assert counted(
        Ending(1, "Draft", None),
        Ending(2, "Answer", date(2026, 11, 26)),
        Ending(3, "Answer", TODAY),
        Ending(4, "Answer", date(2026, 11, 29)),
        Ending(5, "Answer", date(2026, 11, 30)),
    ) == [
        ("Overdue", 1, 0),
        ("This week", 2, 0),
        ("Next week", 1, 0),
        ("Week of 7 December 2026", 0, 0),
        ("Without a deadline", 0, 1),
    ]


def test_a_claim_counts_once_where_it_ends_first() -> None:
    late, early = Ending(1, "Answer", date(2026, 12, 8)), Ending(1, "Answer", TODAY)
    for both in ((late, early), (early, late)):
        assert [number for _, number, _ in counted(*both)] == [1, 0, 0]


def test_what_claims_earned_is_added_up_in_each_currency() -> None:
    earned = {
        1: Amounts((Money(100, "EUR"), Money(5, "USD"))),
        2: Amounts((Money(20, "EUR"),)),
        3: Amounts((Money(7, "EUR"),)),
    }
    ends = [Ending(one, "Answer", TODAY) for one in (1, 2)] + [Ending(3, "Answer", date(2026, 11, 30))]
    this_week, next_week = picture([*ends, ends[0]], TODAY, date(2026, 12, 6), TONES, earned)
    assert this_week.beside == Amounts((Money(120, "EUR"), Money(5, "USD")))
    assert next_week.beside == Amounts((Money(7, "EUR"),))
