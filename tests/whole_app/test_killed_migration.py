"""A migration that is killed midway leaves the database as it was, and runs to its end the next time."""

import signal
import subprocess
import sys
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from tests.databases import migration_config
from tests.whole_app.test_migrations import contents, engine_of, fill, tables

DIES_MIDWAY = """
import os
import signal
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "dies_midway"
down_revision = "{head}"


def upgrade() -> None:
    op.create_table("notes", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("INSERT INTO notes (id) VALUES (1)")
    with op.batch_alter_table("organizations") as table:
        table.add_column(sa.Column("note", sa.String(), nullable=False, server_default="new"))
    if Path({deadly!r}).exists():
        os.kill(os.getpid(), signal.SIGKILL)
    with op.batch_alter_table("customers") as table:
        table.add_column(sa.Column("note", sa.String(), nullable=False, server_default="new"))


def downgrade() -> None:
    raise NotImplementedError
"""
UPGRADE = """
import sys
from alembic import command
from alembic.config import Config
from tests.whole_app.test_killed_migration import dying

command.upgrade(dying(sys.argv[1], sys.argv[2]), "head")
"""


def dying(url: str, folder: str) -> Config:
    """Return the configuration of the database at `url` with the migration of `folder` on top."""
    config = migration_config(url)
    own = ScriptDirectory.from_config(config).versions
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", f"{own}\n{folder}")
    return config


def test_a_killed_migration_is_undone_and_runs_again(database_url: str, tmp_path: Path) -> None:
    config = migration_config(database_url)
    engine = engine_of(config)
    before, form = fill(engine), {table.name for table in tables(engine).sorted_tables}
    head = ScriptDirectory.from_config(config).get_current_head()
    folder, deadly = tmp_path / "versions", tmp_path / "deadly"
    folder.mkdir()
    deadly.touch()
    (folder / "dies_midway.py").write_text(
        DIES_MIDWAY.format(head=head, deadly=str(deadly)), encoding="utf-8"
    )

    root = Path(__file__).parents[2]
    asked = [sys.executable, "-c", UPGRADE, database_url, str(folder)]
    done = subprocess.run(asked, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr

    assert {table.name for table in tables(engine).sorted_tables} == form
    assert contents(engine) == before

    deadly.unlink()
    command.upgrade(dying(database_url, str(folder)), "head")
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM notes")) == 1
        assert connection.scalar(sa.text("SELECT note FROM customers")) == "new"
