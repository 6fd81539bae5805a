"""Tells whether an installation holds the demo's sample data, whose password everybody can read."""

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from portal.accounts.model import Location
from portal.db import db
from portal.settings import Settings, SettingsIncomplete

# The first location of the sample house. Nobody else's has this ID and this name, so that the database
# itself tells, wherever the folder of the demo is and however far making the sample data got.
CODE, NAME = "1104711", "Contoso Seattle"


def refuse_sample_in_service(settings: Settings) -> None:
    """Raise SettingsIncomplete where sample data would be served as a real installation.

    Needs an app context. A database that does not answer or is still empty holds no sample.
    """
    if settings.demo:
        return
    if settings.sample_mark.exists():
        place, setting = str(settings.data_dir.resolve()), "PORTAL_DATA_DIR"
    elif _is_in_database():
        place, setting = "The database", "PORTAL_DATABASE_URL" if settings.database_url else "PORTAL_DATA_DIR"
    else:
        return
    raise SettingsIncomplete(
        f"{place} holds the demo's sample data, and anybody can sign in with the demo's accounts: "
        f"set {setting} to a place of its own and begin there with `portal db upgrade`, or serve the demo "
        "as what it is with `portal demo`."
    )


def _is_in_database() -> bool:
    try:
        found = db.session.scalar(select(Location.id).where(Location.code == CODE, Location.name == NAME))
    except SQLAlchemyError:
        return False
    finally:
        db.session.remove()
    return found is not None
