"""From a folder of rule files to a rulebook, or to every mistake in them at once."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from portal.rulebook import example_models, models, program_models, translation_models
from portal.rulebook.documents import read
from portal.rulebook.engine import EngineRefused
from portal.rulebook.notes import Notes
from portal.rulebook.parts import CASES, FILES, QUESTION_FILES, TRANSLATIONS, Parts, model_of
from portal.rulebook.problems import Problem, RulebookInvalid, closest
from portal.rulebook.resolving import resolve
from portal.rulebook.rulebook import Rulebook
from portal.rulebook.shapes import Shaped, shape

Model = TypeVar("Model", bound=BaseModel)

_NO_CASES = example_models.CasesFile(cases={}, people={})


def read_folder(path: Path) -> dict[str, str]:
    """Return every YAML file of a rules folder by its relative path, `examples/` included.

    Line ends are made `\\n`, so that the same files have the same version on every machine. Raises
    RulebookInvalid where there is no such folder or a file is not UTF-8.
    """
    if not path.is_dir():
        sentence = "there is no such folder: name the one with the rule files"
        raise RulebookInvalid([Problem(str(path), 1, 1, "", sentence)])
    files, problems = {}, []
    for found in sorted([*path.glob("*.y*ml"), *path.glob("*/*.y*ml")]):
        name = found.relative_to(path).as_posix()
        try:
            files[name] = found.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            line = found.read_bytes()[: error.start].count(b"\n") + 1
            sentence = "this is not text in UTF-8: save the file in that encoding"
            problems.append(Problem(name, line, 1, "", sentence))
    if problems:
        raise RulebookInvalid(problems)
    return files


def content_version(files: Mapping[str, str]) -> str:
    """Return the name of a version: the SHA-256 (hexadecimal) of its files, whatever their order."""
    canonical = json.dumps(dict(files), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def load(files: Mapping[str, str]) -> Rulebook:
    """Return the rulebook of `files` (path → text); raises RulebookInvalid with all their mistakes."""
    problems = _misnamed(files)
    models_of = {name: model for name in files if (model := model_of(name)) is not None}
    documents = {name: read(name, files[name]) for name in models_of}
    shaped = {name: shape(documents[name], model) for name, model in models_of.items()}
    notes = Notes(documents, shaped)
    if problems or any(one.model is None for one in shaped.values()):
        raise RulebookInvalid([*problems, *notes.problems])
    parts = _parts(shaped)
    vocabulary = resolve(parts, notes)
    if notes.problems:
        raise RulebookInvalid(notes.problems)
    try:
        return Rulebook(content_version(files), files, parts, vocabulary, documents)
    except EngineRefused as error:
        sentence = f"durable-rules could not be trusted with these rules ({error}): rename one of them"
        raise RulebookInvalid([Problem("vocabulary.yaml", 1, 1, "", sentence)]) from None


def json_schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of every rule file, for editors; `*.yaml` of a folder stands for all of it."""
    names = [*FILES, *QUESTION_FILES, CASES, "examples/*.yaml", f"{TRANSLATIONS}*.yaml"]
    return {name: model.model_json_schema() for name in names if (model := model_of(name)) is not None}


def _misnamed(files: Mapping[str, str]) -> list[Problem]:
    missing = [name for name in FILES if name not in files]
    problems: list[Problem] = []
    for name in files:
        if model_of(name) is None:
            known = [*missing, *(one for one in (*FILES, *QUESTION_FILES, CASES) if one not in files)]
            sentence = "no rule file has this name, so nobody would read it: rename or delete it"
            problems.append(Problem(name, 1, 1, "", sentence, closest(name, known)))
    meant = {problem.suggestion for problem in problems}
    gone = "the file is missing: every policy needs it"
    return problems + [Problem(name, 1, 1, "", gone) for name in missing if name not in meant]


def _parts(shaped: Mapping[str, Shaped]) -> Parts:
    examples = {
        name: _model(shaped, name, example_models.ExamplesFile) for name in shaped if _is_examples(name)
    }
    return Parts(
        policy=_model(shaped, "policy.yaml", models.PolicyFile),
        vocabulary=_model(shaped, "vocabulary.yaml", models.VocabularyFile),
        roles=_model(shaped, "roles.yaml", models.RolesFile),
        programs=_model(shaped, "programs.yaml", program_models.ProgramsFile),
        lifecycle=_model(shaped, "lifecycle.yaml", models.LifecycleFile),
        deadlines=_model(shaped, "deadlines.yaml", models.DeadlinesFile),
        reasons=_model(shaped, "reasons.yaml", models.ReasonsFile),
        notifications=_model(shaped, "notifications.yaml", models.NotificationsFile),
        questions={
            name: _model(shaped, name, models.QuestionFile) for name in QUESTION_FILES if name in shaped
        },
        cases=_model(shaped, CASES, example_models.CasesFile) if CASES in shaped else _NO_CASES,
        examples=examples,
        translations={
            name: _model(shaped, name, translation_models.TranslationsFile)
            for name in shaped
            if model_of(name) is translation_models.TranslationsFile
        },
    )


def _is_examples(name: str) -> bool:
    return model_of(name) is example_models.ExamplesFile


def _model(shaped: Mapping[str, Shaped], name: str, kind: type[Model]) -> Model:
    model = shaped[name].model
    if not isinstance(model, kind):
        raise TypeError(f"{name} was not read as {kind.__name__}")
    return model
