"""Where the checks of the rule files write down what is wrong, with its place, words and suggestion."""

import re
from collections.abc import Iterable, Mapping

from portal.rulebook.condition_types import Condition, ConditionError
from portal.rulebook.conditions import negated
from portal.rulebook.documents import Document, Path, Place
from portal.rulebook.engine import Engine, EngineRefused
from portal.rulebook.problems import Problem, closest
from portal.rulebook.shapes import Shaped
from portal.rulebook.vocabulary import Vocabulary
from portal.rulebook.wording import listed, place_in_words

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")


class Notes:
    """Collects the problems of one folder.

    Where a file's shape was wrong, only unknown names are told, and of those only the ones that
    stand nowhere in the files: what else seems wrong may follow from what had to be left out.
    """

    def __init__(self, documents: Mapping[str, Document], shaped: Mapping[str, Shaped]) -> None:
        self._documents = documents
        self._shaped = shaped
        self.problems: list[Problem] = [problem for one in shaped.values() for problem in one.problems]
        self._repaired = bool(self.problems)
        self._written = _names_in([one.data for one in documents.values()]) if self._repaired else frozenset()

    def problem(
        self, file: str, path: Path, sentence: str, suggestion: str | None = None, *, key: bool = False
    ) -> None:
        """Write down that `sentence` is wrong with the value at `path` (with its key, if `key`)."""
        if not self._repaired:
            self._write(file, path, self.place(file, path, key=key), sentence, suggestion)

    def unknown(
        self, file: str, path: Path, kind: str, name: str, known: Iterable[str], *, key: bool = False
    ) -> None:
        """Write down that no `kind` is called `name`, unless it is one of `known`."""
        names = sorted(set(known))
        if name in names or name in self._written:
            return
        meant = closest(name, names)
        say = f"unknown {kind} {name}"
        if meant is None and len(names) <= 12:
            say += f"; there {'is' if len(names) == 1 else 'are'} {listed(names) or 'none'}"
        self._write(file, path, self.place(file, path, key=key), say, meant)

    def condition(
        self,
        file: str,
        path: Path,
        text: str,
        vocabulary: Vocabulary,
        asks: frozenset[str] = frozenset(),
        *,
        negative: bool = False,
    ) -> Condition | None:
        """Return the condition at `path`, or write down what is wrong with it and return None.

        Its negation is what is decided where `negative`, so that is what the engine must bear.
        """
        try:
            condition = vocabulary.parse(text, asks)
            if negative:
                condition = negated(condition)
            Engine({"rule": condition}, condition.types)
        except ConditionError as error:
            self.misunderstood(file, path, text, error)
            return None
        except EngineRefused as error:
            self.problem(file, path, f"durable-rules could not decide it ({error}): ask less at once")
            return None
        return condition

    def misunderstood(self, file: str, path: Path, text: str, error: ConditionError) -> None:
        """Write down what is wrong with the condition `text` at `path`."""
        index = sum(len(line) for line in text.splitlines(keepends=True)[: error.line - 1]) + error.column - 1
        named = _NAME.match(text, index) if index < len(text) else None
        if self._repaired and (
            not error.sentence.startswith("unknown")
            or named is None
            or {named.group(), named.group().rpartition(".")[2]} & self._written
        ):
            return
        self._write(file, path, self._inside(file, path, text, index), error.sentence, error.suggestion)

    def text(
        self, file: str, path: Path, text: str, index: int, sentence: str, suggestion: str | None
    ) -> None:
        """Write down what is wrong at the character `index` of the text at `path`."""
        if not self._repaired:
            self._write(file, path, self._inside(file, path, text, index), sentence, suggestion)

    def place(self, file: str, path: Path, *, key: bool = False) -> Place:
        """Return where the value (or the key) at `path` stands in its file."""
        document, original = self._documents[file], self._original(file, path)
        return document.key_place(original) if key else document.place(original)

    def _inside(self, file: str, path: Path, text: str, index: int) -> Place:
        visible = len("".join(text[:index].split()))
        return self._documents[file].inside(self._original(file, path), visible)

    def _original(self, file: str, path: Path) -> Path:
        return self._shaped[file].original(path)

    def _write(self, file: str, path: Path, place: Place, sentence: str, suggestion: str | None) -> None:
        where = place_in_words(self._original(file, path))
        self.problems.append(Problem(file, place.line, place.column, where, sentence, suggestion))


def _names_in(data: object) -> frozenset[str]:
    """Return every key, and the text of every `id`, that stands anywhere in the data."""
    found: set[str] = set()
    waiting = [data]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            found |= {str(key) for key in item}
            if isinstance(item.get("id"), str):
                found.add(item["id"])
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
    return frozenset(found)
