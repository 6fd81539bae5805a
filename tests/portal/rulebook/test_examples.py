"""Examples are decided and compared as a whole, and a rule without an example is found."""

from pathlib import Path

import pytest

from portal.rulebook.examples import Report, run
from portal.rulebook.loading import load, read_folder

INVENTED = read_folder(Path(__file__).parent / "invented")
EXAMPLES = "examples/lifecycle.yaml"


def report(file: str = EXAMPLES, old: str = "", new: str = "") -> Report:
    """Run the examples of the invented policy, with one text in one file replaced."""
    assert old in INVENTED[file]
    return run(load({**INVENTED, file: INVENTED[file].replace(old, new, 1)}))


def sentences(found: Report) -> list[tuple[str, str]]:
    return [(example.name, sentence) for example, sentence in found.failed]


def test_examples_that_come_out_pass_and_cover_every_rule() -> None:
    found = report()
    assert found.ok
    assert (found.passed, found.failed, found.uncovered_rules) == (12, [], [])


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "given: a drawn kite, by: a flyer, expect: allowed",
            "given: a drawn kite, by: a judge, expect: allowed",
            (
                "expected allowed, but the answer is refused; "
                "also because of no_permission, which `because` does not name"
            ),
        ),
        (
            "because: [holes, full_of_holes]",
            "because: [holes]",
            "also because of full_of_holes, which `because` does not name",
        ),
        (
            "because: [colorless]",
            "because: [colorless, nameless]",
            "not because of nameless, though `because` says so",
        ),
        (
            "but: {kite.tail: 0}, product",
            "but: {kite.tail: 200}, product",
            "it could not be decided: the facts break the axiom tail_and_kite",
        ),
    ],
)
def test_an_example_that_comes_out_otherwise_says_how(old: str, new: str, sentence: str) -> None:
    found = report(EXAMPLES, old, new)
    assert [told for _, told in found.failed] == [sentence]
    assert not found.ok


def test_a_fact_that_the_case_leaves_out_is_told() -> None:
    found = report("examples/cases.yaml", "      kite.maker: Ada\n", "")
    assert ("A sound kite may fly", "it could not be decided: fact kite.maker is missing") in sentences(found)


def test_a_rule_that_no_example_shows_is_a_failure() -> None:
    line = next(line for line in INVENTED[EXAMPLES].splitlines() if "A loose part" in line)
    found = report(EXAMPLES, line + "\n", "")
    assert found.failed == []
    assert [str(rule) for rule in found.uncovered_rules] == [
        "association.yaml:4 no example shows the rule loose: add one in which it is the reason"
    ]
    assert not found.ok


def test_a_changed_rule_is_noticed() -> None:
    found = report("vocabulary.yaml", "long_from: 200", "long_from: 400")
    assert [name for name, _ in sentences(found)] == ["A long kite wins"]


def test_a_system_transition_is_asked_by_the_portal_itself() -> None:
    files = dict(INVENTED)
    files[EXAMPLES] += (
        "  - {name: A storm, question: storm, given: a drawn kite, but: {claim.status: flying},"
        " expect: allowed}\n"
        "  - {name: No storm, question: storm, given: a drawn kite, but: {claim.status: flying}, by: a judge,"
        " expect: refused, because: [no_permission]}\n"
        "  - {name: A wave, question: wave, given: a drawn kite, but: {claim.status: flying}, by: customer,"
        " expect: allowed}\n"
    )
    assert run(load(files)).passed == 15
