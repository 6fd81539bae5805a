"""Of an import that waits, what contradicts it by now is told, also of one that waited before it was kept."""

from alembic import command

from portal.db import db
from portal.imports.counting import contradicting
from portal.imports.using import undo
from tests.databases import migration_config
from tests.portal.imports.conftest import Imports, subscriptions

BEFORE = "sum_up_earnings_by_claim"  # the migration before it was kept


def by(imports: Imports, import_id: int) -> tuple[int, ...]:
    """Return the imports by which something else counts."""
    with imports.filing.context():
        row = imports.row(import_id)
        return contradicting(db.session(), imports.importer.kinds[row.kind], row)


def test_the_imports_that_contradict_a_waiting_one_are_told_as_long_as_they_count(imports: Imports) -> None:
    waiting = imports.checked(subscriptions(4, state="suspended"))
    first, second = imports.used(subscriptions(2)), imports.used(subscriptions(2, start=1))
    imports.used(subscriptions(1, start=3, state="suspended"))
    assert (imports.row(waiting).against, by(imports, waiting)) == (3, (first, second))
    assert (imports.row(waiting).fresh, imports.row(waiting).same) == (0, 1)
    for ended, left in ((first, (2, (second,))), (second, (0, ()))):
        with imports.filing.context():
            undo(imports.importer, ended, imports.actor)
        assert (imports.row(waiting).against, by(imports, waiting)) == left


def test_what_was_contradicted_before_a_migration_is_told_after_it(
    imports: Imports, database_url: str
) -> None:
    waiting = imports.checked(subscriptions(3, state="suspended"))
    imports.used(subscriptions(2))
    with imports.filing.context():
        db.engine.dispose()
    config = migration_config(database_url)
    command.downgrade(config, BEFORE)
    command.upgrade(config, "head")
    assert (imports.row(waiting).against, imports.row(waiting).fresh) == (2, 1)
