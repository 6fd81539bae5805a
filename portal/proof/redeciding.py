"""Makes the decisions of a pack again, from their facts and under the rule files that the pack holds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.policies.decisions import typed_facts
from portal.proof.packing import DECISIONS, POLICY
from portal.proof.reading import PackFile, Unreadable
from portal.rulebook.decision import CouldNotBeDecided
from portal.rulebook.loading import content_version, load
from portal.rulebook.problems import RulebookInvalid
from portal.rulebook.rulebook import Rulebook

# What reading a decision that somebody else wrote may raise.
_ODD = (LookupError, TypeError, AttributeError, ValueError, ArithmeticError, RecursionError)


@dataclass(frozen=True)
class Again:
    """How many decisions there are, how many came out again as they did, and (file, problem) of others."""

    decisions: int
    again: int
    problems: tuple[tuple[str, str], ...]


def decided_again(pack: PackFile, files: Sequence[str], events: Sequence[Any]) -> Again:
    """Decide again what can be, and check that decisions and events name each other."""
    rules = _Rules(pack, files)
    decisions = [name for name in files if name.startswith(DECISIONS)]
    problems, again = list(rules.renamed()), 0
    named: dict[str, str] = {}
    for name in decisions:
        try:
            content = pack.json(name)
            named[str(content["number"])] = name
            told = list(_unlike_event(content, events))
            if content["complete"] and rules.has(content["policy_version"], content["roles_version"]):
                told += _differences(content, rules)
                again += not told
        except Unreadable as error:
            told = [str(error)]
        except _ODD:
            told = ["It is not as a decision is written."]  # stays English: told in a shell
        problems += [(name, problem) for problem in told]
    problems += _not_there(events, named)
    return Again(len(decisions), again, tuple(problems))


class _Rules:
    """The rulebooks of the pack, each loaded once."""

    def __init__(self, pack: PackFile, files: Sequence[str]) -> None:
        self._pack = pack
        self._names: dict[str, list[str]] = {}
        self._loaded: dict[str, Rulebook] = {}
        for name in files:
            if name.startswith(POLICY):
                version, _, path = name.removeprefix(POLICY).partition("/")
                self._names.setdefault(version, []).append(path)

    def has(self, *versions: str) -> bool:
        return all(version in self._names for version in versions)

    def renamed(self) -> Iterator[tuple[str, str]]:
        """Yield each version whose files are not those that its name was counted from."""
        for version in sorted(self._names):
            try:
                same = content_version(self._files(version)) == version
            except (Unreadable, UnicodeDecodeError):
                same = False
            if not same:
                # stays English
                yield f"{POLICY}{version}", "These are not the rule files that the version is named after."

    def of(self, version: str, roles_version: str) -> Rulebook:
        """Return what decided: the files of one version with the roles of another. Raises as `load` does."""
        rulebook = self._load(version)
        return rulebook if version == roles_version else rulebook.with_current(self._load(roles_version))

    def _load(self, version: str) -> Rulebook:
        if version not in self._loaded:
            self._loaded[version] = load(self._files(version))
        return self._loaded[version]

    def _files(self, version: str) -> dict[str, str]:
        paths = self._names[version]
        return {path: self._pack.read(f"{POLICY}{version}/{path}").decode() for path in paths}


def _differences(content: Mapping[str, Any], rules: _Rules) -> Iterator[str]:
    try:
        rulebook = rules.of(content["policy_version"], content["roles_version"])
        found = rulebook.decide(content["question"], typed_facts(content["facts"]))
    except (CouldNotBeDecided, RulebookInvalid) as error:
        yield f"It cannot be decided again: {error}"  # stays English
        return
    if found.outcome != content["outcome"]:
        # stays English
        yield f"It says {content['outcome']}, but its facts and rules lead to {found.outcome}."
    told = [(one["rule"], one["subject"]) for one in content["reasons"]]
    if told != [(reason.code, reason.subject) for reason in found.reasons]:
        yield "Its reasons are not those that its facts and rules lead to."  # stays English


def _unlike_event(content: Mapping[str, Any], events: Sequence[Any]) -> Iterator[str]:
    place = content["place"]
    event = next((one for one in events if one["place"] == place), None)
    if event is None:
        yield f"It belongs to event {place}, which is not in the pack."  # stays English
    elif event["decision"] == content["number"] and (
        event["action"] != content["question"] or event["policy"] != content["policy_version"]
    ):
        yield f"It answers another question than event {place} asked."  # stays English


def _not_there(events: Sequence[Any], named: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for event in events:
        number = event.get("decision") if isinstance(event, dict) else None
        if number is not None and number not in named:
            # stays English
            yield f"{DECISIONS}{number}.json", f"Event {event.get('place')} names it, and it is missing."
