"""What in rule files nobody could read is noted, each with what to do."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from portal.cli import main
from portal.rulebook.loading import load, read_folder
from portal.rulebook.readable import hard_to_read

RULES = Path(__file__).parents[3] / "rules"
HAS_CUSTOMER = "means: A customer was chosen, means_not: No customer was chosen"


def test_the_rules_of_the_program_can_be_read() -> None:
    assert hard_to_read(load(read_folder(RULES)).parts) == []


@pytest.mark.parametrize(
    ("file", "before", "after", "expected"),
    [
        ("vocabulary.yaml", HAS_CUSTOMER, "means: A customer was chosen",
         "vocabulary.yaml, claim.has_customer: write `means_not`"),
        ("vocabulary.yaml", HAS_CUSTOMER, "means: a customer was chosen, means_not: No customer was chosen",
         "vocabulary.yaml, claim.has_customer: `means` begins a line"),
        ("vocabulary.yaml", HAS_CUSTOMER, "means: A customer was chosen, means_not: No customer was chosen.",
         "vocabulary.yaml, claim.has_customer: `means_not` stands alone"),
        ("vocabulary.yaml", HAS_CUSTOMER, "means: You chose a customer, means_not: No customer was chosen",
         "vocabulary.yaml, claim.has_customer: both sides read `means`"),
        ("vocabulary.yaml", "means: A customer was chosen", "means: A partner location was chosen",
         "vocabulary.yaml, claim.has_customer: claim.has_location means the same"),
        ("vocabulary.yaml", "means: Products on the claim,", "means: Products, means_not: No products,",
         "vocabulary.yaml, claim.products: only what is true or false"),
        ("policy.yaml", "    label: Is the claim eligible for incentives?\n", "",
         "policy.yaml, question eligibility: give it a `label`"),
        ("policy.yaml", '{uncontested: "No", contested: "Yes"}', "[uncontested, contested]",
         "policy.yaml, question competition: write each outcome"),
    ],
)  # fmt: skip
def test_what_nobody_could_read_is_noted(file: str, before: str, after: str, expected: str) -> None:
    files = read_folder(RULES)
    assert before in files[file]
    found = hard_to_read(load({**files, file: files[file].replace(before, after)}).parts)
    assert [note for note in found if note.startswith(expected)] == found
    assert len(found) == 1


def test_the_check_of_rule_files_tells_it_and_refuses_nothing(tmp_path: Path) -> None:
    for name, text in read_folder(RULES).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(
            text.replace(", means_not: No customer was chosen", ""), encoding="utf-8"
        )
    done = CliRunner().invoke(main, ["policy", "check", str(tmp_path)])
    assert "Note: vocabulary.yaml, claim.has_customer: write `means_not`" in done.output
    assert done.exit_code == 0
