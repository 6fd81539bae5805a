"""Any files in any order come to the same: what counts is the union of what the imports in use say."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.imports import reading
from portal.imports.importer import NotNow
from portal.imports.using import drop, undo, use
from tests.portal.imports.conftest import Imports
from tests.portal.imports.earnings import Earnings, Said

LINES = st.builds(
    Said,
    st.sampled_from(["L-1", "L-2", "L-3", "L-4", "L-5"]),
    st.sampled_from([1250, 1250, 1250, -300, 99999999]),
    st.sampled_from(["EUR", "EUR", "USD"]),
)
FILES = st.lists(LINES, min_size=1, max_size=8)
# Which import an action is about is a number, taken modulo how many there are.
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("take"), FILES),
        st.tuples(st.sampled_from(["read", "read", "use", "use", "undo", "drop"]), st.integers(0, 5)),
    ),
    min_size=4,
    max_size=16,
)


@dataclass
class File:
    """What the model knows of one import."""

    lines: list[Said]
    state: str = "reading"
    counted: tuple[int, int, int] = (0, 0, 0)
    own: dict[str, Said] = field(default_factory=dict)


class Model:
    """Importing without a database, in few words."""

    def __init__(self) -> None:
        self.files: list[File] = []

    @property
    def counting(self) -> dict[str, Said]:
        return {
            line.line: line for file in self.files if file.state == "in_use" for line in file.own.values()
        }

    def read(self, file: File) -> None:
        if file.state != "reading":
            return
        counting, counted = self.counting, Counter[str]()
        for line in file.lines:
            earlier, counts = file.own.get(line.line), counting.get(line.line)
            if {earlier, counts} - {None, line}:
                counted["wrong"] += 1
            else:
                counted["same" if earlier or counts else "fresh"] += 1
                file.own[line.line] = line
        file.counted = counted["fresh"], counted["same"], counted["wrong"]
        file.state = "wrong" if counted["wrong"] else "ready"

    def count_anew(self) -> None:
        """What was new when a file was checked may be known when it is used, and the other way round."""
        counting = self.counting
        for file in self.files:
            if file.state == "ready":
                fresh = sum(line.line not in counting for line in file.own.values())
                file.counted = fresh, len(file.lines) - fresh - self.against(file), 0

    def against(self, file: File) -> int:
        counting = self.counting
        return sum(counting.get(line.line, line) != line for line in file.own.values())

    def use(self, file: File) -> None:
        if file.state != "ready":
            return
        if self.against(file):
            file.state, file.own, file.counted = "reading", {}, (0, 0, 0)
        else:
            file.state = "in_use"
            self.count_anew()

    def undo(self, file: File) -> None:
        file.state = "undone" if file.state == "in_use" else file.state
        self.count_anew()

    def drop(self, file: File) -> None:
        file.state = "dropped" if file.state in ("reading", "ready", "wrong") else file.state


def sums(lines: set[Said]) -> Counter[str]:
    total: Counter[str] = Counter()
    for line in lines:
        total[line.currency] += line.amount
    return total


def check(earnings: Earnings, model: Model, ids: list[int]) -> None:
    """The database says what the model says: of each import, of what counts, and of every sum to the cent."""
    for import_id, file in zip(ids, model.files, strict=True):
        row = earnings.imports.row(import_id)
        assert (row.state, (row.fresh, row.same, row.wrong)) == (file.state, file.counted)
        assert row.state != "ready" or row.against == model.against(file)
    counting = earnings.counting()
    assert counting == set(model.counting.values())
    assert sums(counting) == sums(set(model.counting.values()))


def walk(earnings: Earnings, steps: list[tuple[str, list[Said] | int]]) -> None:
    imports, model, ids = earnings.imports, Model(), list[int]()
    works = {"use": use, "undo": undo, "drop": drop}
    for action, about in steps:
        if isinstance(about, list):
            ids.append(imports.take(earnings.file(about), "earnings"))
            model.files.append(File(about))
        elif ids:
            place = about % len(ids)
            getattr(model, action)(model.files[place])
            if action == "read":
                imports.read(ids[place])
            else:
                try:
                    with imports.filing.context():
                        works[action](imports.importer, ids[place], imports.actor)
                except NotNow:
                    pass
        check(earnings, model, ids)


@pytest.mark.parametrize("examples", [10, pytest.param(100, marks=pytest.mark.broad)])
def test_what_counts_is_the_union_of_the_imports_in_use(
    imports: Imports, monkeypatch: pytest.MonkeyPatch, examples: int
) -> None:
    monkeypatch.setattr(reading, "ROWS_AT_ONCE", 3)  # so that files of few lines have several parts
    earnings = Earnings(imports)

    @settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def any_steps(steps: list[tuple[str, list[Said] | int]]) -> None:
        imports.forget_all()
        walk(earnings, steps)

    any_steps()


@pytest.mark.parametrize("examples", [5, pytest.param(50, marks=pytest.mark.broad)])
def test_sums_equal_the_file_for_any_order_split_and_repetition(imports: Imports, examples: int) -> None:
    earnings = Earnings(imports)
    whole = {Said(f"L-{n}", n * 101 - 700, ("EUR", "USD", "CHF")[n % 3]) for n in range(20)}

    @settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    @given(st.permutations(sorted(whole, key=repr)), st.lists(st.integers(1, 19), max_size=4), st.data())
    def any_split(lines: list[Said], cuts: list[int], data: st.DataObject) -> None:
        imports.forget_all()
        ends = [0, *sorted(set(cuts)), len(lines)]
        parts = [lines[one:other] for one, other in pairwise(ends)]
        for part in [*parts, *data.draw(st.lists(st.sampled_from(parts), max_size=3))]:
            imports.used(earnings.file(part), "earnings")
        assert earnings.counting() == whole
        assert sums(earnings.counting()) == sums(whole)

    any_split()
