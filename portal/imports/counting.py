"""What rows of an import come to beside other imports: kept true, whatever comes into use and is undone."""

from sqlalchemy import Select, and_, func, select, update
from sqlalchemy.orm import Session, aliased

from portal.imports.kinds import Kind
from portal.imports.model import IN_USE, READY, Import, ImportedRow


def count_anew(session: Session, kind: Kind) -> None:
    """Count for each import of the kind that is ready which of its rows count nowhere yet, and which cannot.

    Within the transaction that lets rows of the kind count or not, which has locked all imports of it; the
    last that it does, for rows may become one.
    """
    session.flush()
    if kind.know_again:
        kind.know_again(session)
    table = kind.table
    fresh = (
        select(func.count())
        .select_from(ImportedRow)
        .join(table, table.id == ImportedRow.row_id)
        .where(ImportedRow.import_id == Import.id, ~table.live)
        .correlate(Import)
        .scalar_subquery()
    )
    mine, theirs = aliased(table), aliased(table)
    against = (
        select(func.count())
        .select_from(ImportedRow)
        .join(mine, mine.id == ImportedRow.row_id)
        .join(theirs, and_(theirs.key == mine.key, theirs.live, theirs.id != mine.id))
        .where(ImportedRow.import_id == Import.id)
        .correlate(Import)
        .scalar_subquery()
    )
    ready = update(Import).where(Import.kind == kind.code, Import.state == READY)
    session.execute(ready.values(fresh=fresh, against=against))
    # Both count nowhere, and what cannot come to count is not new.
    session.execute(ready.values(fresh=Import.fresh - Import.against, same=Import.rows - Import.fresh))


def contradicting(session: Session, kind: Kind, row: Import) -> tuple[int, ...]:
    """Return the imports in use by which something else counts than a row of the import says."""
    mine, theirs = aliased(kind.table), aliased(kind.table)
    counting = (
        select(theirs.id)
        .join(mine, mine.key == theirs.key)
        .where(mine.id.in_(rows_of(row)), theirs.live, theirs.id != mine.id)
    )
    query = (
        select(Import.id)
        .join(ImportedRow, ImportedRow.import_id == Import.id)
        .where(Import.kind == kind.code, Import.state == IN_USE, ImportedRow.row_id.in_(counting))
    )
    return tuple(session.scalars(query.distinct().order_by(Import.id)))


def number_counting(session: Session, kind: Kind, row: Import) -> int:
    """Return how many different rows of the import count, by whichever import."""
    table = kind.table
    query = select(func.count()).select_from(table).where(table.id.in_(rows_of(row)), table.live)
    return session.scalar(query) or 0


def rows_of(row: Import) -> Select[int]:
    """Return the query of the rows that the import brought, by their IDs."""
    return select(ImportedRow.row_id).where(ImportedRow.import_id == row.id)
