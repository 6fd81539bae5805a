"""A pack that is as it was made has no findings, and every falsification has one in plain words."""

import io
import json
import struct
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from portal.proof.events import link_of
from portal.proof.keys import NoKey, key_id, public_pem, sign
from portal.proof.packing import sums_of
from portal.proof.verifying import Verified, verify
from tests.portal.proof.packs import Falsify, edited, falsified, files_of, pack_of, written
from tests.portal.reviews.filing import REVIEWER, Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
THEIRS = b"the secret of somebody else, who makes false packs"


def told(found: Verified) -> list[str]:
    return [f"{one.file}: {one.problem}" for one in found.findings]


@pytest.mark.parametrize("email", ["incentives@contoso.example", REVIEWER])
def test_a_sound_pack_has_no_findings(filing: Filing, number: str, tmp_path: Path, email: str) -> None:
    path = tmp_path / "pack.zip"
    path.write_bytes(pack_of(filing, number, email))
    found = verify(path, public_pem(filing.desk.secret))
    assert told(found) == []
    assert found.claim == number
    assert found.key_id == key_id(public_pem(filing.desk.secret))
    files = files_of(path.read_bytes())
    manifest = json.loads(files["manifest.json"])
    assert found.files == len(manifest["files"])
    assert found.decisions == sum(one["path"].startswith("decisions/") for one in manifest["files"])
    whole = [json.loads(files[name])["complete"] for name in files if name.startswith("decisions/")]
    assert found.decided_again == sum(whole) >= 2
    assert found.events > found.decisions


@SQLITE
def test_a_key_that_came_with_the_pack_proves_nothing(file: Path) -> None:
    found = verify(file)
    assert found.findings == ()
    assert "Compare its name" in found.notes[0]


def renamed(files: dict[str, bytes]) -> None:
    files["documents/other.pdf"] = files.pop("documents/letter.pdf")


@SQLITE
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda files: files.update({"documents/letter.pdf": b"other"}),
         ["documents/letter.pdf: It was changed: its SHA-256 is not the signed one."]),
        (lambda files: files.pop("documents/letter.pdf"), ["documents/letter.pdf: It is missing."]),
        (lambda files: files.update({"more.txt": b""}),
         ["more.txt: It is in the pack, but not in the signed list of files."]),
        (renamed, ["documents/other.pdf: It is in the pack, but not in the signed list of files.",
                   "documents/letter.pdf: It is missing."]),
        (lambda files: files.update({"manifest.sig": b"0" * 64}),
         ["manifest.json: The key did not sign it: it or manifest.sig was changed."]),
        (lambda files: files.pop("manifest.sig"), ["manifest.sig: It is missing."]),
        (lambda files: files.update({"SHA256SUMS": b"nothing"}),
         ["SHA256SUMS: The key did not sign it: it or SHA256SUMS.sig was changed.",
          "SHA256SUMS: It does not say what the signed list of files says."]),
        (lambda files: files.update({"manifest.json": b"{}"}),
         ["manifest.json: It is not the list of files of a proof pack."]),
        (lambda files: files.update({"manifest.json": b"[" * 100_000}),
         ["manifest.json: It is not the JSON that it should be."]),
    ],
)  # fmt: skip
def test_what_was_changed_is_told(filing: Filing, file: Path, change: Falsify, expected: list[str]) -> None:
    assert told(verify(falsified(file, change), public_pem(filing.desk.secret))) == expected


def signed_anew(files: dict[str, bytes], secret: bytes) -> None:
    """Sign the files as somebody does who has the key: what is signed can still be untrue."""
    manifest = json.loads(files["manifest.json"])
    manifest["files"] = [
        {"path": one["path"], "size": len(content), "sha256": sha256(content).hexdigest()}
        for one in manifest["files"]
        if (content := files.get(one["path"])) is not None
    ]
    manifest["key_id"] = key_id(public_pem(secret))
    files["manifest.json"] = json.dumps(manifest).encode()
    sums = {one["path"]: one["sha256"] for one in manifest["files"]}
    files["SHA256SUMS"] = sums_of(sums | {"manifest.json": sha256(files["manifest.json"]).hexdigest()})
    files["manifest.sig"] = sign(secret, files["manifest.json"])
    files["SHA256SUMS.sig"] = sign(secret, files["SHA256SUMS"])


@SQLITE
def test_a_pack_of_another_key_is_not_the_operators(filing: Filing, file: Path) -> None:
    def change(files: dict[str, bytes]) -> None:
        files["proof-key.pem"] = public_pem(THEIRS)
        signed_anew(files, THEIRS)

    false = falsified(file, change)
    assert told(verify(false)) == []
    found = told(verify(false, public_pem(filing.desk.secret)))
    assert "proof-key.pem: The pack was made with another key than the one you gave." in found
    assert "manifest.json: The key did not sign it: it or manifest.sig was changed." in found


def edit_event(files: dict[str, bytes], nth: int, **values: object) -> None:
    edited(files, "audit/events.json", lambda content: content["events"][nth - 1].update(values))


def relinked(files: dict[str, bytes], change: Any) -> None:
    """Change the events and link them anew, as somebody does who knows how."""

    def both(content: Any) -> None:
        change(content["events"])
        previous = ""
        for event in content["events"]:
            event["previous"] = previous
            previous = event["link"] = link_of(event)

    edited(files, "audit/events.json", both)


def cut(files: dict[str, bytes], name: str) -> None:
    del files[name]


@SQLITE
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda files: edit_event(files, 2, at="2020-01-01T00:00:00+00:00"), "Event 2 was changed"),
        (lambda files: edit_event(files, 2, place=3), "Event 2 is missing"),
        (lambda files: edited(files, "audit/events.json", lambda content: content["events"].pop(1)),
         "Event 2 is missing"),
        (lambda files: edited(files, "audit/events.json", lambda content: content.update(events=[])),
         "There is no event"),
        (lambda files: edited(files, "audit/events.json", lambda content: content["events"].insert(0, 7)),
         "Event 1 is not as an event is written"),
        (lambda files: relinked(files, lambda events: events[3].update(status=["approved", "draft"])),
         "leaves a status in which the claim was not"),
        (lambda files: cut(files, "decisions/002.json"), "and it is missing"),
        (lambda files: edited(files, "decisions/002.json", lambda one: one.update(outcome="refused")),
         "It says refused, but its facts and rules lead to allowed."),
        (lambda files: edited(files, "decisions/002.json", lambda one: one["facts"]["claim"].update(
            {"claim.status": "approved"})), "lead to refused"),
        (lambda files: edited(files, "decisions/002.json", lambda one: one["facts"]["claim"].clear()),
         "It cannot be decided again"),
        (lambda files: edited(files, "decisions/002.json", lambda one: one.update(question="submit")),
         "answers another question"),
        (lambda files: edited(files, "decisions/002.json", lambda one: one.update(facts=None)),
         "It is not as a decision is written."),
        (lambda files: edited(files, "decisions/002.json", lambda one: one["reasons"].append(
            {"rule": "made_up", "subject": None})), "Its reasons are not those"),
        (lambda files: files.update({name: content.replace(b"disputes_at_most: 1", b"disputes_at_most: 2")
                                     for name, content in files.items() if name.endswith("vocabulary.yaml")}),
         "not the rule files that the version is named after"),
    ],
)  # fmt: skip
def test_what_is_signed_and_untrue_is_told(
    filing: Filing, file: Path, change: Falsify, expected: str
) -> None:
    def both(files: dict[str, bytes]) -> None:
        change(files)
        signed_anew(files, filing.desk.secret)

    found = told(verify(falsified(file, both), public_pem(filing.desk.secret)))
    assert any(expected in problem for problem in found), found


@SQLITE
def test_a_file_that_is_there_twice_is_told(filing: Filing, file: Path) -> None:
    files = files_of(file.read_bytes())
    twice = written(file.with_name("twice.zip"), files)
    with zipfile.ZipFile(twice, "a") as whole, pytest.warns(UserWarning, match="Duplicate"):
        whole.writestr("index.html", files["index.html"])
    assert told(verify(twice, public_pem(filing.desk.secret))) == ["index.html: It is in the pack 2 times."]


def test_what_is_no_pack_is_told(tmp_path: Path) -> None:
    (tmp_path / "letter.pdf").write_bytes(b"%PDF")
    found = told(verify(tmp_path / "letter.pdf"))
    assert found == ["letter.pdf: This is no ZIP file, or it is damaged."]
    found = told(verify(written(tmp_path / "empty.zip", {})))
    assert found == ["manifest.json: It is missing."]
    with pytest.raises(NoKey):
        verify(tmp_path / "letter.pdf", b"no key")


def another(name: str = "index.html") -> bytes:
    """Return a ZIP file with another page, without its list of files: it is read from the top."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as whole:
        whole.writestr(name, "The claim was never approved.")
        end = whole.fp.tell() if whole.fp else 0
    return made.getvalue()[:end]


def between(content: bytes) -> bytes:
    """Return the pack with another page before its list of files, which stands further on."""
    at = len(content) - 22
    size, start = struct.unpack("<2L", content[at + 12 : at + 20])
    hidden = another()
    moved = content[at : at + 16] + struct.pack("<L", start + len(hidden)) + content[at + 20 :]
    return content[:start] + hidden + content[start : start + size] + moved


@SQLITE
@pytest.mark.parametrize(
    "change",
    [
        lambda content: another() + content,
        between,
        lambda content: content + b"more",
        lambda content: content[:-2] + b"\x04\x00more",
    ],
)
def test_what_stands_between_the_files_of_a_pack_is_told(
    filing: Filing, file: Path, change: Callable[[bytes], bytes]
) -> None:
    path = file.with_name("more.zip")
    path.write_bytes(change(file.read_bytes()))
    with zipfile.ZipFile(path) as whole:
        assert whole.testzip() is None
    assert told(verify(path, public_pem(filing.desk.secret))) == [
        "more.zip: It holds something besides the files that it lists."
    ]
