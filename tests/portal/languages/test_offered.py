"""Which language somebody gets for what their browser or an address says."""

import pytest

from portal.languages.offered import first_offered, offered


@pytest.mark.parametrize(
    ("code", "language"),
    [("de", "de"), ("DE", "de"), ("de-AT", "de"), ("de_CH", "de"), (" ja ", "ja"), ("en-US", "en")],
)
def test_a_language_is_offered_to_all_its_countries(code: str, language: str) -> None:
    assert offered(code) == language


@pytest.mark.parametrize("code", ["", "nl", "deutsch", "*", "../de", "d", "de'"])
def test_anything_else_is_not_offered(code: str) -> None:
    assert offered(code) is None


def test_the_first_that_is_offered_is_taken_and_english_where_none_is() -> None:
    assert first_offered(["nl-NL", "fr-CA", "de"]) == "fr"
    assert first_offered(["nl", "*"]) == "en"
    assert first_offered([]) == "en"
