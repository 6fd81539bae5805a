"""Keeps true how many rows of an import that is ready would be new, whatever comes into use before it."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

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
