"""A mistake in the rule files, told so that a policy owner can mend it without asking anybody."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake: where it stands (line and column counted from 1), what is wrong, what was perhaps meant.

    `where` is the place in words (`transition "dispute", refusal 2`), "" for a whole file;
    `suggestion` is the closest name that would be right, or None.
    """

    file: str
    line: int
    column: int
    where: str
    sentence: str
    suggestion: str | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}"
        words = f"{place} {self.where}: {self.sentence}" if self.where else f"{place} {self.sentence}"
        return f"{words} — did you mean {self.suggestion}?" if self.suggestion else words


class RulebookInvalid(Exception):
    """The rule files have mistakes; `problems` holds every one of them, in the order of the files."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems), key=_order))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def closest(name: str, names: Iterable[str]) -> str | None:
    """Return the one of `names` that `name` was most likely meant to be, or None."""
    found = get_close_matches(name, sorted(set(names)), n=1, cutoff=0.6)
    return found[0] if found and found[0] != name else None


def _order(problem: Problem) -> tuple[str, int, int, str]:
    return problem.file, problem.line, problem.column, problem.sentence
