"""Which language somebody gets for what their browser or an address says."""

import re
from pathlib import Path

import pytest

from portal.languages.offered import between, first_offered, offered


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


@pytest.mark.parametrize(("language", "blank"), [("en", " "), ("de", " "), ("ja", "")])
def test_sentences_follow_one_another_as_each_language_writes_them(language: str, blank: str) -> None:
    assert between(language) == blank


@pytest.mark.parametrize("place", ["rules/translations/ja.yaml", "portal/translations/ja"])
def test_no_blank_follows_a_japanese_sentence(place: str) -> None:
    root = Path(__file__).resolve().parents[3] / place
    files = [root] if root.is_file() else sorted(root.rglob("*.po"))
    wrong = [
        f"{file.name}:{number}: {line}"
        for file in files
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if re.search(r"[。、？！] ", line) or re.search(r'^[^#]*[。、？！]\s+"$', line)
    ]
    assert files
    assert wrong == []
