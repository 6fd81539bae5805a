"""Files that operators import: what came of each, row by row, and which rows each of them brought."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.schema import SchemaItem

from portal.accounts.model import Person
from portal.db import Base, Moment

# How far an import has come. They are the portal's own steps and no policy.
READING, WRONG, READY, IN_USE, UNDONE, DROPPED = "reading", "wrong", "ready", "in_use", "undone", "dropped"
# Yet to be used. One with mistakes waits for nothing: its file comes again, mended.
WAITING = (READING, READY)
# Of one import. More are counted and not listed: whoever has mended these reads the file in again, and all of
# them have to fit on its page.
MISTAKES_AT_MOST = 1000


class Import(Base):
    """One file of one kind. Its rows count from `used_at` until `undone_at`, all of them or none.

    `rows` are those of the file without its headings, `read` those looked at so far: a worker that is
    stopped goes on there. Of these `fresh` are new, `same` were known already, `wrong` have a mistake.
    Of one that is ready, `against` are those of which something else counts by now; they are neither.
    """

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    file_name: Mapped[str]  # the client's, for showing alone
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_files.sha256"), index=True)
    state: Mapped[str] = mapped_column(index=True)
    rows: Mapped[int] = mapped_column(default=0)
    read: Mapped[int] = mapped_column(default=0)
    fresh: Mapped[int] = mapped_column(default=0)
    same: Mapped[int] = mapped_column(default=0)
    wrong: Mapped[int] = mapped_column(default=0)
    against: Mapped[int] = mapped_column(default=0)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # None: by a command
    at: Mapped[datetime] = mapped_column(Moment)
    read_at: Mapped[datetime | None] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    # What follows from the rows elsewhere, such as eligibility, was decided again since they count or do not.
    followed: Mapped[bool] = mapped_column(default=True)
    # Of what the background work is to do with it and could not (`setbacks.py`): how often, when next, why.
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column(Moment)
    error: Mapped[str | None]

    by: Mapped[Person | None] = relationship(lazy="joined")


class ImportMistake(Base):
    """What is wrong with one cell of a file, or with a row as a whole (`column` is "")."""

    __tablename__ = "import_mistakes"
    __table_args__ = (Index("ix_import_mistakes_import_id_row", "import_id", "row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    row: Mapped[int]  # as a spreadsheet counts: the headings are row 1
    column: Mapped[str]
    cell: Mapped[str]  # what stands there, cut where it is long
    reason: Mapped[str]
    imports: Mapped[list[int]] = mapped_column(JSON, default=list)  # those that `reason` names, in its order


class ImportedRow(Base):
    """That a file brought a row: `row_id` is of the table that keeps rows of the import's kind."""

    __tablename__ = "imported_rows"
    __table_args__ = (Index("ix_imported_rows_row_id", "row_id"),)

    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    row_id: Mapped[int] = mapped_column(primary_key=True)


class Imported:
    """What every table of imported rows has.

    `key` says which thing in the world the row tells of, `digest` (SHA-256) all that it tells. What a
    row tells is never changed: what tells something else of the same thing is another row. At most one row
    of a key counts (`live`), and it counts as long as an import in use brought it. What follows from it,
    such as its claim, is found anew whenever a file is read that brings it, as long as it does not count.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    digest: Mapped[str]
    said: Mapped[dict[str, Any]] = mapped_column(JSON)  # every cell as it was read, by column
    live: Mapped[bool] = mapped_column(default=False)


def keys(table: str) -> tuple[SchemaItem, ...]:
    """Return what every table of imported rows holds to."""
    return (
        UniqueConstraint("key", "digest"),
        Index(
            f"uq_{table}_live_key",
            "key",
            unique=True,
            sqlite_where=text("live = 1"),
            postgresql_where=text("live"),
        ),
    )
