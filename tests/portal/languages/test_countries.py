"""Countries by name, in the language being spoken."""

import pytest

from portal.languages.countries import country_in_words


@pytest.mark.parametrize(
    ("code", "language", "expected"),
    [
        ("US", "en", "United States"),
        ("DE-BY", "en", "Germany"),
        ("DE", "de", "Deutschland"),
        ("QQ", "en", "QQ"),
        ("US", "no such language", "US"),
    ],
)
def test_a_calendars_country_is_named(code: str, language: str, expected: str) -> None:
    assert country_in_words(code, language) == expected
