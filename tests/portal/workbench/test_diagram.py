"""The picture of the lifecycle: every way of the files is on it, and nothing hides something else."""

import shutil
from itertools import combinations
from pathlib import Path

import pytest

from portal.rulebook.loading import load, read_folder
from portal.rulebook.rulebook import Rulebook
from portal.workbench import diagram
from portal.workbench.diagram import Box, Diagram, NoDiagram, state_diagram
from portal.workbench.showing import RESERVED
from tests.portal.reviews.filing import Filing

RULES = Path(__file__).resolve().parents[3] / "rules"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load(read_folder(RULES))


@pytest.fixture
def drawn(book: Rulebook) -> Diagram:
    return state_diagram(book, RESERVED)


def test_every_move_to_another_status_is_one_label_of_one_way(book: Rulebook, drawn: Diagram) -> None:
    moves = sorted(
        (start, end, code)
        for code, transition in book.transitions.items()
        for start, end in transition.moves.items()
        if start != end
    )
    assert len(moves) > 20
    assert sorted((way.start, way.end, code) for way in drawn.ways for _, code, _ in way.lines) == moves


def test_every_status_is_a_box_of_its_own_tone(book: Rulebook, drawn: Diagram) -> None:
    boxes = {box.code: box for box in drawn.boxes}
    assert {code: box.tone for code, box in boxes.items() if not box.reserved} == {
        code: status.tone for code, status in book.statuses.items()
    }
    assert {code for code, box in boxes.items() if box.reserved} == set(RESERVED)


def test_boxes_lie_apart_and_within_the_picture(drawn: Diagram) -> None:
    def apart(one: Box, other: Box) -> bool:
        return (
            abs(one.x - other.x) >= (one.width + other.width) / 2
            or abs(one.y - other.y) >= (one.height + other.height) / 2
        )

    assert [
        (one.code, other.code) for one, other in combinations(drawn.boxes, 2) if not apart(one, other)
    ] == []
    for box in drawn.boxes:
        assert box.left >= 0
        assert box.top >= 0
        assert box.left + box.width <= drawn.width
        assert box.top + box.height <= drawn.height


def test_a_way_ends_at_the_box_that_it_leads_to(drawn: Diagram) -> None:
    boxes = {box.code: box for box in drawn.boxes}
    for way in drawn.ways:
        x, y = (float(part) for part in way.arrow.split()[0].split(","))
        box = boxes[way.end]
        assert abs(x - box.x) <= box.width / 2 + 8, way
        assert abs(y - box.y) <= box.height / 2 + 8, way


def test_movers_are_told_apart(drawn: Diagram) -> None:
    movers = {code: way.mover for way in drawn.ways for code, _ in way.actions}
    assert movers["submit"] == "partner"
    assert movers["approve"] == "operator"
    assert movers["decline"] == "customer"
    assert movers["no_response"] == "system"


def test_a_status_added_in_the_files_is_drawn(tmp_path: Path) -> None:
    shutil.copytree(RULES, tmp_path / "rules")
    file = tmp_path / "rules" / "lifecycle.yaml"
    text = file.read_text(encoding="utf-8")
    assert 'label: "' not in text
    file.write_text(text.replace("label: Under review", "label: 'Read \"twice\"'"), encoding="utf-8")
    labels = {box.label for box in state_diagram(load(read_folder(tmp_path / "rules")), RESERVED).boxes}
    assert 'Read "twice"' in labels
    assert "Under review" not in labels


class TestWithoutTheProgram:
    @pytest.fixture(autouse=True)
    def no_program(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A place of programs that has none: what an installation without it looks like."""
        diagram.laid_out.cache_clear()
        monkeypatch.setattr(diagram, "PROGRAM", tmp_path / "not-there")

    def test_nothing_islaid_out(self, book: Rulebook) -> None:
        with pytest.raises(NoDiagram):
            state_diagram(book, RESERVED)

    @SQLITE
    def test_the_page_still_says_everything(self, filing: Filing) -> None:
        page = filing.browser("policy@operator.example").visit("/policy")
        assert "cannot be drawn at the moment" in page.region("diagram")
        assert "Under review" in page.region("statuses")
