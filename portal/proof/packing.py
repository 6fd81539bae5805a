"""Writes the proof pack of a claim as one signed ZIP file while it is sent; documents are never in memory."""

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from portal.accounts.actor import Actor
from portal.claims.archive import CHUNK_BYTES, Sent
from portal.claims.desk import Desk
from portal.claims.documents import note_reading
from portal.evidence.store import FileStore
from portal.proof.collecting import Packed, Proof
from portal.proof.decided import as_file
from portal.proof.events import told_events
from portal.proof.keys import public_pem, sign

INDEX, README, KEY = "index.html", "README.txt", "proof-key.pem"
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
# The same hashes as plain commands want them, signed too: who uses only those never reads the manifest.
SUMS, SUMS_SIGNATURE = "SHA256SUMS", "SHA256SUMS.sig"
EVENTS = "audit/events.json"
DECISIONS, POLICY = "decisions/", "policy/"
FORMAT = 1
# What a stranger types who verifies a pack; a test runs them as the pack's README says.
COMMANDS = {
    # stays English
    "name_of_key": "openssl pkey -pubin -in operator-key.pem -outform DER | sha256sum",
    # stays English
    "verify_manifest": "openssl pkeyutl -verify -pubin -inkey operator-key.pem -rawin"
    f" -in {MANIFEST} -sigfile {SIGNATURE}",
    # stays English
    "verify_sums": "openssl pkeyutl -verify -pubin -inkey operator-key.pem -rawin"
    f" -in {SUMS} -sigfile {SUMS_SIGNATURE}",
    "check_sums": f"sha256sum -c {SUMS}",
    # stays English
    "verify_all": "portal proof-pack verify FILE --key operator-key.pem",
}


@dataclass(frozen=True)
class Pages:
    """What people read in the pack: the page, and how to verify it with plain commands."""

    index: str
    readme: str


def pack(desk: Desk, actor: Actor, proof: Proof, pages: Pages) -> Iterator[bytes]:
    """Return the parts of the pack, equal for an equal claim, reader and moment.

    Every reading of a document is recorded before. A document that goes while the pack is sent breaks
    it off, so that nobody holds a pack whose manifest tells what is not in it.
    """
    written = _written(desk, proof, pages)
    documents = [one for one in proof.documents if one.path]
    manifest = _json(_manifest(desk, proof, written, documents))
    sums = {one.path: one.document.sha256 for one in documents}
    sums |= {path: _sha256(content) for path, content in {**written, MANIFEST: manifest}.items()}
    lines = sums_of(sums)
    written |= {MANIFEST: manifest, SIGNATURE: sign(desk.secret, manifest)}
    written |= {SUMS: lines, SUMS_SIGNATURE: sign(desk.secret, lines)}
    zone = ZoneInfo(desk.policies.in_force().policy.time_zone)
    entries = [(one.path, one.document.sha256, one.document.file.size, one.at) for one in documents]
    made_at = proof.made_at.astimezone(zone)
    for row in [one.document for one in documents]:
        note_reading(desk, row, actor)
    return _parts(desk.files, written, made_at, entries)


def sums_of(sums: Mapping[str, str]) -> bytes:
    """Return what `sha256sum -c` reads: the SHA-256 of each path."""
    return "".join(f"{sums[path]}  {path}\n" for path in sorted(sums)).encode()


def _written(desk: Desk, proof: Proof, pages: Pages) -> dict[str, bytes]:
    """Return all files but the documents and what vouches for the others, in the order of the pack."""
    numbers = {one.stored.id: one.number for one in proof.decisions}
    events = told_events(proof.events, proof.side, proof.drafted_until, numbers)
    written = {
        INDEX: pages.index.encode(),
        README: pages.readme.encode(),
        KEY: public_pem(desk.secret),
        EVENTS: _json({"claim": proof.number, "told_to": proof.side, "events": events}),
    }
    written |= {one.path: _json(as_file(one, proof.made_at)) for one in proof.decisions}
    for version, files in proof.policies.items():
        written |= {f"{POLICY}{version}/{name}": text.encode() for name, text in sorted(files.items())}
    return written


def _manifest(
    desk: Desk, proof: Proof, written: Mapping[str, bytes], documents: list[Packed]
) -> dict[str, Any]:
    files = [(path, len(content), _sha256(content)) for path, content in written.items()]
    files += [(one.path, one.document.file.size, one.document.sha256) for one in documents]
    return {
        "proof_pack": FORMAT,
        "claim": proof.number,
        "told_to": proof.side,
        "made_at": proof.made_at.isoformat(),
        "made_by": proof.made_by,
        "portal": desk.settings.base_url,
        "key_id": proof.key_id,
        "files": [{"path": path, "size": size, "sha256": sha256} for path, size, sha256 in sorted(files)],
        "not_included": [one.document.sha256 for one in proof.documents if not one.path],
    }


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _parts(
    files: FileStore,
    written: Mapping[str, bytes],
    made_at: datetime,
    documents: list[tuple[str, str, int, datetime]],
) -> Iterator[bytes]:
    sent = Sent()
    with zipfile.ZipFile(sent, "w", zipfile.ZIP_STORED) as whole:  # type: ignore[call-overload]  # writes only
        for path, content in written.items():
            whole.writestr(_about(path, made_at), content, zipfile.ZIP_DEFLATED)
            yield sent.taken()
        for path, sha256, size, at in documents:
            about = _about(path, at)
            about.file_size = size
            with files.open(sha256) as source, whole.open(about, "w") as target:
                while chunk := source.read(CHUNK_BYTES):
                    target.write(chunk)
                    yield sent.taken()
    yield sent.taken()


def _about(path: str, at: datetime) -> zipfile.ZipInfo:
    about = zipfile.ZipInfo(path, at.timetuple()[:6])
    about.external_attr = 0o644 << 16  # who unpacks it may read it
    return about
