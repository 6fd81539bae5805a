"""Rule files that no person would write: always problems with places, or a policy that answers."""

import json
import os
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import hypothesis
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.rulebook.examples import run
from portal.rulebook.loading import read_folder
from tests.conftest import ROOT
from tests.portal.rulebook.test_conditions import TOKENS
from tests.portal.rulebook.test_loading import INVENTED, loaded_or_problems, mutations

POLICY = read_folder(ROOT / "rules")
SOAKED = int(os.environ.get("PORTAL_SOAK_FILES", "10000"))
HANGS = 30  # seconds; the largest policy loads in one

KEYS = sorted(
    {word.strip(" -{") for text in INVENTED.values() for word in text.replace("\n", ":").split(":")} - {""}
)
WORDS = st.one_of(
    st.sampled_from(KEYS), st.lists(st.sampled_from(TOKENS), max_size=6).map(" ".join), st.text(max_size=12)
)
LEAVES = st.one_of(WORDS, st.booleans(), st.none(), st.integers(), st.floats(allow_nan=False))
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=6),
    max_leaves=25,
)
FILES = st.sampled_from(sorted(INVENTED))


@contextmanager
def no_hang() -> Iterator[None]:
    def end(_signal: int, _frame: FrameType | None) -> None:
        raise AssertionError(f"it did not come to an end within {HANGS} seconds")

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(HANGS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def judge(files: dict[str, str]) -> None:
    """Load the files: each problem has a place and a sentence, and what loads can run its examples."""
    with no_hang():
        found = loaded_or_problems(files)
        if isinstance(found, tuple):
            assert found
            assert all(one.line >= 1 and one.column >= 1 and one.sentence for one in found)
        else:
            assert len(run(found).failed) >= 0


def mutated(files: dict[str, str], seed: int, times: int) -> dict[str, str]:
    rng, files = random.Random(seed), dict(files)
    for _ in range(times):
        file = rng.choice(sorted(files))
        if files[file].strip():
            files[file] = rng.choice(list(mutations(files[file], rng)))
    return files


def fuzz(files: dict[str, str], examples: int) -> None:
    """Try mutations of `files`, trees of known words, and any text, `examples` of each."""
    few = settings(
        max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    seed = os.environ.get("PORTAL_SEED") or f"{random.SystemRandom().getrandbits(32)}"
    print(f"PORTAL_SEED={seed}")

    @hypothesis.seed(seed)
    @few
    @given(st.integers(min_value=0), st.integers(min_value=1, max_value=5))
    def any_mutation(start: int, times: int) -> None:
        judge(mutated(files, start, times))

    @hypothesis.seed(seed)
    @few
    @given(FILES, TREES)
    def any_tree(file: str, tree: object) -> None:
        judge({**files, file: json.dumps(tree, ensure_ascii=False)})

    @hypothesis.seed(seed)
    @few
    @given(FILES, st.text())
    def any_text(file: str, text: str) -> None:
        judge({**files, file: text})

    any_mutation()
    any_tree()
    any_text()


def test_any_files_give_problems_with_places_or_a_policy_that_answers() -> None:
    fuzz(INVENTED, examples=60)


@pytest.mark.soak
def test_thousands_of_files_do() -> None:
    fuzz(INVENTED, examples=SOAKED)


@pytest.mark.soak
def test_the_policy_itself_can_be_mistyped_in_any_way() -> None:
    fuzz(POLICY, examples=max(1, SOAKED // 10))
