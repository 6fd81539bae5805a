"""Writes a migration of what the models have and the migrations lack: `make migration NAME="add notes"`."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from portal.db import tune_sqlite

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def main(name: str) -> None:
    """Write `YYYY_MM_DD_name.py`; a person reads it, and adds what moves the data."""
    with TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/migrated.sqlite")
        tune_sqlite(engine)
        config = Config(MIGRATIONS / "alembic.ini")
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["engine"] = engine
        command.upgrade(config, "head")
        revision = f"{datetime.now(UTC):%Y%m%d}_{name.replace(' ', '_')}"
        command.revision(config, message=name, rev_id=revision, autogenerate=True)
        engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1])
