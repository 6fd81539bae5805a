"""Immutable policy versions: stored by the hash of their content, pinned by claims, one of them in force."""

import json
import threading
import zlib
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.clock import Clock
from portal.db import db, transaction
from portal.policies.chain import is_as_stored, record_publication, unpack_files
from portal.policies.model import PolicyVersion, Publication
from portal.rulebook.loading import content_version, load, read_folder
from portal.rulebook.rulebook import Rulebook


class NoPolicy(Exception):
    """No policy is in force: none was ever published here and the rules folder cannot be used."""


class Policies:
    """The rulebooks of one installation, each loaded once and shared by all threads.

    With `follows_files` (demo, development) the files of `rules_dir` are in force as soon as the
    process starts; elsewhere the installation stays on the version it published.
    """

    def __init__(self, rules_dir: Path, *, follows_files: bool, clock: Clock, secret: bytes) -> None:
        self._rules_dir = rules_dir
        self._follows_files = follows_files
        self._clock = clock
        self._secret = secret
        self._lock = threading.RLock()
        self._in_force: Rulebook | None = None
        self._loaded: dict[str, Rulebook] = {}
        self._composed: dict[tuple[str, str], Rulebook] = {}
        self.files_differ = False

    def in_force(self) -> Rulebook:
        """Return the policy in force. Raises RulebookInvalid or NoPolicy, with what to mend."""
        with self._lock:
            if self._in_force is None:
                self._in_force = self._open()
            return self._in_force

    def of(self, version: str) -> Rulebook:
        """Return a stored version as it was, with its own roles. Raises NoPolicy when it is unknown."""
        with self._lock:
            if version not in self._loaded:
                with Session(db.engine) as session:
                    row = session.get(PolicyVersion, version)
                if row is None or not is_as_stored(row.version, row.files):
                    # stays English: told to operators' shells and the log
                    state = "not stored here" if row is None else "not as it was stored"
                    # stays English
                    raise NoPolicy(f"Policy version {version[:12]} is {state}; restore it from a backup.")
                self._loaded[version] = load(unpack_files(row.files))
            return self._loaded[version]

    def pinned(self, version: str | None) -> Rulebook:
        """Return what decides about a claim: its pinned version with the roles and mails in force."""
        current = self.in_force()
        if version is None or version == current.version:
            return current
        key = (version, current.version)
        with self._lock:
            if key not in self._composed:
                self._composed[key] = self.of(version).with_current(current)
            return self._composed[key]

    def composed(self, version: str, roles_version: str) -> Rulebook:
        """Return what decided once: the files of `version` with the roles of `roles_version`."""
        if version == roles_version:
            return self.of(version)
        key = (version, roles_version)
        with self._lock:
            if key not in self._composed:
                self._composed[key] = self.of(version).with_current(self.of(roles_version))
            return self._composed[key]

    def _open(self) -> Rulebook:
        files = read_folder(self._rules_dir)
        version = content_version(files)
        with Session(db.engine) as session:
            published = session.scalar(select(Publication.version).order_by(Publication.id.desc()).limit(1))
        if published is not None and not self._follows_files:
            self.files_differ = published != version
            return self.of(published)
        if not files:
            raise NoPolicy(
                # stays English
                f"There are no rule files in {self._rules_dir}; set PORTAL_RULES_DIR to the folder."
            )
        rulebook = load(files)
        self._publish(version, files, changed=published != version)
        self._loaded[version] = rulebook
        return rulebook

    def _publish(self, version: str, files: Mapping[str, str], *, changed: bool) -> None:
        now = self._clock.now()
        with transaction() as session:
            if session.get(PolicyVersion, version) is None:
                session.add(PolicyVersion(version=version, stored_at=now, files=_packed(files)))
                session.flush()
            if changed:
                session.add(Publication(version=version, at=now, by="start"))
                record_publication(session, self._secret, version, now)


def _packed(files: Mapping[str, str]) -> bytes:
    return zlib.compress(json.dumps(dict(sorted(files.items())), ensure_ascii=False).encode())
