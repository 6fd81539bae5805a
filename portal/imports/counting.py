"""What rows of an import come to beside other imports: kept true, whatever comes into use and is undone."""

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session, aliased

from portal.imports.kinds import Kind
from portal.imports.model import READY, Import, ImportedRow


def count_anew(session: Session, kind: Kind) -> None:
    """Count for each import of the kind that is ready which of its rows count nowhere yet.

    Within the transaction that lets rows of the kind count or not, which has locked all imports of it.
    """
    session.flush()
    table = kind.table
    fresh = (
        select(func.count())
        .select_from(ImportedRow)
        .join(table, table.id == ImportedRow.row_id)
        .where(ImportedRow.import_id == Import.id, ~table.live)
        .correlate(Import)
        .scalar_subquery()
    )
    ready = update(Import).where(Import.kind == kind.code, Import.state == READY)
    session.execute(ready.values(fresh=fresh, same=Import.rows - fresh))


def contradicted(session: Session, kind: Kind, row: Import) -> bool:
    """Tell whether another row counts by now of a thing that the import tells of."""
    mine, theirs = aliased(kind.table), aliased(kind.table)
    query = (
        select(mine.id)
        .join(theirs, theirs.key == mine.key)
        .where(mine.id.in_(rows_of(row)), theirs.live, theirs.id != mine.id)
    )
    return session.scalar(query.limit(1)) is not None


def number_counting(session: Session, kind: Kind, row: Import) -> int:
    """Return how many different rows of the import count, by whichever import."""
    table = kind.table
    query = select(func.count()).select_from(table).where(table.id.in_(rows_of(row)), table.live)
    return session.scalar(query) or 0


def rows_of(row: Import) -> Select[int]:
    """Return the query of the rows that the import brought, by their IDs."""
    return select(ImportedRow.row_id).where(ImportedRow.import_id == row.id)
