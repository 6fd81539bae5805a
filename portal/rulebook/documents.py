"""Rule files as plain data with positions: YAML read strictly from ruamel's nodes, its traps in words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import cast

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from portal.rulebook.problems import Problem
from portal.rulebook.wording import place_in_words

Path = tuple[str | int, ...]
Data = object  # dict[str, Data] | list[Data] | str | int | bool | None

LARGEST_FILE = 256 * 1024  # bytes
DEEPEST = 12  # levels of nesting

_INT = re.compile(r"0|-?[1-9][0-9]{0,17}")
_NUMBER_LIKE = re.compile(
    r"[-+]?[0-9][0-9_,]*(\.[0-9]*)?(e[-+]?[0-9]+)?|0x[0-9a-f]+|0o[0-7]+|[-+]?\.(inf|nan)", re.IGNORECASE
)
_YES_OR_NO = {"yes": "true", "on": "true", "true": "true", "no": "false", "off": "false", "false": "false"}
_CONDITION_KEYS = ("when", "unless", "if", "closed_when", "waits_unless")
_QUOTED_START = re.compile(rf"^\s*(- )?({'|'.join(_CONDITION_KEYS)}):\s*[\"']")
_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True)
class Place:
    """A position in a file, line and column counted from 1, and the node's own source."""

    line: int
    column: int
    end_line: int = 0


@dataclass(frozen=True)
class Document:
    """One rule file: its data, and where every key and every value of it stands."""

    file: str
    text: str = field(repr=False)
    data: Data = field(repr=False)
    values: Mapping[Path, Place] = field(repr=False)
    keys: Mapping[Path, Place] = field(repr=False)
    problems: tuple[Problem, ...] = ()
    broken: frozenset[Path] = frozenset()  # where a trap left nothing of what was meant

    def place(self, path: Path) -> Place:
        """Return where the value at `path` stands, or the nearest thing around it that the file has."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, Place(1, 1))

    def key_place(self, path: Path) -> Place:
        """Return where the key of `path` stands; of a list's item, where the item begins."""
        return self.keys.get(path) or self.place(path)

    def inside(self, path: Path, visible: int) -> Place:
        """Return where the character of the text at `path` stands before which `visible` others are seen.

        Blanks and line ends change between a folded, literal or quoted text and its value; the
        visible characters do not, so the n-th visible one of the text is the n-th visible one here.
        """
        start = self.place(path)
        lines = self.text.splitlines()
        line, column = start.line - 1, start.column - 1
        if line >= len(lines):
            return start
        opening = lines[line][column : column + 1]
        if opening in ("|", ">"):
            line, column = line + 1, 0
        elif opening in ("'", '"'):
            column += 1
        seen = 0
        while line < min(len(lines), start.end_line):
            while column < len(lines[line]):
                if not lines[line][column].isspace():
                    if seen == visible:
                        return Place(line + 1, column + 1)
                    seen += 1
                    column += _doubled(lines[line], column, opening)
                column += 1
            line, column = line + 1, 0
        return start


@lru_cache(maxsize=512)
def read(file: str, text: str) -> Document:
    """Read one YAML text. Mistakes are in `.problems` of what is returned; nothing is raised."""
    if len(text.encode("utf-8", "replace")) > LARGEST_FILE:
        return _broken(
            file, text, 1, 1, "the file is larger than 256 KiB, which no rule file needs: shorten it"
        )
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        return _broken(file, text, *_syntax(error, text))
    except RecursionError:
        return _broken(file, text, 1, 1, _TOO_DEEP)
    except (YAMLError, ValueError) as error:
        line, column = _unreadable_character(error, text)
        return _broken(
            file, text, line, column, "a character that no rule file may contain stands here: delete it"
        )
    if node is None or (isinstance(node, ScalarNode) and node.style is None and node.value == "null"):
        return _broken(file, text, 1, 1, "the file is empty: write its keys, or delete it")
    return _Reader(file, text).document(node)


_TOO_DEEP = f"more than {DEEPEST} levels stand inside each other: no rule file needs that, so simplify it"
_TAGGED = (
    'a value that begins with "!" is a tag to YAML, and everything up to the next space is lost: '
    "put the condition on a line of its own below `|`, or write it with `unless`"
)
_ANCHORED = (
    "anchors (&) and aliases (*) are not taken, for a rule must say itself what it means: write it out"
)
_COMMENT = (
    'everything from " #" on is a comment to YAML and is lost: put the text in quotes, '
    "or put two spaces before # if a comment is meant"
)
_QUOTED = (
    "a condition that begins with a quote ends for YAML where the quote ends: "
    "put the condition on a line of its own below `|`"
)


class _Reader:
    """Walks the nodes of one file once, collecting data, places and problems."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._text = text
        self._lines = text.splitlines()
        self._values: dict[Path, Place] = {}
        self._keys: dict[Path, Place] = {}
        self._problems: list[Problem] = []
        self._broken: set[Path] = set()

    def document(self, node: Node) -> Document:
        data = self._read(node, ())
        return Document(
            self._file,
            self._text,
            data,
            MappingProxyType(self._values),
            MappingProxyType(self._keys),
            tuple(self._problems),
            frozenset(self._broken),
        )

    def _problem(self, node: Node, path: Path, sentence: str, suggestion: str | None = None) -> None:
        line, column = node.start_mark.line + 1, node.start_mark.column + 1
        self._broken.add(path)
        self._problems.append(Problem(self._file, line, column, place_in_words(path), sentence, suggestion))

    def _read(self, node: Node, path: Path) -> Data:
        if path not in self._values:
            end = node.end_mark.line + (1 if node.end_mark.column else 0)
            self._values[path] = Place(node.start_mark.line + 1, node.start_mark.column + 1, end)
        if node.anchor is not None:
            self._problem(node, path, _ANCHORED)
            return None
        if self._source_at(node) == "!":
            self._problem(node, path, _TAGGED)
            return None
        if len(path) >= DEEPEST:
            self._problem(node, path, _TOO_DEEP)
            return None
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self._read(item, (*path, position)) for position, item in enumerate(node.value)]
        return self._scalar(cast("ScalarNode", node), path)

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Data]:
        data: dict[str, Data] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node, path)
            if key is None:
                continue
            below = (*path, key)
            if key in data:
                first = self._keys[below]
                self._problem(
                    key_node, below, f"the key stands a second time (first in line {first.line}): delete one"
                )
                continue
            self._keys[below] = Place(key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            data[key] = self._read(value_node, below)
        return data

    def _key(self, node: Node, path: Path) -> str | None:
        if node.anchor is not None:
            self._problem(node, path, _ANCHORED)
        elif not isinstance(node, ScalarNode) or self._source_at(node) == "!":
            self._problem(node, path, "a key must be a plain name")
        elif node.style is None and (not str(node.tag).endswith(":str") or node.value.lower() in _YES_OR_NO):
            self._problem(node, path, f"the key {node.value} is no name to YAML: choose another, or quote it")
        else:
            return str(node.value)
        return None

    def _scalar(self, node: ScalarNode, path: Path) -> Data:
        value = str(node.value)
        if node.style is not None:
            return value
        self._warn_of_comment(node, path)
        if value == "null":
            return None
        if value in ("true", "false"):
            return value == "true"
        if _INT.fullmatch(value):
            return int(value)
        kind = str(node.tag).removeprefix(_TAG)
        if kind == "null":
            self._problem(node, path, "nothing is given here: write a value, or delete the key")
        elif value.lower() in _YES_OR_NO:
            meant = _YES_OR_NO[value.lower()]
            self._problem(
                node, path, f"{value} is neither a text nor true or false: write {meant}, or quote it"
            )
        elif kind in ("int", "float") or _NUMBER_LIKE.fullmatch(value):
            self._problem(
                node,
                path,
                f"{value} would be read as another number than it looks like: write a plain whole number, "
                f'or quote it ("{value}") if a text is meant',
            )
        else:
            return value
        return None

    def _warn_of_comment(self, node: ScalarNode, path: Path) -> None:
        line, column = node.end_mark.line, node.end_mark.column
        following = self._lines[line][column:] if line < len(self._lines) else ""
        if " " in node.value and following.startswith(" #"):
            self._broken.add(path)
            where = place_in_words(path)
            self._problems.append(Problem(self._file, line + 1, column + 2, where, _COMMENT))

    def _source_at(self, node: Node) -> str:
        line, column = node.start_mark.line, node.start_mark.column
        return self._lines[line][column : column + 1] if line < len(self._lines) else ""


def _broken(file: str, text: str, line: int, column: int, sentence: str) -> Document:
    problem = Problem(file, line, column, "", sentence)
    return Document(file, text, None, MappingProxyType({}), MappingProxyType({}), (problem,))


def _syntax(error: MarkedYAMLError, text: str) -> tuple[int, int, str]:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.splitlines()
    source = lines[line] if line < len(lines) else ""
    if _QUOTED_START.match(source):
        return line + 1, column + 1, _QUOTED
    said = "; ".join(str(part) for part in (error.context, error.problem) if part)
    if "single document" in said:
        return line + 1, column + 1, "a second document begins here, and a file holds one: delete `---`"
    if "\t" in source[: column + 1]:
        return line + 1, column + 1, "a tab stands here: YAML indents by spaces only, so replace it"
    if "alias" in said:
        return line + 1, column + 1, _ANCHORED
    return line + 1, column + 1, f"this is not YAML ({said}): check the indentation, colons and quotes"


def _unreadable_character(error: Exception, text: str) -> tuple[int, int]:
    position = getattr(error, "position", 0)
    before = text[: position if isinstance(position, int) else 0]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _doubled(line: str, column: int, opening: str) -> int:
    """Return how many further source characters stand for the same visible one: `''` and `\\"` do."""
    pair = line[column : column + 2]
    return 1 if (opening == "'" and pair == "''") or (opening == '"' and pair[:1] == "\\") else 0
