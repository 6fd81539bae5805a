"""The background work of imports: files that are too long to be read while somebody waits."""

from portal.claims.desk import Desk
from portal.imports.running import read_waiting
from portal.incentives.sheets import importer_of


def read_imports(desk: Desk) -> None:
    """Read every import that waits for it."""
    read_waiting(importer_of(desk))
