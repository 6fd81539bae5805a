"""Sheets of earnings and subscriptions as an operator imports them, for the tests of money."""

import io
from typing import Any

from portal.accounts.actor import SYSTEM_ACTOR
from portal.imports.running import Outcome, import_at_once
from tests import factories
from tests.portal.reviews.filing import Filing

LINE: dict[str, str] = {
    "line_id": "L-1",
    "claim": "",
    "tenant_id": factories.SHARED_TENANT,
    "product": "teams",
    "subscription_id": "",
    "month": "2026-11",
    "lever": "usage_growth",
    "amount": "100.00",
    "currency": "EUR",
    "payment_status": "earned",
    "payment_id": "",
    "paid_on": "",
    "reason": "",
}
READING: dict[str, str] = {
    "tenant_id": factories.SHARED_TENANT,
    "product": "teams",
    "subscription_id": "sub-1",
    "state": "active",
    "as_of": "2026-11-20",
    "ends_on": "",
}


def csv_of(base: dict[str, str], rows: list[dict[str, str]]) -> bytes:
    """Return a CSV file in which each row differs from `base` as told."""
    lines = [",".join(base)]
    lines += [",".join({**base, **row}[name] for name in base) for row in rows]
    return "\r\n".join(lines).encode()


def bring(filing: Filing, kind: str, content: bytes, *, dry_run: bool = False) -> Outcome:
    """Import a file, as the command does."""
    with filing.context():
        importer = filing.app.extensions["importer"]
        file = io.BytesIO(content)
        return import_at_once(importer, kind, f"{kind}.csv", file, SYSTEM_ACTOR, dry_run=dry_run)


def earn(filing: Filing, *rows: dict[str, str]) -> Outcome:
    """Import lines of earnings, each as `LINE` but for what is told; all must be right."""
    named: list[dict[str, Any]] = [{"line_id": f"L-{n}", **row} for n, row in enumerate(rows, start=1)]
    outcome = bring(filing, "earnings", csv_of(LINE, named))
    assert outcome.used, outcome.mistakes
    return outcome


def subscribe(filing: Filing, **row: str) -> Outcome:
    """Import one reading of a subscription."""
    outcome = bring(filing, "subscriptions", csv_of(READING, [row]))
    assert outcome.used, outcome.mistakes
    return outcome
