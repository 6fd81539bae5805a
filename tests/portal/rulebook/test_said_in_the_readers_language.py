"""One loaded rulebook speaks to each reader in their language; the policy's own words stay as they are.

The language is made up: whatever the portal says stands in brackets.
"""

from collections.abc import Callable, Mapping
from datetime import date
from gettext import NullTranslations

import pytest

from portal.languages import sentences
from portal.languages.offered import ENGLISH
from portal.rulebook.condition_words import condition_in_words
from portal.rulebook.decision import Facts, Reason, Value
from portal.rulebook.loading import load
from portal.rulebook.rulebook import Rulebook
from tests.portal.rulebook.test_rulebook import INVENTED, facts

MADE_UP = "de"  # days and numbers are German in it
Speak = Callable[[str], None]
BROUGHT_NOTHING = {"input__weather": False, "input__song": False, "input__dance": False}
VALUES: Mapping[str, Value] = {
    "clock.rest_due_on": date(2026, 11, 4),
    "clock.rest": "running",
    "kite.fee": 123456,
    "product.tied": True,
    "kite.color": None,
    "kite.stickers": frozenset(),
}


class InBrackets(NullTranslations):
    """Says every sentence as it is, in brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"


@pytest.fixture
def speak(monkeypatch: pytest.MonkeyPatch) -> Speak:
    monkeypatch.setattr(
        sentences, "catalog", lambda language: NullTranslations() if language == ENGLISH else InBrackets()
    )

    def chosen(language: str) -> None:
        monkeypatch.setattr("portal.languages.sentences._Speaker.language", staticmethod(lambda: language))

    return chosen


# What is said → in English, and in brackets.
TEXTS = {
    "wrong status": (
        (
            "“Fly” is not possible while the claim is in status “In the air”. "
            "It is possible only in status “Drawn”."
        ),
        (
            "⟦“Fly” is not possible while the claim is in status “In the air”. "
            "It is possible only in status “Drawn”.⟧"
        ),
    ),
    "new": (
        "“Fly” is not possible while the claim is in status “New”. It is possible only in status “Drawn”.",
        (
            "⟦“Fly” is not possible while the claim is in status “⟦New⟧”. "
            "It is possible only in status “Drawn”.⟧"
        ),
    ),
    "no permission": (
        "Your roles do not allow “Fly”. Ask somebody with the role Flyer to do it.",
        "⟦Your roles do not allow “Fly”. Ask somebody with the role Flyer to do it.⟧",
    ),
    "missing": (
        "Write something under “Weather”.",
        "⟦⟦write something under “Weather”⟧.⟧",
    ),
    "nothing given": (
        "Write something under “Song” or choose a file under “Dance”.",
        "⟦⟦write something under “Song”⟧ ⟦or⟧ ⟦choose a file under “Dance”⟧.⟧",
    ),
    "remedy": (
        "Give “Weather”",
        "⟦Give “Weather”⟧",
    ),
    "comparison": (
        "Holes in the part: 1,234 (the rule looks for: more than 2)",
        "⟦Holes in the part: 1.234 (the rule looks for: ⟦more than 2⟧)⟧",
    ),
    "condition": (
        "Status of the claim: not In the air",
        "⟦⟦Status of the claim⟧: ⟦not In the air⟧⟧",
    ),
    "fact": (
        "Last day of “Rest”",
        "⟦Last day of “Rest”⟧",
    ),
    "values": (
        "4 November 2026, running, 1,234.56 EUR, yes, not given, none",
        "4. November 2026, ⟦running⟧, 1.234,56 EUR, ⟦yes⟧, ⟦not given⟧, ⟦none⟧",
    ),
}


@pytest.mark.parametrize("loaded_in", [ENGLISH, MADE_UP])
def test_a_loaded_rulebook_speaks_to_each_reader(speak: Speak, loaded_in: str) -> None:
    speak(loaded_in)
    kites = load(INVENTED)
    for _ in range(2):
        speak(ENGLISH)
        assert said(kites) == {name: english for name, (english, _) in TEXTS.items()}
        speak(MADE_UP)
        assert said(kites) == {name: bracketed for name, (_, bracketed) in TEXTS.items()}


def said(kites: Rulebook) -> dict[str, str]:
    """Return a text of each kind that the rulebook says by itself."""
    vocabulary = kites.vocabulary
    by_nobody = reasons(kites, facts(claim__status="flying", actor__roles=frozenset()))
    empty = reasons(kites, facts(**BROUGHT_NOTHING))
    full = facts({"product.name": "Frame", "product.holes": 1234, "product.tied": True})
    remedy = kites.remedy(kites.decide("fly", facts(**BROUGHT_NOTHING | {"input__song": True})), "partner")
    assert remedy is not None
    condition = condition_in_words(
        vocabulary.parse('claim.status != "flying"'), vocabulary.speech(), defined={}
    )
    return {
        "wrong status": by_nobody[0].text,
        "new": reasons(kites, facts(claim__status="new"))[0].text,
        "no permission": by_nobody[1].text,
        "missing": empty[0].text,
        "nothing given": empty[1].text,
        "remedy": remedy.changes[0].text,
        "comparison": reasons(kites, full)[0].comparisons[0].words,
        "condition": condition.text,
        "fact": vocabulary.meaning("clock.rest_due_on"),
        "values": ", ".join(vocabulary.written(name, value) for name, value in VALUES.items()),
    }


def reasons(kites: Rulebook, known: Facts) -> tuple[Reason, ...]:
    return kites.decide("fly", known).reasons
