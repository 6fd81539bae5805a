"""Days and moments as each language writes them, always with their zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal.languages.dates import (
    day_in_words,
    moment_in_words,
    month_in_words,
    weekday_and_day,
    zone_in_words,
)

SEATTLE = ZoneInfo("America/Los_Angeles")
LAST_MINUTE = datetime(2026, 12, 15, 7, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 12, 15, 7, 59, tzinfo=UTC), "14 December 2026, 11:59 pm PST"),
        (datetime(2026, 7, 4, 19, 5, tzinfo=UTC), "4 July 2026, 12:05 pm PDT"),
        (datetime(2026, 7, 4, 7, 5, tzinfo=UTC), "4 July 2026, 12:05 am PDT"),
        (datetime(2026, 3, 8, 9, 59, tzinfo=UTC), "8 March 2026, 1:59 am PST"),  # the hour before summer time
        (datetime(2026, 3, 8, 10, 0, tzinfo=UTC), "8 March 2026, 3:00 am PDT"),
    ],
)
def test_a_moment_is_told_in_the_programs_zone(moment: datetime, words: str) -> None:
    assert moment_in_words(moment, SEATTLE) == words


@pytest.mark.parametrize(
    ("zone", "language", "words"),
    [
        ("America/Los_Angeles", "en", "Los Angeles"),
        ("America/Los_Angeles", "ja", "ロサンゼルス"),
        ("America/Argentina/Buenos_Aires", "en", "Buenos Aires"),
        ("UTC", "de", "UTC"),
    ],
)
def test_a_zone_is_told_by_its_city(zone: str, language: str, words: str) -> None:
    assert zone_in_words(zone, language) == words


def test_a_moment_without_a_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="time zone"):
        moment_in_words(datetime(2026, 1, 1) + timedelta(), SEATTLE)  # noqa: DTZ001  # the mistake itself


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "November 2026"),
        ("de", "November 2026"),
        ("fr", "novembre 2026"),
        ("es", "noviembre de 2026"),
        ("ja", "2026年11月"),
    ],
)
def test_a_month_is_told_by_its_name(language: str, words: str) -> None:
    assert month_in_words("2026-11", language) == words


@pytest.mark.parametrize(
    ("language", "day", "moment"),
    [
        ("en", "14 December 2026", "14 December 2026, 11:59 pm PST"),
        ("de", "14. Dezember 2026", "14. Dezember 2026, 23:59 Uhr (GMT-08:00)"),
        ("fr", "14 décembre 2026", "14 décembre 2026 à 23:59 (UTC-08:00)"),
        ("es", "14 de diciembre de 2026", "14 de diciembre de 2026, 23:59 h (GMT-08:00)"),
        ("ja", "2026年12月14日", "2026年12月14日 23:59（GMT-08:00）"),
    ],
)
def test_each_language_writes_its_own_order_and_names(language: str, day: str, moment: str) -> None:
    assert day_in_words(date(2026, 12, 14), language) == day
    assert moment_in_words(LAST_MINUTE, SEATTLE, language) == moment


@pytest.mark.parametrize(
    ("language", "day", "words"),
    [
        ("fr", date(2026, 12, 1), "1er décembre 2026"),
        ("fr", date(2026, 12, 11), "11 décembre 2026"),
        ("fr", date(2026, 12, 21), "21 décembre 2026"),
        ("es", date(2026, 12, 1), "1 de diciembre de 2026"),
        ("de", date(2026, 12, 1), "1. Dezember 2026"),
    ],
)
def test_french_writes_the_first_of_a_month_as_it_is_spoken(language: str, day: date, words: str) -> None:
    assert day_in_words(day, language) == words
    assert weekday_and_day(day, language).endswith(words)


def test_a_weekday_is_named_in_its_language() -> None:
    day = date(2026, 11, 30)
    assert weekday_and_day(day) == "Monday 30 November 2026"
    assert weekday_and_day(day, "de") == "Montag, 30. November 2026"
    assert weekday_and_day(day, "ja") == "2026年11月30日月曜日"
