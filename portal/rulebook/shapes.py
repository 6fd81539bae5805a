"""Data of rule files held against the models: what is missing, unknown or of the wrong kind, in words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from portal.rulebook.documents import Data, Document, Path
from portal.rulebook.problems import Problem, closest
from portal.rulebook.wording import listed, place_in_words

Model = TypeVar("Model", bound=BaseModel)

_PATTERNS = {
    r"^[a-z][a-z0-9_]*$": "lower-case letters, digits and _ (snake_case)",
    r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$": "two snake_case names with a dot between them",
    r"^(claims|reviews|consent)(/[a-z][a-z-]*)?$": "an address such as claims/dispute",
    r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$": "a country such as US",
    r"^[1-9][0-9]{0,3} (business|calendar) days?$": "a length such as 14 business days or 30 calendar days",
}
_OF_KEYS = ("missing", "extra_forbidden")
_KINDS = {
    "string_type": "a text is needed here; quote it if it looks like something else",
    "int_type": "a whole number is needed here, without quotes",
    "bool_type": "true or false is needed here, without quotes",
    "list_type": "a list is needed here: write [a, b], or one `- item` a line",
    "dict_type": "names with values are needed here: write one `name: value` a line",
    "model_type": "keys with values are needed here: write one `key: value` a line",
    "string_too_short": "an empty text stands here: write it, or delete the key",
}


@dataclass(frozen=True)
class Shaped:
    """One file as its model, as far as it could be made one.

    After mistakes the model is made from what is right, so that names can still be resolved;
    `dropped` maps the path of a list to the positions that were left out of it.
    """

    model: BaseModel | None
    problems: tuple[Problem, ...] = ()
    dropped: Mapping[Path, frozenset[int]] = field(default_factory=dict)

    def original(self, path: Path) -> Path:
        """Return the path in the file for a path in the model."""
        found: Path = ()
        for step in path:
            gone = self.dropped.get(found, frozenset())
            if isinstance(step, int):
                kept = [position for position in range(step + len(gone) + 1) if position not in gone]
                found = (*found, kept[step])
            else:
                found = (*found, step)
        return found


def shape(document: Document, model: type[BaseModel]) -> Shaped:
    """Make `document` a `model`; mistakes are in `.problems`, nothing is raised."""
    if document.data is None:
        return Shaped(None, document.problems)
    try:
        return Shaped(model.model_validate(document.data), document.problems)
    except ValidationError as error:
        told = _told(document, model, error.errors(include_url=False))
        return _repaired(document, model, (*document.problems, *told))


def _told(document: Document, model: type[BaseModel], errors: list[ErrorDetails]) -> list[Problem]:
    by_place: dict[tuple[Path, bool], list[ErrorDetails]] = {}
    misspelled = {(*error["loc"][:-1], _meant(model, document, error)) for error in errors}
    for error in errors:
        path = _path(document.data, error["loc"])
        if error["type"] == "missing" and error["loc"] in misspelled:
            continue  # the key is there, under a name close to it, and that is told
        of_key = "[key]" in error["loc"] or error["type"] in _OF_KEYS
        if not _already_told(document, path, of_key):
            by_place.setdefault((path, of_key), []).append(error)
    problems = []
    for (path, of_key), together in by_place.items():
        for sentence, suggestion in _sentences(model, path, together):
            place = document.key_place(path) if of_key else document.place(path)
            where = place_in_words(path)
            problems.append(Problem(document.file, place.line, place.column, where, sentence, suggestion))
    return problems


def _meant(model: type[BaseModel], document: Document, error: ErrorDetails) -> str | None:
    if error["type"] != "extra_forbidden":
        return None
    return closest(str(error["loc"][-1]), _keys_of(model, _path(document.data, error["loc"])[:-1]))


def _already_told(document: Document, path: Path, of_key: bool) -> bool:
    """YAML traps leave nothing to validate where they stand; saying so twice would mislead."""
    within = any(path[: len(broken)] == broken for broken in document.broken)
    around = any(broken[: len(path)] == path for broken in document.broken)
    return within or (around and not of_key)


def _path(data: Data, location: tuple[int | str, ...]) -> Path:
    """Return the part of pydantic's location that leads through the data (it names union members too)."""
    path: Path = ()
    for step in location:
        found, below = _step(data, step)
        if found:
            data, path = below, (*path, step)
    return path


def _step(data: Data, step: int | str) -> tuple[bool, Data]:
    """Return whether `data` has something at `step`, and what."""
    if isinstance(data, dict) and step in data:
        return True, data[step]
    if isinstance(data, list) and isinstance(step, int) and step < len(data):
        return True, data[step]
    return False, None


def _sentences(
    model: type[BaseModel], path: Path, errors: list[ErrorDetails]
) -> list[tuple[str, str | None]]:
    of_keys = [error for error in errors if error["type"] in _OF_KEYS]
    if of_keys:
        return [_missing_or_unknown(model, path, error) for error in of_keys]
    literals = [error for error in errors if error["type"] == "literal_error"]
    if literals and isinstance(literals[0]["input"], str):
        allowed = re.findall(r"'([^']*)'", str(literals[0].get("ctx", {}).get("expected", "")))
        others = [error for error in errors if error["type"] == "string_pattern_mismatch"]
        also = f", or {_PATTERNS[str(others[0]['ctx']['pattern'])]}" if others else ""
        value = str(literals[0]["input"])
        return [(f"{value} is not taken here: write {listed(allowed, 'or')}{also}", closest(value, allowed))]
    wanted = [_wanted(error) for error in errors]
    if len(errors) > 1:  # the members of a union: any one of them would do
        kinds = [sentence.split(" is needed")[0].split(" are needed")[0] for sentence in wanted]
        return [(f"{listed(dict.fromkeys(kinds), 'or')} is needed here", None)]
    return [(wanted[0], None)]


def _missing_or_unknown(model: type[BaseModel], path: Path, error: ErrorDetails) -> tuple[str, str | None]:
    name = str(error["loc"][-1])
    if error["type"] == "missing":
        return f"{name} is missing, and nothing stands in for it: add `{name}:`", None
    known = _keys_of(model, path[:-1])
    return f"unknown key {name}; known here are {listed(known)}", closest(name, known)


def _wanted(error: ErrorDetails) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "string_pattern_mismatch":
        wanted = _PATTERNS.get(str(context["pattern"]), f"text of the form {context['pattern']}")
        return f"{error['input']} does not fit: write {wanted}"
    if kind in ("string_too_long", "too_long", "too_short"):
        least_or_most = "most" if kind.endswith("long") else "least"
        number = context.get("max_length") or context.get("min_length")
        things = "characters" if kind.startswith("string") else "items"
        return f"at {least_or_most} {number} {things} may stand here"
    return _KINDS.get(kind, f"{error['msg'][:1].lower()}{error['msg'][1:]}")


def _keys_of(model: type[BaseModel], path: Path) -> list[str]:
    """Return the keys that the mapping at `path` may have, by walking the model's types."""
    here: Any = model
    for step in path:
        here = _below(here, step)
    if isinstance(here, type) and issubclass(here, BaseModel):
        return [field.alias or name for name, field in here.model_fields.items()]
    return []


def _below(kind: Any, step: str | int) -> Any:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            if (field.alias or name) == step:
                return _plain(field.annotation)
        return None
    arguments = get_args(kind)
    return _plain(arguments[-1]) if arguments else None


def _plain(kind: Any) -> Any:
    """Take `Annotated` and `| None` off; of a union the member that has something below it counts."""
    if get_origin(kind) is Annotated:
        return _plain(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        members = [member for member in get_args(kind) if member is not type(None)]
        return _plain(next((member for member in members if get_args(member)), members[0]))
    return kind


def _repaired(document: Document, model: type[BaseModel], problems: tuple[Problem, ...]) -> Shaped:
    """Leave out what is wrong, and what cannot be without it, until the rest is a `model`."""
    data = _copied(document.data)
    dropped: dict[Path, frozenset[int]] = {}
    for _ in range(50):
        try:
            return Shaped(model.model_validate(data), problems, MappingProxyType(dropped))
        except ValidationError as error:
            # A missing key is found at the mapping that lacks it, so its path is that mapping's.
            places = sorted({_path(data, found["loc"]) for found in error.errors()}, key=_last_first)
            if () in places:
                break
            for path in places:
                _drop(data, path, Shaped(None, (), dropped), dropped)
    return Shaped(None, problems)


def _last_first(path: Path) -> tuple[tuple[int, str], ...]:
    return tuple((-step, "") if isinstance(step, int) else (0, step) for step in path)


def _drop(data: Data, path: Path, so_far: Shaped, dropped: dict[Path, frozenset[int]]) -> None:
    holder = data
    for step in path[:-1]:
        found, holder = _step(holder, step)
        if not found:
            return
    last = path[-1]
    if isinstance(holder, dict):
        holder.pop(last, None)
    elif isinstance(holder, list) and isinstance(last, int) and last < len(holder):
        original = so_far.original(path)
        dropped[original[:-1]] = dropped.get(original[:-1], frozenset()) | {int(original[-1])}
        del holder[last]


def _copied(data: Data) -> Data:
    if isinstance(data, dict):
        return {key: _copied(value) for key, value in data.items()}
    return [_copied(item) for item in data] if isinstance(data, list) else data
