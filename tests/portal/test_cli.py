"""The `portal` command, verb by verb, as a shell calls it."""

import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portal.app import create_app
from portal.cli import main
from portal.db import db
from portal.sample.demo import delete_sample
from portal.settings import SettingsIncomplete, kept_secret, read_settings
from tests.browser import Browser
from tests.conftest import ROOT
from tests.factories import PASSWORD

NOW = "2026-12-15T08:00:00-08:00"


class Shell:
    """Calls the command with the environment of one installation."""

    def __init__(self, data_dir: Path) -> None:
        self.env: dict[str, str | None] = {
            "PORTAL_SECRET_KEY": "a key for tests that is long enough to be taken",
            "PORTAL_DATA_DIR": str(data_dir),
            "PORTAL_RULES_DIR": str(ROOT / "rules"),
            "PORTAL_DATABASE_URL": None,
            "PORTAL_DEMO": None,
            "PORTAL_BASE_URL": None,
        }

    def call(self, *words: str, typed: str = "") -> Result:
        return CliRunner(env=self.env).invoke(main, words, input=typed)

    def done(self, *words: str, typed: str = "") -> str:
        result = self.call(*words, typed=typed)
        assert result.exit_code == 0, result.output
        return result.stdout

    def python(self, code: str, *words: object) -> subprocess.CompletedProcess[str]:
        """Run Python code in a process of its own, as a server would."""
        given = {name: value for name, value in self.env.items() if value is not None}
        kept = {name: value for name, value in os.environ.items() if name not in self.env}
        return subprocess.run(  # the code is the test's own
            [sys.executable, "-c", code, *(str(word) for word in words)],
            env={**kept, **given, "PYTHONPATH": str(ROOT)},
            umask=0o022,
            capture_output=True,
            text=True,
            check=False,
        )

    def add(self, *words: str, typed: str = f"{PASSWORD}\n") -> Result:
        given = ("--email", "kim@contoso.example", "--name", "Kim Berg", "--organization", "Contoso")
        return self.call("people", "add", *given, "--password-stdin", *words, typed=typed)


@pytest.fixture(autouse=True)
def process_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    umask = os.umask(0o022)
    yield
    root.handlers, root.level = handlers, level
    os.umask(umask)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "data")


@pytest.mark.parametrize(
    "words",
    [["db", "upgrade"], ["work"], ["serve"], ["deadlines", "run"], ["people", "add", "--email", "a@b.example",
     "--name", "A", "--organization", "B", "--role", "reviewer"]],
)  # fmt: skip
def test_an_incomplete_installation_is_told_in_one_plain_message(shell: Shell, words: list[str]) -> None:
    shell.env["PORTAL_SECRET_KEY"] = None
    result = shell.call(*words)
    assert result.exit_code == 2
    assert result.stderr.startswith("The portal cannot start.\nPORTAL_SECRET_KEY is missing: set it")
    assert "Traceback" not in result.output


def test_a_new_installation_gets_its_database_and_a_second_run_changes_nothing(shell: Shell) -> None:
    assert "up to date" in shell.done("db", "upgrade")
    assert "up to date" in shell.done("db", "upgrade")
    answer = shell.done("deadlines", "run", "--now", NOW, "--json")
    assert json.loads(answer) == {
        "now": "2026-12-15T16:00:00+00:00",
        "dry_run": False,
        "applied": [],
        "reminded": [],
    }
    assert "0 ends applied as of 2026-12-15T16:00:00+00:00" in shell.done("deadlines", "run", "--now", NOW)


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [("tomorrow", "is no moment"), ("2026-12-15T08:00:00", "lacks a time of day with its time zone")],
)
def test_a_moment_that_cannot_be_meant_is_refused(shell: Shell, moment: str, sentence: str) -> None:
    result = shell.call("deadlines", "run", "--now", moment)
    assert result.exit_code == 2
    assert sentence in result.output


def test_somebody_added_can_sign_in(shell: Shell) -> None:
    shell.done("db", "upgrade")
    result = shell.add("--side", "partner", "--role", "global_admin")
    assert result.exit_code == 0, result.output
    assert "/sign-in with kim@contoso.example" in result.output
    assert PASSWORD not in result.output
    settings = read_settings(
        secret_key=shell.env["PORTAL_SECRET_KEY"],
        data_dir=shell.env["PORTAL_DATA_DIR"],
        rules_dir=ROOT / "rules",
    )
    app = create_app(settings)
    page = Browser(app).sign_in("kim@contoso.example", PASSWORD)
    assert "Kim Berg" in page.text
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize(
    ("words", "typed", "sentence"),
    [
        (["--role", "global_admin"], f"{PASSWORD}\n", "name its side to add it"),
        (["--side", "partner", "--role", "reviewer"], f"{PASSWORD}\n", "there is no role “reviewer”"),
        (["--side", "partner", "--role", "global_admin"], "short\n", "Choose a password of 12"),
        (["--side", "partner", "--role", "global_admin"], "", "Choose a password of 12"),
    ],
)
def test_who_cannot_be_added_is_told_why(shell: Shell, words: list[str], typed: str, sentence: str) -> None:
    shell.done("db", "upgrade")
    result = shell.add(*words, typed=typed)
    assert result.exit_code == 1
    assert sentence in result.output


def test_sound_rule_files_are_said_to_be_sound(shell: Shell) -> None:
    assert "The rule files are sound." in shell.done("policy", "check")
    assert "The rule files are sound." in shell.done("policy", "check", str(ROOT / "rules"))


def test_every_problem_of_rule_files_is_told_with_its_place(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    shutil.copytree(ROOT / "rules", folder)
    for name in ("lifecycle.yaml", "deadlines.yaml"):
        path = folder / name
        path.write_text(path.read_text(encoding="utf-8") + "\nunknown_key: 1\n", encoding="utf-8")
    result = shell.call("policy", "check", str(folder))
    assert result.exit_code == 1
    assert "lifecycle.yaml:" in result.output
    assert "deadlines.yaml:" in result.output


def test_a_folder_without_rules_is_told(shell: Shell, tmp_path: Path) -> None:
    result = shell.call("policy", "check", str(tmp_path))
    assert result.exit_code == 1
    assert "There are no rule files in" in result.output


def test_a_demo_begins_anew_without_touching_what_is_not_its_own(tmp_path: Path) -> None:
    beside = ("audit-heads.json", "sample-data-is-whole")
    for name in (
        "portal.sqlite",
        "portal.sqlite-wal",
        "notes.txt",
        "mail/1.eml",
        "documents/ab/file",
        *beside,
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    delete_sample(read_settings(data_dir=tmp_path, demo=True, database_url=""))
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.fixture
def sample(shell: Shell, tmp_path: Path) -> Path:
    """The folder of a demo: a database, and the mark that the sample data is whole."""
    shell.done("db", "upgrade")
    (tmp_path / "data" / "sample-data-is-whole").touch()
    return tmp_path / "data"


def test_sample_data_is_not_served_as_a_real_installation(
    shell: Shell, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began: list[object] = []
    monkeypatch.setattr("portal.cli.serving.run_server", lambda *words, **_named: began.append(words))
    result = shell.call("serve")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"The portal cannot start.\n{sample} holds the demo's sample data")
    assert began == []
    shell.env["PORTAL_DEMO"] = "true"
    assert shell.call("serve").exit_code == 0
    assert began


def test_a_real_installation_is_served(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    began: list[object] = []
    monkeypatch.setattr("portal.cli.serving.run_server", lambda *words, **_named: began.append(words))
    shell.done("db", "upgrade")
    shell.done("serve")
    assert began


@pytest.mark.parametrize("command", ["serve", "work"])
def test_nothing_is_served_from_a_restore_that_was_interrupted(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    began: list[object] = []
    for start in ("portal.cli.serving.run_server", "portal.work.loop.run_forever"):
        monkeypatch.setattr(start, lambda *words, **_named: began.append(words))
    shell.done("db", "upgrade")
    shell.done(command)
    assert began.pop()
    (Path(shell.env["PORTAL_DATA_DIR"] or "") / "restore-unfinished").touch()
    result = shell.call(command)
    assert result.exit_code == 2
    assert "--replace" in result.output
    assert not began


@pytest.mark.broad
@pytest.mark.parametrize("start", ["import wsgi", "from portal.app import served; served()"])
def test_servers_refuse_sample_data_too(shell: Shell, sample: Path, start: str) -> None:
    result = shell.python(start)
    assert "PORTAL_DATA_DIR to a place of its own" in result.stderr
    assert result.returncode != 0


def test_every_other_command_works_on_the_demos_folder(shell: Shell, sample: Path) -> None:
    shell.done("policy", "check")
    shell.done("policy", "test")
    shell.done("deadlines", "run", "--json")
    shell.done("db", "upgrade")
    assert shell.add("--side", "partner", "--role", "global_admin").exit_code == 0


@pytest.mark.broad
@pytest.mark.parametrize("start", ["import wsgi", "from portal.app import served; served()"])
def test_servers_keep_the_portals_files_to_its_own_account(shell: Shell, tmp_path: Path, start: str) -> None:
    (tmp_path / "data").mkdir(mode=0o755)
    result = shell.python(
        f"{start}; import pathlib, sys; pathlib.Path(sys.argv[1]).touch()", tmp_path / "new"
    )
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    assert "the data folder was open to other accounts" in result.stderr


def test_commands_close_a_data_folder_that_stood_open(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o755)
    shell.done("db", "upgrade")
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "data" / "portal.sqlite").stat().st_mode & 0o777 == 0o600


def test_a_demo_on_another_database_is_never_deleted(shell: Shell, tmp_path: Path) -> None:
    shell.env["PORTAL_DATABASE_URL"] = f"sqlite:///{tmp_path}/real.sqlite"
    result = shell.call("demo", "--reset", "--data", str(tmp_path))
    assert result.exit_code == 1
    assert "unset PORTAL_DATABASE_URL" in result.output


def test_commands_on_the_demos_folder_use_its_own_key(tmp_path: Path) -> None:
    kept_secret(read_settings(data_dir=tmp_path, demo=True, secret_key=""))
    assert read_settings(data_dir=tmp_path, demo=False, secret_key="").data_dir == tmp_path
    with pytest.raises(SettingsIncomplete, match="PORTAL_SECRET_KEY is missing"):
        read_settings(data_dir=tmp_path / "elsewhere", demo=False, secret_key="")


@pytest.mark.parametrize("held", ["portal.sqlite", "audit-heads.json"])
def test_no_new_key_is_laid_beside_data_of_another(
    shell: Shell, tmp_path: Path, held: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.cli.serving.run_server", lambda *_words: None)
    (tmp_path / held).touch()
    shell.env["PORTAL_SECRET_KEY"] = None
    result = shell.call("demo", "--data", str(tmp_path))
    assert result.exit_code == 2
    assert f"{tmp_path} holds data, but not the key that it was made with" in result.output
    assert [path.name for path in tmp_path.iterdir()] == [held]


@pytest.mark.parametrize("kept", ["abc", "", "\u00e4" * 10])
def test_what_is_no_key_is_not_taken_for_one(
    shell: Shell, tmp_path: Path, kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.cli.serving.run_server", lambda *_words: None)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "secret-key").write_text(kept, encoding="utf-8")
    shell.env["PORTAL_SECRET_KEY"] = None
    result = shell.call("db", "upgrade")
    assert result.exit_code == 2
    assert "secret-key holds no key" in result.output


@pytest.mark.parametrize("command", [("audit", "verify"), ("backup", "there"), ("decisions", "recheck")])
def test_a_database_that_cannot_be_used_is_told_in_a_sentence(
    shell: Shell, tmp_path: Path, command: tuple[str, ...]
) -> None:
    shell.env["PORTAL_DATABASE_URL"] = f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.sqlite'}"
    result = shell.call(*command)
    assert result.exit_code == 1
    assert "Error: The database cannot be used (unable to open database file)." in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
