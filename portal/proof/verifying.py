"""Verifies a proof pack as a stranger can: without a database, from the file and a public key alone."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from portal.proof.keys import NoKey, is_signed, key_id
from portal.proof.linking import event_findings
from portal.proof.packing import EVENTS, KEY, MANIFEST, SIGNATURE, SUMS, SUMS_SIGNATURE, sums_of
from portal.proof.reading import FILES_AT_MOST, TEXT_BYTES_AT_MOST, PackFile, Unreadable
from portal.proof.redeciding import decided_again

# What is signed itself, and the signatures: a list of files names none of them.
SIGNED = {MANIFEST: SIGNATURE, SUMS: SUMS_SIGNATURE}
BESIDE = frozenset({*SIGNED, *SIGNED.values()})


@dataclass(frozen=True)
class Problem:
    """Something that is not as the portal made it: in which file of the pack, and a sentence about it."""

    file: str
    problem: str


@dataclass(frozen=True)
class Verified:
    """What a pack says of itself, what was checked, and what is wrong. `notes` are no faults of the pack."""

    claim: str = ""
    told_to: str = ""
    made_at: str = ""
    made_by: str = ""
    key_id: str = ""
    files: int = 0
    events: int = 0
    decisions: int = 0
    decided_again: int = 0
    findings: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


def verify(path: Path, trusted: bytes | None = None) -> Verified:
    """Check the pack in `path`; `trusted` is the operator's public key (PEM), None where nobody has it.

    Raises OSError for a file that cannot be opened, and NoKey where `trusted` is none.
    """
    trusted_id = key_id(trusted) if trusted is not None else None
    try:
        with PackFile(path) as pack:
            found = _verified(pack, trusted, trusted_id)
            if not pack.holds_more():
                return found
            # stays English: findings are told in a shell
            more = Problem(path.name, "It holds something besides the files that it lists.")
            return replace(found, findings=(*found.findings, more))
    except Unreadable as error:
        return Verified(findings=(Problem(path.name, str(error)),))


def _verified(pack: PackFile, trusted: bytes | None, trusted_id: str | None) -> Verified:
    try:
        manifest = pack.json(MANIFEST)
        files = _listed(manifest)
        about = {name: str(manifest[name]) for name in ("claim", "told_to", "made_at", "made_by")}
    except Unreadable as error:
        return Verified(findings=(Problem(MANIFEST, str(error)),))
    except (LookupError, TypeError, ValueError, ArithmeticError):
        # stays English: findings are told in a shell
        return Verified(findings=(Problem(MANIFEST, "It is not the list of files of a proof pack."),))
    used, problems, notes = _signature(pack, trusted, trusted_id)
    problems += [*_files(pack, files), *_sums(pack, files)]
    if str(manifest.get("key_id")) != used:
        # stays English
        problems.append(Problem(MANIFEST, "It names another key than the one that was used to check it."))
    told = _events(pack)
    problems += [Problem(EVENTS, one) for one in event_findings(told, about["claim"], about["told_to"])]
    decisions = decided_again(pack, sorted(files), told)
    problems += [Problem(file, problem) for file, problem in decisions.problems]
    wrong = {file for file, _ in decisions.problems if file in files}
    if left := decisions.decisions - decisions.again - len(wrong):
        # stays English
        notes.append(f"{left} of {decisions.decisions} decisions cannot be made again from this pack alone.")
    return Verified(
        **about,
        key_id=used,
        files=len(files),
        events=len(told),
        decisions=decisions.decisions,
        decided_again=decisions.again,
        findings=tuple(problems),
        notes=tuple(notes),
    )


def _listed(manifest: Any) -> dict[str, tuple[int, str]]:
    """Return size and SHA-256 of every file by its path; raises what is caught above."""
    files = {str(one["path"]): (int(one["size"]), str(one["sha256"])) for one in manifest["files"]}
    if len(files) > FILES_AT_MOST:
        raise ValueError
    for path, (_, sha256) in files.items():
        (path + sha256).encode()  # halves of a letter can be in no name, and in no list of sums
    return files


def _signature(
    pack: PackFile, trusted: bytes | None, trusted_id: str | None
) -> tuple[str, list[Problem], list[str]]:
    """Return the id of the key that was used, what is wrong, and what the reader has to see to."""
    problems: list[Problem] = []
    notes: list[str] = []
    try:
        packed = pack.read(KEY)
        packed_id = key_id(packed)
    except (Unreadable, NoKey):
        packed, packed_id = b"", ""
        problems.append(Problem(KEY, "There is no public key in the pack."))  # stays English
    if trusted_id is None:
        # stays English
        notes.append(
            # stays English
            "The key came with the pack. Compare its name with the one that the operator publishes, "
            "or give the operator's key with --key: anybody can sign with a key of their own."
        )
    elif packed_id and trusted_id != packed_id:
        # stays English
        problems.append(Problem(KEY, "The pack was made with another key than the one you gave."))
    key = trusted if trusted is not None else packed
    problems += [problem for signed in SIGNED for problem in _unsigned(pack, key, signed)]
    return trusted_id or packed_id, problems, notes


def _unsigned(pack: PackFile, key: bytes, signed: str) -> Iterator[Problem]:
    try:
        if not (key and is_signed(key, pack.read(signed), pack.read(SIGNED[signed]))):
            # stays English
            yield Problem(signed, f"The key did not sign it: it or {SIGNED[signed]} was changed.")
    except Unreadable as error:
        yield Problem(SIGNED[signed], str(error))


def _files(pack: PackFile, files: Mapping[str, tuple[int, str]]) -> Iterator[Problem]:
    names = pack.names()
    for name, times in sorted(names.items()):
        if times > 1:
            yield Problem(name, f"It is in the pack {times} times.")  # stays English
        if name not in files and name not in BESIDE:
            # stays English
            yield Problem(name, "It is in the pack, but not in the signed list of files.")
    for name, (size, sha256) in sorted(files.items()):
        try:
            found = pack.digest(name, max(size, TEXT_BYTES_AT_MOST))
        except Unreadable as error:
            yield Problem(name, str(error))
            continue
        if found != (size, sha256):
            yield Problem(name, "It was changed: its SHA-256 is not the signed one.")  # stays English


def _sums(pack: PackFile, files: Mapping[str, tuple[int, str]]) -> Iterator[Problem]:
    expected = {name: sha256 for name, (_, sha256) in files.items()}
    expected[MANIFEST] = hashlib.sha256(pack.read(MANIFEST)).hexdigest()
    try:
        same = pack.read(SUMS) == sums_of(expected)
    except Unreadable as error:
        yield Problem(SUMS, str(error))
        return
    if not same:
        yield Problem(SUMS, "It does not say what the signed list of files says.")  # stays English


def _events(pack: PackFile) -> list[Any]:
    """Return the events as they are told, none where the file is not one of a pack."""
    try:
        content = pack.json(EVENTS)
        events: list[Any] = list(content["events"])
    except (Unreadable, LookupError, TypeError):
        return []
    return events
