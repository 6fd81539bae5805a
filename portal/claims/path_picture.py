"""Where everything of a claim's way stands in its picture: a line from top to bottom, then branches."""

import textwrap
from dataclasses import dataclass
from datetime import datetime

from portal.claims.path import ClaimPath, Stop
from portal.languages.sentences import gettext, ngettext

# Pixels. The picture is as wide as the side part of the page; letters are 13 and 11 px high.
WIDTH = 304
LINE_X, TEXT_X = 12, 32
BRANCH_X, BRANCH_TEXT_X = 36, 54
STOP_HEIGHT, FOLD_HEIGHT = 46, 30
ROW, GAP = 16, 12
TOP, BOTTOM = 14, 6
# Letters to a row: what fits at the widest usual font (0.62 of its height a letter) right of the line.
LETTERS, SMALL_LETTERS, BRANCH_LETTERS, WAY_LETTERS = 32, 40, 30, 36


@dataclass(frozen=True)
class Line:
    """One row of words; `kind` is "label", "small", "heading" or "way"."""

    x: int
    y: int
    kind: str
    text: str


@dataclass(frozen=True)
class Mark:
    """One point on the line or at the end of a branch; `kind` is "was", "here" or "next"."""

    x: int
    y: int
    kind: str
    tone: str


@dataclass(frozen=True)
class Moment:
    """When a stop began and who brought it, told below its label."""

    x: int
    y: int
    at: datetime
    who: str


@dataclass(frozen=True)
class Picture:
    """Everything to be drawn, `width` by `height` pixels. `ways` and `folds` are the `d` of SVG paths."""

    width: int
    height: int
    marks: tuple[Mark, ...]
    lines: tuple[Line, ...]
    moments: tuple[Moment, ...]
    ways: tuple[str, ...]
    folds: tuple[str, ...]
    branches: tuple[str, ...]


class _Drawing:
    """Grows from top to bottom; `y` is where the next thing stands."""

    def __init__(self) -> None:
        self.y = TOP
        self.marks: list[Mark] = []
        self.lines: list[Line] = []
        self.moments: list[Moment] = []
        self.ways: list[str] = []
        self.folds: list[str] = []
        self.branches: list[str] = []

    def words(self, x: int, kind: str, text: str, letters: int) -> None:
        for row in textwrap.wrap(text, letters) or [""]:
            self.lines.append(Line(x, self.y + 4, kind, row))
            self.y += ROW

    def stop(self, stop: Stop, kind: str) -> None:
        if self.marks and not self.folds_just_drawn():
            self.ways.append(f"M{LINE_X},{self.marks[-1].y}V{self.y}")
        elif self.marks:
            self.folds[-1] += f"V{self.y}"
        self.marks.append(Mark(LINE_X, self.y, kind, stop.tone))
        self.words(TEXT_X, "label", stop.label, LETTERS)
        self.moments.append(Moment(TEXT_X, self.y + 3, stop.at, _short(stop.who)))
        self.y += STOP_HEIGHT - ROW

    def folds_just_drawn(self) -> bool:
        return bool(self.folds) and "V" not in self.folds[-1]

    def fold(self, count: int) -> None:
        self.folds.append(f"M{LINE_X},{self.marks[-1].y}")
        words = ngettext("%(num)s earlier step", "%(num)s earlier steps", count)
        self.lines.append(Line(TEXT_X, self.y + 4, "small", words))
        self.y += FOLD_HEIGHT


def picture(path: ClaimPath) -> Picture:
    """Return the picture of a claim's way; nothing in it lies on top of something else."""
    drawing = _Drawing()
    for stop in path.first:
        drawing.stop(stop, "was")
    if path.folded:
        drawing.fold(path.folded)
    for stop in path.last:
        drawing.stop(stop, "here" if stop is path.here else "was")
    if path.branches:
        _branches(drawing, path)
    return Picture(
        WIDTH,
        drawing.y + BOTTOM,
        tuple(drawing.marks),
        tuple(drawing.lines),
        tuple(drawing.moments),
        tuple(drawing.ways),
        tuple(drawing.folds),
        tuple(drawing.branches),
    )


def _branches(drawing: _Drawing, path: ClaimPath) -> None:
    here = drawing.marks[-1]
    drawing.words(TEXT_X, "heading", gettext("Can come next"), LETTERS)
    drawing.y += GAP // 2
    for branch in path.branches:
        y = drawing.y
        drawing.branches.append(f"M{LINE_X},{here.y}V{y - 8}Q{LINE_X},{y} {LINE_X + 8},{y}H{BRANCH_X}")
        drawing.marks.append(Mark(BRANCH_X, y, "next", branch.tone))
        drawing.words(BRANCH_TEXT_X, "label", branch.label, BRANCH_LETTERS)
        for who, action in branch.ways:
            drawing.words(BRANCH_TEXT_X, "way", f"{who}: {action}", WAY_LETTERS)
        drawing.y += GAP


def _short(who: str) -> str:
    """Return a name that fits beside a date; the text beside the picture has it whole."""
    return who if len(who) <= SMALL_LETTERS // 2 else f"{who[: SMALL_LETTERS // 2 - 1]}…"
