"""The lifecycle of a policy as a picture: statuses, and the ways between them by who goes them."""

import json
import subprocess
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from portal.languages.sentences import ngettext
from portal.rulebook.closed_names import CUSTOMER, GONE, NEW, SYSTEM
from portal.rulebook.models import Transition
from portal.rulebook.rulebook import Rulebook

PROGRAM = Path(sysconfig.get_path("scripts")) / "graphviz-pure"  # comes with the package of that name
# A layout takes some milliseconds; whatever takes this long is broken.
SECONDS_AT_MOST = 10
KEPT_LAYOUTS = 8  # policies looked at by turns; each is some kilobytes
# Letters are laid out larger than they are drawn (11 and 12 px), because many browsers' fonts are wider
# than the one that is measured here, and the statuses are bold.
LETTERS = 'fontname="Arial", fontsize=12.5'
BOLD_LETTERS = 'fontname="Arial", fontsize=14'
LINE = 24.0  # pixels from one label of a way to the next: each is a link, and fingers need as much
MARGIN = 12  # pixels around the picture, for what is wider all the same


class NoDiagram(Exception):
    """The program that lays pictures out is missing, or failed; the page shows its tables alone."""


@dataclass(frozen=True)
class Box:
    """One status, or a reserved end of a way. Places and sizes are in pixels from the top left corner."""

    code: str
    label: str
    tone: str
    reserved: bool
    x: float  # of its middle
    y: float
    width: float
    height: float

    @property
    def left(self) -> float:
        return round(self.x - self.width / 2, 1)

    @property
    def top(self) -> float:
        return round(self.y - self.height / 2, 1)


@dataclass(frozen=True)
class Way:
    """The actions of one mover from one status to another: a curve, its arrow head, and their labels."""

    start: str
    end: str
    mover: str
    actions: tuple[tuple[str, str], ...]  # code and label
    curve: str  # as the `d` of an SVG path
    arrow: str  # as the `points` of an SVG polygon
    x: float  # of the middle of the labels
    lines: tuple[tuple[float, str, str], ...]  # y of the baseline, code, label


@dataclass(frozen=True)
class Diagram:
    """A whole picture, `width` by `height` pixels without its margin."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    ways: tuple[Way, ...]

    @property
    def outer_width(self) -> int:
        return self.width + 2 * MARGIN

    @property
    def outer_height(self) -> int:
        return self.height + 2 * MARGIN

    @property
    def view_box(self) -> str:
        return f"{-MARGIN} {-MARGIN} {self.outer_width} {self.outer_height}"


Wayside = tuple[str, str, str]  # from, to, mover


def state_diagram(rulebook: Rulebook, labels: Mapping[str, str]) -> Diagram:
    """Return the picture of the policy's lifecycle; `labels` names the reserved ends of ways.

    Raises NoDiagram where nothing can be laid out.
    """
    ways = _ways(rulebook)
    ends = {code for start, end, _ in ways for code in (start, end)}
    named = {code: row.label for code, row in rulebook.statuses.items() if code in ends}
    named |= {code: str(label) for code, label in labels.items() if code in ends}
    laid = json.loads(laid_out(_source(named, ways)))
    _, _, width, height = (float(part) for part in laid["bb"].split(","))
    boxes = {one["name"]: one for one in laid["objects"]}
    edges = {one["id"]: one for one in laid.get("edges", ())}
    return Diagram(
        round(width),
        round(height),
        tuple(_box(rulebook, code, label, boxes[code], height) for code, label in named.items()),
        tuple(_way(way, ways[way], edges[str(place)], height) for place, way in enumerate(ways)),
    )


def mover_of(rulebook: Rulebook, transition: Transition) -> str:
    """Return whose action it is: "partner", "operator", "customer" or "system"; "nobody" without a role."""
    if transition.by in (CUSTOMER, SYSTEM):
        return transition.by
    sides = {rulebook.side_of(role) for role in rulebook.roles_with(transition.by)}
    return next((side for side in ("partner", "operator") if side in sides), "nobody")


def _ways(rulebook: Rulebook) -> dict[Wayside, list[tuple[str, str]]]:
    """Return the actions that change a status, by from, to and mover."""
    ways: dict[Wayside, list[tuple[str, str]]] = {}
    for code, transition in rulebook.transitions.items():
        mover = mover_of(rulebook, transition)
        for start, end in transition.moves.items():
            if start != end:
                ways.setdefault((start, end, mover), []).append((code, transition.label))
    return ways


def _source(named: dict[str, str], ways: dict[Wayside, list[tuple[str, str]]]) -> str:
    """Return the picture in the language of Graphviz; a second line in each box is left for a number."""
    lines = [
        "digraph {",
        f"graph [rankdir=TB, nodesep=0.25, ranksep=0.4, pad=0.1, {LETTERS}]",  # stays English: Graphviz
        # stays English: Graphviz
        f'node [shape=box, margin="0.18,0.08", {BOLD_LETTERS}]',
        f"edge [{LETTERS}, arrowsize=0.7]",
    ]
    number = ngettext("%(count)s claim", "%(count)s claims", 1000, count="0000")
    for code, label in named.items():
        shown = label if code in (NEW, GONE) else f"{label}\\n{number}"
        lines.append(f"{json.dumps(code)} [label={_quoted(shown)}]")
    for place, ((start, end, _), actions) in enumerate(ways.items()):
        label = "\\n\\n".join(text for _, text in actions)
        lines.append(f'{json.dumps(start)} -> {json.dumps(end)} [id="{place}", label={_quoted(label)}]')
    return "\n".join([*lines, "}"])


def _quoted(label: str) -> str:
    return '"' + label.replace('"', '\\"') + '"'


@lru_cache(maxsize=KEPT_LAYOUTS)
def laid_out(source: str) -> str:
    """Return what Graphviz makes of `source`, as JSON; raises NoDiagram."""
    try:
        done = subprocess.run(  # noqa: S603  # a constant program, fed with the policy's own words
            [str(PROGRAM), "-Tjson"],
            input=source,
            capture_output=True,
            text=True,
            check=True,
            timeout=SECONDS_AT_MOST,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise NoDiagram from error
    return done.stdout


def _box(rulebook: Rulebook, code: str, label: str, row: dict[str, Any], height: float) -> Box:
    x, y = (float(part) for part in row["pos"].split(","))
    tone = rulebook.statuses[code].tone if code in rulebook.statuses else "neutral"
    inch = 72  # Graphviz tells places in points and sizes in inches
    return Box(
        code,
        label,
        tone,
        code not in rulebook.statuses,
        round(x, 1),
        round(height - y, 1),
        round(float(row["width"]) * inch, 1),
        round(float(row["height"]) * inch, 1),
    )


def _way(way: Wayside, actions: list[tuple[str, str]], row: dict[str, Any], height: float) -> Way:
    start, end, mover = way
    (tip_x, tip_y), *points = _points(row["pos"], height)
    first, *further = points
    curve = f"M{first[0]},{first[1]}C" + " ".join(f"{x},{y}" for x, y in further)
    x, y = (float(part) for part in row["lp"].split(","))
    top = height - y - LINE * (len(actions) - 1) / 2 + 4
    return Way(
        start,
        end,
        mover,
        tuple(actions),
        curve,
        _arrow(points[-1], (tip_x, tip_y)),
        round(x, 1),
        tuple((round(top + place * LINE, 1), code, text) for place, (code, text) in enumerate(actions)),
    )


def _points(spline: str, height: float) -> list[tuple[float, float]]:
    """Return the arrow's tip and then the points of the curve, from the top left corner."""
    found = []
    for part in spline.removeprefix("e,").split():
        x, y = part.split(",")
        found.append((round(float(x), 1), round(height - float(y), 1)))
    return found


def _arrow(base: tuple[float, float], tip: tuple[float, float]) -> str:
    """Return a triangle from the end of the curve to the tip, half as wide as it is long."""
    across_x, across_y = (tip[1] - base[1]) * 0.4, (base[0] - tip[0]) * 0.4
    corners = [tip, (base[0] + across_x, base[1] + across_y), (base[0] - across_x, base[1] - across_y)]
    return " ".join(f"{round(x, 1)},{round(y, 1)}" for x, y in corners)
