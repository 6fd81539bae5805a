"""What is told after an action: the policy's own sentence where it has one, and a plain one where not."""

from pathlib import Path

import pytest

from portal.claims.acting import Done
from portal.claims.offering import begun_in_words, done_in_words
from portal.rulebook.loading import load, read_folder
from portal.rulebook.rulebook import Rulebook

RULES = Path(__file__).parents[3] / "rules"
NUMBER = "CL-2026-000001"
STAYS = Done(NUMBER, "submitted", "submitted")


@pytest.fixture(scope="module")
def policy() -> Rulebook:
    return load(read_folder(RULES))


@pytest.fixture(scope="module")
def silent() -> Rulebook:
    """Return the policy without a single `done`, as claims submitted before there was one have it."""
    files = read_folder(RULES)
    lines = files["lifecycle.yaml"].splitlines(keepends=True)
    files["lifecycle.yaml"] = "".join(line for line in lines if not line.startswith("    done: "))
    return load(files)


def test_every_action_of_a_person_has_its_own_sentence(policy: Rulebook) -> None:
    own = {name: row for name, row in policy.transitions.items() if row.by not in ("system", "customer")}
    assert [name for name, row in own.items() if not row.done] == []
    for name, row in own.items():
        for before, after in row.moves.items():
            assert done_in_words(policy, name, Done(NUMBER, before, after)).startswith(row.done or "-"), name


def test_what_happened_stands_before_the_status(policy: Rulebook, silent: Rulebook) -> None:
    done = Done(NUMBER, "draft", "submitted")
    status = f"{NUMBER} is now in status “Submitted”."
    assert done_in_words(policy, "submit", done) == f"Your claim was sent to the review team. {status}"
    assert done_in_words(silent, "submit", done) == status


def test_without_a_sentence_of_its_own_an_action_is_told_by_its_label(
    policy: Rulebook, silent: Rulebook
) -> None:
    assert done_in_words(policy, "comment", STAYS) == "Your comment was added."
    assert done_in_words(silent, "comment", STAYS) == "This was done: Comment."
    assert done_in_words(silent, None, STAYS) == "Saved."


def test_what_is_still_to_do_follows(policy: Rulebook, silent: Rulebook) -> None:
    for rulebook in (policy, silent):
        told = done_in_words(rulebook, "remove_products", STAYS)
        assert told.endswith(". The request stays open until you resubmit the claim, "
                             "so do that when nothing else is missing.")  # fmt: skip


def test_a_draft_that_is_gone_is_named(policy: Rulebook, silent: Rulebook) -> None:
    gone = Done(NUMBER, "draft", "gone")
    assert done_in_words(policy, "delete_draft", gone) == (
        f"The draft and its documents are gone. {NUMBER} was deleted."
    )
    assert done_in_words(silent, "delete_draft", gone) == f"{NUMBER} was deleted."


def test_of_a_draft_that_was_begun_is_told_what_it_has(policy: Rulebook) -> None:
    told = begun_in_words(policy, "create", Done(NUMBER, "new", "draft"))
    assert told.startswith(f"Your claim was begun. {NUMBER} is saved as a draft. You can leave")
    copied = Done(NUMBER, "rejected", "rejected", "CL-2026-000002", ("Kites",))
    told = begun_in_words(policy, "copy", copied)
    assert told.startswith(
        "A new claim was begun from this one. CL-2026-000002 is saved as a draft with what"
    )
    assert told.endswith("Left out, because it cannot be claimed any more: Kites.")
