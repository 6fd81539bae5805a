"""Lines of earnings of one approved claim, as files tell of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from portal.claims.model import Claim
from portal.db import db
from tests.portal.imports.conftest import Imports, sheet


@dataclass(frozen=True)
class Said:
    """One line: what it is called, and what it says of it, the amount in the smallest unit."""

    line: str
    amount: int
    currency: str

    @property
    def written(self) -> str:
        return f"{'-' if self.amount < 0 else ''}{abs(self.amount) // 100}.{abs(self.amount) % 100:02d}"


class Earnings:
    """Earnings of a claim that is approved when this is made."""

    def __init__(self, imports: Imports) -> None:
        self.imports = imports
        number = imports.filing.approved()
        with imports.filing.context():
            claim = db.session.scalars(select(Claim).where(Claim.number == number)).one()
            incentives = imports.importer.policies.in_force().incentives
            open_ = [
                code for code, one in incentives.payment_statuses.items() if not (one.paid or one.withheld)
            ]
            assert claim.customer is not None
            self.row = {
                "claim": number,
                "tenant_id": claim.customer.tenant_id,
                "product": "teams",
                "month": "2026-10",
                "lever": next(iter(incentives.levers)),
                "payment_status": open_[0],
            }

    def file(self, lines: Iterable[Said]) -> bytes:
        """Return a file of these lines."""
        return sheet(
            self.row | {"line_id": one.line, "amount": one.written, "currency": one.currency} for one in lines
        )

    def counting(self) -> set[Said]:
        """Return the lines that count."""
        table = self.imports.importer.kinds["earnings"].table
        columns = [getattr(table, name) for name in ("line_id", "amount", "currency")]
        with self.imports.filing.context():
            return {Said(*row) for row in db.session.execute(select(*columns).where(table.live))}
