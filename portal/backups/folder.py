"""The folder of a backup: what lies where, and the manifest that vouches for every byte of it."""

import hashlib
import hmac
import json
import stat
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from portal.evidence.store import sync_file, sync_folder

FORMAT = 1
MANIFEST = "manifest.json"
SEAL = "manifest.seal"
TABLES = "tables"
DOCUMENTS = "documents"
_AT_ONCE = 1024 * 1024  # bytes read at once


class BackupRefused(Exception):
    """The backup was not made, not believed or not restored; the message says why and what to do."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: `rows` by table, the SHA-256 of each file by its path, moments in ISO 8601."""

    format: int
    revision: str
    database: str
    began_at: str
    snapshot_at: str
    ended_at: str
    rows: Mapping[str, int]
    files: Mapping[str, str]

    @property
    def documents(self) -> list[str]:
        """The SHA-256 of every document."""
        return [Path(path).name for path in self.files if path.startswith(f"{DOCUMENTS}/")]


def table_file(folder: Path, table: str) -> Path:
    return folder / TABLES / f"{table}.jsonl"


def document_file(folder: Path, sha256: str) -> Path:
    return folder / DOCUMENTS / sha256[:2] / sha256


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's content (64 hex digits). Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(_AT_ONCE):
            digest.update(part)
    return digest.hexdigest()


def files_in(folder: Path) -> list[str]:
    """Return the paths of all files of the folder, relative to it, apart from the manifest and its seal."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_symlink() or not path.is_dir())
    return [name for path in paths if (name := path.relative_to(folder).as_posix()) not in (MANIFEST, SEAL)]


def seal(folder: Path, manifest: Manifest, key: bytes) -> None:
    """Write the manifest and its seal, and wait until every file and name has reached the disk."""
    content = json.dumps(asdict(manifest), indent=1, sort_keys=True).encode()
    (folder / MANIFEST).write_bytes(content)
    (folder / SEAL).write_text("\n".join(_seals(content, key)) + "\n", encoding="ascii")
    for path in folder.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
        if path.is_dir():
            sync_folder(path)
        else:
            sync_file(path)
    sync_folder(folder)


def _seals(content: bytes, key: bytes) -> tuple[str, str]:
    return hashlib.sha256(content).hexdigest(), hmac.new(key, b"backup\n" + content, "sha256").hexdigest()


def verified(folder: Path, key: bytes) -> Manifest:
    """Return the manifest of a backup whose every file is as it was written with `key`.

    Raises BackupRefused, naming what is missing, changed or too much, or that the key is another.
    """
    try:
        content, sealed = _read(folder / MANIFEST), _read(folder / SEAL)
    except OSError as error:
        raise BackupRefused(f"{folder} is no whole backup ({error}); choose another.") from None
    plain, keyed = _seals(content, key)
    if sealed == f"{plain}\n{keyed}\n".encode():
        manifest = _manifest(folder, content)
    elif sealed.startswith(plain.encode()):
        raise BackupRefused(
            f"{folder} was sealed with another PORTAL_SECRET_KEY, or its seal was changed. Set the key of "
            "the installation that the backup was made of: its audit and its links count only with that key."
        )
    else:
        raise BackupRefused(f"{folder}: {MANIFEST} or {SEAL} was changed; choose another backup.")
    problems = _problems(folder, manifest)
    if problems:
        more = f" and {len(problems) - 5} more" if len(problems) > 5 else ""
        raise BackupRefused(f"{folder} cannot be used: {'; '.join(problems[:5])}{more}; choose another.")
    return manifest


def _read(path: Path) -> bytes:
    if not _is_plain(path):
        raise OSError(f"{path.name} is no plain file")
    return path.read_bytes()


def _is_plain(path: Path) -> bool:
    """Tell whether a file is itself there, and no link to another and no device that never ends."""
    return stat.S_ISREG(path.lstat().st_mode)


def _manifest(folder: Path, content: bytes) -> Manifest:
    found = json.loads(content)
    if found["format"] != FORMAT:
        raise BackupRefused(
            f"{folder} has format {found['format']}, and this program reads format {FORMAT}; "
            "use the version of the portal that made it."
        )
    return Manifest(**found)


def _problems(folder: Path, manifest: Manifest) -> list[str]:
    present = set(files_in(folder))
    problems = [f"{path} does not belong to it" for path in sorted(present - set(manifest.files))]
    for path, expected in sorted(manifest.files.items()):
        if path not in present:
            problems.append(f"{path} is missing")
        elif not _is_plain(folder / path):
            problems.append(f"{path} is no plain file")
        elif sha256_of(folder / path) != expected:
            problems.append(f"{path} was changed")
    return problems
