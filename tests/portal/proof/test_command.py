"""`portal proof-pack verify`, as a shell calls it: without settings, and with those of the installation."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portal.cli import main
from portal.proof.keys import key_id, public_pem
from portal.settings import Settings
from tests.portal.proof.packs import edited, falsified
from tests.portal.reviews.filing import Filing

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def call(*words: object, **env: str) -> Result:
    nothing = {"PORTAL_SECRET_KEY": None, "PORTAL_DATA_DIR": None, "PORTAL_DATABASE_URL": None}
    return CliRunner(env={**nothing, **env}).invoke(main, ["proof-pack", "verify", *map(str, words)])


def test_a_stranger_verifies_with_the_operators_key(filing: Filing, file: Path, tmp_path: Path) -> None:
    key = tmp_path / "operator-key.pem"
    key.write_bytes(public_pem(filing.desk.secret))
    result = call(file, "--key", key)
    assert result.exit_code == 0, result.output
    assert "0 findings." in result.stdout
    told = json.loads(call(file, "--key", key, "--json").stdout)
    assert told["findings"] == []
    assert told["key_id"] == key_id(public_pem(filing.desk.secret))


def test_findings_are_told_and_end_with_1(file: Path) -> None:
    false = falsified(file, lambda files: files.pop("README.txt"))
    result = call(false)
    assert result.exit_code == 1
    assert "README.txt: It is missing." in result.stdout
    assert json.loads(call(false, "--json").stdout)["findings"] == [
        {"file": "README.txt", "problem": "It is missing."}
    ]


def test_a_pack_writes_nothing_over_what_the_terminal_shows(file: Path) -> None:
    """A terminal obeys such marks: a false pack could wipe its findings away and say that it has none."""
    name = "\x1b[2J\x1b[H0 findings.\x1b[8m\ud800\u202e"
    result = call(falsified(file, lambda files: edited(files, "manifest.json", lambda one: one.update(
        made_by=name, files=[*one["files"], {"path": name[:-2], "size": 1, "sha256": ""}]))))  # fmt: skip
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert "\\x1b[2J" in result.stdout
    assert result.stdout.replace("\n", "").isprintable()
    told = call(falsified(file, lambda files: files.update({name[:-2]: b""}))).stdout
    assert "It is in the pack, but not in the signed list of files." in told
    assert told.replace("\n", "").isprintable()


def test_what_cannot_be_a_key_is_told(file: Path) -> None:
    assert "holds no public Ed25519 key" in call(file, "--key", file).output


def test_the_operator_needs_no_key(settings: Settings, filing: Filing, file: Path) -> None:
    env = {
        "PORTAL_SECRET_KEY": settings.secret_key,
        "PORTAL_DATABASE_URL": settings.database_url,
        "PORTAL_DATA_DIR": str(settings.data_dir),
        "PORTAL_RULES_DIR": str(settings.rules_dir),
    }
    result = call(file, "--own", **env)
    assert result.exit_code == 0, result.output
    other = {**env, "PORTAL_SECRET_KEY": "another secret that is long enough to be taken"}
    assert "made with another key" in call(file, "--own", **other).stdout
    assert call(file, "--own", "--key", file).exit_code == 2
