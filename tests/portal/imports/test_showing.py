"""The page of an import, also after the tables of imports went away and came again."""

import os
from datetime import timedelta

from alembic import command

from portal.audit.recording import verify
from portal.claims.held_contents import HELD
from portal.db import db
from portal.evidence.discarding import GRACE, sweep_contents
from portal.imports.showing import import_page
from portal.incentives.following import follow_imports
from tests.databases import migration_config
from tests.portal.imports.conftest import Imports, subscriptions

BEFORE_IMPORTS = "tell_left_forms_apart"  # the migration after which there were no imports yet


def swept(imports: Imports, sha256: str) -> int:
    """Sweep the contents as long after this one was written as the sweep waits; return how many went."""
    files, written = imports.importer.files, imports.importer.clock.now()
    os.utime(files.path(sha256), (written.timestamp(), written.timestamp()))
    with imports.filing.context():
        return sweep_contents(files, HELD, written + GRACE + timedelta(minutes=1))


def test_imports_begin_anew_after_a_migration_down_and_up(imports: Imports, database_url: str) -> None:
    content = subscriptions(3)
    first = imports.used(content)
    sha256 = imports.row(first).sha256
    imports.filing.clock.set(imports.filing.clock.now() + timedelta(minutes=1))
    with imports.filing.context():
        db.engine.dispose()
    config = migration_config(database_url)
    command.downgrade(config, BEFORE_IMPORTS)
    command.upgrade(config, "head")

    assert (imports.live(), imports.count()) == (set(), 0)
    assert imports.importer.files.has(sha256), "nothing but the sweep takes a file away"
    again = imports.used(content)
    assert again == first, "numbers begin anew, so the chain in the audit has two imports in it"
    with imports.filing.context():
        page = import_page(db.session(), imports.importer, again)
        assert [event.title for event in page.history] == ["Rows used", "Uploaded"]
        assert verify(db.session(), imports.importer.secret) == []
        follow_imports(imports.filing.desk)
    assert len(imports.live()) == 3

    assert swept(imports, sha256) == 0
    assert imports.importer.files.has(sha256), "the new import holds the file of the old one"


def test_the_file_of_an_import_that_a_migration_took_away_is_swept(
    imports: Imports, database_url: str
) -> None:
    kept = imports.row(imports.checked(subscriptions(1)))
    with imports.filing.context():
        db.engine.dispose()
    config = migration_config(database_url)
    command.downgrade(config, BEFORE_IMPORTS)
    command.upgrade(config, "head")
    assert swept(imports, kept.sha256) == 1
    assert not imports.importer.files.has(kept.sha256)
    assert imports.row(imports.used(subscriptions(1))).state == "in_use", "and can be imported again"
