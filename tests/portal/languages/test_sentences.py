"""Sentences that repeat what somebody typed, and that follow one another."""

from portal.languages.sentences import lazy_gettext, month, percent, printable, together


def test_what_was_typed_stands_in_a_sentence_as_it_is_and_what_cannot_be_printed_by_its_code() -> None:
    assert printable("Kim O’Neill's") == "Kim O’Neill's"
    assert printable("a\nb\x1b") == "a\\nb\\x1b"


def test_sentences_are_put_together_and_empty_ones_are_left_out() -> None:
    assert together("One.", "", "Two.") == "One. Two."


def test_a_sentence_said_later_has_its_placeholders_filled_in() -> None:
    assert str(lazy_gettext("At most %(num)s.", num=2)) == "At most 2."


def test_months_and_shares_are_said_in_the_language_being_spoken() -> None:
    assert (month("2026-11"), percent(20)) == ("November 2026", "20%")
