"""The demo's data: made once in an empty database, and deleted when somebody wants to begin anew."""

import shutil
from collections.abc import Callable

from sqlalchemy import select

from portal.accounts.model import Person
from portal.claims.desk import Desk
from portal.db import db
from portal.sample.loading import load_sample
from portal.settings import SQLITE_FILE, Settings


class SampleRefused(Exception):
    """The sample data was neither made nor deleted; the message says what to do."""


def fill_with_sample(desk: Desk, seed: int, tell: Callable[[str], None]) -> None:
    """Load the sample data into an empty database; a filled one stays as it is.

    Raises SampleRefused where an earlier attempt was interrupted: a part of the stories would be missing.
    """
    settings = desk.settings
    if db.session.scalar(select(Person.id).limit(1)) is not None:
        if not (settings.sample_mark.exists() or settings.database_url):
            raise SampleRefused(
                "Making the sample data was interrupted, so a part is missing. "
                'Begin anew with --reset: make demo ARGS="--reset".'
            )
        return
    db.session.rollback()
    tell("Making sample data, which takes about a minute …")
    desk.open()
    count = load_sample(desk, seed)
    settings.sample_mark.touch()
    tell(f"{count} sample claims are there.")


def delete_sample(settings: Settings) -> None:
    """Delete what the demo made in its data folder, and nothing else there.

    Raises SampleRefused where the data is not in the demo's own SQLite file.
    """
    if settings.database_url:
        raise SampleRefused("--reset deletes only the demo's own SQLite file; unset PORTAL_DATABASE_URL.")
    for file in (*settings.beside_database, *settings.data_dir.glob(f"{SQLITE_FILE}*")):
        file.unlink(missing_ok=True)
    for folder in (settings.documents_dir, settings.previews_dir, settings.mail_dir):
        shutil.rmtree(folder, ignore_errors=True)
