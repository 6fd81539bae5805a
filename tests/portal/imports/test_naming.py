"""Imports that a kept sentence names are told apart from what was typed into a file."""

import pytest
import sqlalchemy as sa
from alembic import command

from portal.db import db
from portal.imports.model import ImportMistake
from portal.imports.naming import pieces
from tests.databases import migration_config
from tests.portal.imports.conftest import Imports, subscriptions

BEFORE = "tell_contradicted_imports"  # the migration before it was kept which imports a mistake names


@pytest.mark.parametrize(
    ("kept", "imports", "linked"),
    [
        ("What counts by import 8 says else (it was “import 9”).", [8], [("import 8", 8)]),
        ("What counts by import 1, import 12 says else.", [1, 12], [("import 1", 1), ("import 12", 12)]),
        ("It is no day. It was “import 9”.", [], []),
    ],
)
def test_a_sentence_in_pieces_is_the_sentence_with_its_imports(
    kept: str, imports: list[int], linked: list[tuple[str, int]]
) -> None:
    found = list(pieces(kept, imports))
    assert "".join(piece.text for piece in found) == kept
    assert [tuple(piece) for piece in found if piece.number] == linked


def test_a_migration_keeps_which_imports_the_mistakes_of_before_name(
    imports: Imports, database_url: str
) -> None:
    first, second = imports.used(subscriptions(2)), imports.used(subscriptions(1))
    late = imports.checked(subscriptions(3, state="suspended"))
    told = imports.mistakes(late)
    assert [reason.partition(" says")[0] for *_, reason in told] == [
        f"What counts by import {first}, import {second}",
        f"What counts by import {first}",
    ]
    config = migration_config(database_url)
    for revision, move in ((BEFORE, command.downgrade), ("head", command.upgrade)):
        with imports.filing.context():
            db.session.rollback()
            db.engine.dispose()
        move(config, revision)
        if revision == BEFORE:
            with imports.filing.context():
                before = sa.select(sa.column("reason", sa.String())).select_from(sa.table("import_mistakes"))
                assert f"What counts by import {first}, {second} says" in "".join(db.session.scalars(before))
    assert imports.mistakes(late) == told
    with imports.filing.context():
        query = sa.select(ImportMistake.imports).order_by(ImportMistake.row)
        assert list(db.session.scalars(query)) == [[first, second], [first]]
