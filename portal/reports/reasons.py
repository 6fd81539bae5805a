"""Why claims were rejected or asked about: for which products, and of which organizations."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import select

from portal.accounts.model import Organization
from portal.audit.model import AuditEvent
from portal.claims.model import Claim
from portal.languages.sentences import gettext
from portal.reports.belongings import products_of
from portal.reports.moves import happened
from portal.reports.shapes import Asked, Report, Series, counted_columns, table_of

FIRST = 8  # rows that are shown at once: each is long


def reasons_by_product(asked: Asked) -> Report:
    """Count every reason that was given, once for each product of the claim that it was given for."""
    products, label = products_of(asked), asked.rulebook.programs.product_label
    return _counted(
        asked, gettext("Product"), lambda given: [label(one) for one in products.get(given.claim_id, ())]
    )


def reasons_by_organization(asked: Asked) -> Report:
    """Count every reason that was given, for the organization of the claim."""
    query = select(Organization.id, Organization.name)
    names = {row.id: row.name for row in asked.session.execute(query)}
    return _counted(asked, gettext("Organization"), lambda given: [names[given.organization_id]])


@dataclass(frozen=True)
class _Given:
    """The reasons that one event gave a claim."""

    claim_id: int
    organization_id: int
    reasons: tuple[str, ...]


def _counted(asked: Asked, first: str, names_of: Callable[[_Given], Iterable[str]]) -> Report:
    counted: dict[str, Counter[str]] = {}
    given = Counter[str]()
    for one in _given(asked):
        for reason in one.reasons:
            given[reason] += 1
            for name in names_of(one):
                counted.setdefault(name, Counter())[reason] += 1
    headings = sorted(given, key=lambda reason: (-given[reason], reason))
    ordered = dict(sorted(counted.items(), key=lambda pair: (-pair[1].total(), pair[0].casefold())))
    return Report(
        columns=counted_columns(first, headings, gettext("All")),
        rows=table_of(headings, ordered),
        series=tuple(Series(one, ((gettext("Times given"), given[one], "info"),)) for one in headings),
        sparse=True,
        first=FIRST,
    )


def _given(asked: Asked) -> Iterator[_Given]:
    """Yield the reasons of each move that gave some, in the words of the policy in force.

    A reason that it has no more is called as the policy called it that it was given by.
    """
    known = asked.rulebook.known_reasons
    reasons = AuditEvent.details["reasons"]
    query = happened(asked, Claim.id, Claim.organization_id, reasons, AuditEvent.policy_version).where(
        AuditEvent.to_status.is_not(None), reasons.as_string().is_not(None)
    )
    for claim_id, owner, codes, version in asked.session.execute(query):
        then = known if known.keys() >= set(codes) else asked.desk.policies.pinned(version).known_reasons
        called = {**then, **known}
        labels = tuple(called[code].label if code in called else code for code in codes)
        yield _Given(claim_id, owner, labels)
