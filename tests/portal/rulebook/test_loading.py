"""Rule files are loaded whole, or every mistake in them is told with its place and what was meant."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from portal.rulebook.documents import read
from portal.rulebook.loading import content_version, json_schemas, load, read_folder
from portal.rulebook.models import LifecycleFile
from portal.rulebook.problems import Problem, RulebookInvalid
from portal.rulebook.rulebook import Rulebook
from tests.conftest import ROOT

HERE = Path(__file__).parent
INVENTED = read_folder(HERE / "invented")
BROKEN = sorted((HERE / "broken").glob("*.yaml"))


def problems_of(files: dict[str, str]) -> tuple[Problem, ...]:
    with pytest.raises(RulebookInvalid) as caught:
        load(files)
    return caught.value.problems


def changed(file: str, old: str, new: str, files: dict[str, str] = INVENTED) -> dict[str, str]:
    """Return the files with one text in one of them replaced, once."""
    assert old in files[file], f"{old!r} does not stand in {file}"
    return {**files, file: files[file].replace(old, new, 1)}


def broken_files(edit: dict[str, str]) -> dict[str, str]:
    files, file = dict(INVENTED), edit["file"]
    if "replace" in edit:
        return changed(file, edit["replace"], edit["by"])
    text = files.pop(file)
    if "rename_to" in edit:
        files[edit["rename_to"]] = text
    elif "content" in edit:
        files[file] = edit["content"]
    return files


def test_the_invented_policy_is_sound() -> None:
    assert load(INVENTED).policy.label == "Kites"


def test_enough_mistakes_are_known() -> None:
    assert len(BROKEN) >= 100


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_mistake_is_told_once_in_its_place(path: Path) -> None:
    edit = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    assert [str(problem) for problem in problems_of(broken_files(edit))] == [edit["expect"]]


def test_all_mistakes_of_a_folder_are_told_at_once() -> None:
    files = changed("lifecycle.yaml", "when: kite.is_plain", "when: kite.is_plane")
    files = changed("roles.yaml", "may: [kites.fly]", "may: [kites.flie]", files)
    files = changed("deadlines.yaml", "at_end: storm", "at_end: stom", files)
    assert [(one.file, one.suggestion) for one in problems_of(files)] == [
        ("deadlines.yaml", "storm"),
        ("lifecycle.yaml", "kite.is_plain"),
        ("roles.yaml", "kites.fly"),
    ]


def test_names_are_told_beside_mistakes_of_shape() -> None:
    """What had to be left out because of its shape is not unknown for that."""
    files = changed("lifecycle.yaml", "        say: Choose a color.\n", "")
    files = changed("vocabulary.yaml", "type: money, currency: EUR", "type: gold", files)
    files = changed("deadlines.yaml", "at_end: storm", "at_end: stom", files)
    assert [str(one) for one in problems_of(files)] == [
        'deadlines.yaml:10:13 clock "wind", at_end: unknown transition stom — did you mean storm?',
        (
            'lifecycle.yaml:41:9 transition "fly", refusal 1: '
            "say is missing, and nothing stands in for it: add `say:`"
        ),
        (
            'vocabulary.yaml:8:20 fact "kite.fee", type: gold is not taken here: '
            "write bool, int, choice, text, date, timestamp, money or set"
        ),
    ]


def test_positions_after_something_left_out_are_those_of_the_file() -> None:
    files = changed("lifecycle.yaml", "      - id: colorless", "      - id: 5")
    files = changed("lifecycle.yaml", "input.song && input.dance", "input.song && kite.lenth > 3", files)
    found = [(one.line, one.column, one.where) for one in problems_of(files) if "lenth" in one.sentence]
    assert found == [(46, 29, 'transition "fly", refusal 2')]


@pytest.mark.parametrize(
    ("written", "line", "column"),
    [
        ("when: x.a && x.b", 1, 14),
        ("when: 'x.a && x.b'", 1, 15),
        ('when: "x.a && x.b"', 1, 15),
        ("when: |\n  x.a\n    && x.b", 3, 8),
        ("when: >-\n\n  x.a &&\n  x.b\n", 4, 3),
        ("when: x.a\n  && x.b", 2, 6),
        ("when: '\"''\" == x.a'", 1, 16),
    ],
)
def test_a_place_inside_a_text_is_found_however_it_is_written(written: str, line: int, column: int) -> None:
    document = read("t.yaml", written)
    assert isinstance(document.data, dict)
    text = str(document.data["when"]).strip()
    at = text.index("x.b") if "x.b" in text else text.index("x.a")
    place = document.inside(("when",), len("".join(text[:at].split())))
    assert (place.line, place.column) == (line, column)


def test_a_problem_says_where_and_what_was_meant() -> None:
    problem = Problem("a.yaml", 41, 15, 'transition "dispute", refusal 2', "unknown fact x.y", "x.z")
    assert (
        str(problem) == 'a.yaml:41:15 transition "dispute", refusal 2: unknown fact x.y — did you mean x.z?'
    )


def test_a_large_file_is_not_read() -> None:
    files = {**INVENTED, "roles.yaml": INVENTED["roles.yaml"] + "#" * 256 * 1024}
    assert [one.file for one in problems_of(files)] == ["roles.yaml"]


def test_the_version_names_the_content_alone() -> None:
    backwards = dict(reversed(INVENTED.items()))
    assert load(INVENTED).version == content_version(backwards) == content_version(INVENTED)
    assert content_version(changed("policy.yaml", "Kites", "Birds")) != content_version(INVENTED)


def test_a_folder_is_read_whatever_its_line_ends(tmp_path: Path) -> None:
    for name, text in INVENTED.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    (tmp_path / "README.md").write_text("Not a rule file.")
    assert read_folder(tmp_path) == INVENTED


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RulebookInvalid, match="no such folder"):
        read_folder(tmp_path / "nowhere")


def test_a_file_that_is_no_utf8_is_told_by_line(tmp_path: Path) -> None:
    (tmp_path / "roles.yaml").write_bytes(b"permissions: {}\nroles: \xff\n")
    with pytest.raises(RulebookInvalid, match=r"roles.yaml:2:1 .*UTF-8"):
        read_folder(tmp_path)


def test_every_file_has_a_schema_that_names_its_keys() -> None:
    schemas = json_schemas()
    assert set(INVENTED) - {"examples/lifecycle.yaml", "translations/de.yaml"} <= set(schemas)
    assert set(schemas["lifecycle.yaml"]["properties"]) == set(LifecycleFile.model_fields)


def loaded_or_problems(files: dict[str, str]) -> Rulebook | tuple[Problem, ...]:
    try:
        return load(files)
    except RulebookInvalid as invalid:
        return invalid.problems


def mutations(text: str, generator: random.Random) -> Iterator[str]:
    """Yield the text with something small wrong with it, as fingers and merges do it."""
    lines = text.splitlines()
    at, other = generator.randrange(len(lines)), generator.randrange(len(lines))
    yield "\n".join(lines[:at] + lines[at + 1 :])
    yield "\n".join([*lines[:at], lines[other], *lines[at:]])
    yield "\n".join([*lines[:at], " " * generator.randrange(9) + lines[at].strip(), *lines[at + 1 :]])
    spot = generator.randrange(len(text))
    yield text[:spot] + text[spot + 1 :]
    yield text[:spot] + generator.choice("{}[]:,&*!|>'\"%@`#-?~ \t\n\0é\ud800.=<01") + text[spot:]
    words = text.split(" ")
    first, second = generator.randrange(len(words)), generator.randrange(len(words))
    words[first] = words[second]
    yield " ".join(words)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(INVENTED)), st.integers(min_value=0), st.integers(min_value=0, max_value=5))
def test_mutated_files_give_a_rulebook_or_problems_with_places(file: str, seed: int, kind: int) -> None:
    mutated = list(mutations(INVENTED[file], random.Random(seed)))[kind]
    found = loaded_or_problems({**INVENTED, file: mutated})
    assert found
    if not isinstance(found, Rulebook):
        assert all(one.line >= 1 and one.column >= 1 and one.sentence for one in found)


def test_only_the_partner_is_mailed_what_was_assessed() -> None:
    files = read_folder(ROOT / "rules")
    mail = "  assess_again:\n    - to: partner\n"
    load(files)
    told = problems_of(changed("notifications.yaml", mail, mail.replace("partner", "reviewer"), files))
    assert {str(problem).rpartition(": ")[2] for problem in told} >= {
        "unknown fact or value {eligibility.outcome}",
        "unknown fact or value {eligibility.reasons}",
        "unknown fact or value {eligibility.change}",
    }


def test_claims_of_an_earlier_policy_are_told_what_was_assessed_where_that_policy_assesses() -> None:
    files = read_folder(ROOT / "rules")
    current = load(files)
    earlier = changed("policy.yaml", "Eligible", "Eligible then", files)
    mails = load(earlier).with_current(current).notifications.events
    assert mails["assess_again"] == current.notifications.events["assess_again"]
    never = changed("lifecycle.yaml", "    follows: [subscriptions]\n    effects: [assess]\n", "", files)
    mute = (
        files["notifications.yaml"]
        .replace("{eligibility.outcome}", "told")
        .replace("{eligibility.reasons}", "")
        .replace("{eligibility.change}", "")
    )
    never["notifications.yaml"] = mute
    assert load(never).with_current(current).notifications.events["assess_again"] == []
