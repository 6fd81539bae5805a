"""One check in words: a sentence where there is one, and else what a stranger understands behind a colon."""

from collections.abc import Mapping

import pytest

from portal.rulebook.check_words import Speech, check_in_words
from portal.rulebook.condition_types import Check, FactType, Names, Not
from portal.rulebook.conditions import parse

RIVAL = frozenset(("none", "open", "approved"))
NAMES = Names(
    facts={
        "claim.rival": FactType("choice", codes=RIVAL),
        "claim.wish": FactType("choice", codes=RIVAL, may_be_absent=True),
        "claim.clock": FactType("choice", codes=frozenset(("never", "running", "stopped", "ended"))),
        "claim.documents": FactType("int", unit="documents"),
        "claim.shift": FactType("int"),
        "claim.has_customer": FactType("bool"),
        "claim.reasons": FactType("set", codes=RIVAL),
    },
)
SENTENCES: Mapping[bool, str] = {True: "A customer was chosen", False: "No customer was chosen"}
SPEECH = Speech(
    sentence_of=lambda _fact, holds: SENTENCES[holds],
    ordered=lambda _fact, codes: [code for code in ("none", "open", "approved") if code in codes],
    least_of=lambda fact: 0 if fact == "claim.documents" else None,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("claim.has_customer", "A customer was chosen"),
        ("!claim.has_customer", "No customer was chosen"),
        # Of a choice among few it is told what is meant, and never "not none".
        ('claim.rival != "none"', "claim.rival: open or approved"),
        ('!(claim.rival == "open")', "claim.rival: none or approved"),
        ('claim.rival == "none"', "claim.rival: none"),
        # It may also be absent, which the other codes would not say.
        ('claim.wish != "none"', "claim.wish: not none"),
        ('claim.clock != "ended"', "claim.clock: not ended"),
        ('claim.clock in ["never", "running"]', "claim.clock: never or running"),
        ('!(claim.clock in ["never", "running"])', "claim.clock: neither never nor running"),
        ("claim.documents < 1", "claim.documents: 0"),
        ("claim.documents < 2", "claim.documents: fewer than 2"),
        ("claim.shift < 1", "claim.shift: less than 1"),
        ('"open" in claim.reasons', "claim.reasons: “open” is among them"),
        ('!("open" in claim.reasons)', "claim.reasons: “open” is not among them"),
    ],
)
def test_a_check_is_told_so_that_a_stranger_understands_it(text: str, expected: str) -> None:
    root, holds = parse(text, NAMES).root, True
    if isinstance(root, Not):
        root, holds = root.item, False
    assert isinstance(root, Check)
    assert check_in_words(root, holds, SPEECH) == expected
