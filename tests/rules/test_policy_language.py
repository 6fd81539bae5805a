"""The worked examples of docs/policy-language.md do to the real policy what the page says."""

import re
from pathlib import Path

import pytest

from portal.rulebook.examples import run
from portal.rulebook.loading import load, read_folder
from portal.rulebook.problems import RulebookInvalid

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "policy-language.md").read_text(encoding="utf-8")


def block(beginning: str) -> str:
    """Return the YAML of the page that begins with `beginning`."""
    found = [one for one in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if one.startswith(beginning)]
    assert len(found) == 1, beginning
    return str(found[0])


def indented(text: str, by: int) -> str:
    return "".join(" " * by + line for line in text.splitlines(keepends=True))


@pytest.fixture
def files() -> dict[str, str]:
    return read_folder(ROOT / "rules")


def replace(files: dict[str, str], file: str, old: str, new: str) -> None:
    assert files[file].count(old) == 1, f"{file} must have once: {old}"
    files[file] = files[file].replace(old, new)


def test_twenty_days_need_the_word_that_it_was_decided(files: dict[str, str]) -> None:
    old = "while: partner_action_required\n    length: 14 business days\n"
    replace(files, "deadlines.yaml", old, old.replace("14", "20"))
    with pytest.raises(RulebookInvalid, match="the source says 14, but the clock 20"):
        load(files)
    replace(files, "deadlines.yaml", old.replace("14", "20"), old.replace("14", "20") + "    decided: true\n")
    assert load(files).clocks["partner_response"].length == "20 business days"


def test_only_the_assigned_reviewer_decides(files: dict[str, str]) -> None:
    example = block("- {name: Another reviewer does not approve")
    files["examples/lifecycle.yaml"] += indented(example, 2)
    with pytest.raises(RulebookInvalid, match="unknown rule not_assigned"):
        load(files)
    old = "    guards: [impartial, alone_on_unit]\n"
    replace(files, "lifecycle.yaml", old, old + indented(block("refuse:\n  - id: not_assigned"), 4))
    report = run(load(files))
    assert report.ok


def test_a_new_reason_can_be_chosen_and_disputed(files: dict[str, str]) -> None:
    replace(
        files,
        "reasons.yaml",
        "rejection_reasons:\n  insufficient_poe:",
        "rejection_reasons:\n" + indented(block("poe_not_in_english"), 2) + "  insufficient_poe:",
    )
    policy = load(files)
    assert "poe_not_in_english" in policy.catalog_codes("reviewer_reasons")
    assert "poe_not_in_english" in policy.catalog_codes("disputable")


def test_a_claim_can_be_put_on_hold(files: dict[str, str]) -> None:
    replace(files, "lifecycle.yaml", "\nstatuses:\n", "\nstatuses:\n" + indented(block("on_hold:"), 2))
    replace(files, "lifecycle.yaml", "\ntransitions:\n", "\ntransitions:\n" + indented(block("hold:"), 2))
    policy = load(files)
    assert policy.transition_at("claims/hold", {}) == "hold"
    assert policy.transitions["take_up"].moves == {"on_hold": "submitted"}


@pytest.mark.parametrize("name", ["dispute", "partner_response", "association"])
def test_what_the_page_shows_is_what_the_files_say(files: dict[str, str], name: str) -> None:
    """The excerpts leave out only comments, labels' hints and sources."""
    shown = {
        line.split("#")[0].strip()
        for one in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
        if f"\n{name}:\n" in f"\n{one}"
        for line in one.splitlines()
        if line.split("#")[0].strip()
    }
    written = {
        re.sub(r", hint: [^}]*", "", line.split("  #")[0].strip())
        for text in files.values()
        for line in text.splitlines()
    }
    assert shown
    assert not shown - written
