"""What a name may consist of: everything that people's keyboards type, and nothing that hides or turns it."""

import pytest

from portal.accounts.controls import is_one_line


@pytest.mark.parametrize(
    "name",
    ["山田\u3000太郎", "Jean\u00a0Dupont", "Zoë O’Neil-Łuk", "می\u200cخواهم", "क्\u200dष"],
    ids=["ideographic blank", "blank that does not break", "accents", "Persian", "Hindi"],
)
def test_real_names_are_taken(name: str) -> None:
    assert is_one_line(name)


@pytest.mark.parametrize(
    "name",
    ["Ad\u200cmin", "Ann\u202eeinA", "Ann\u2028Lee", "Ann\nLee", "\u200cAnn", "Ann\u200b", "A\u0000"],
    ids=["joiner in Latin", "turned around", "line", "line end", "joiner alone", "invisible blank", "NUL"],
)
def test_what_hides_or_turns_a_name_is_refused(name: str) -> None:
    assert not is_one_line(name)
