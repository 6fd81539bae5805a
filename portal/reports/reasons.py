"""Why claims were rejected or asked about, for which products."""

from collections import Counter

from sqlalchemy import literal, select

from portal.audit.model import AuditEvent
from portal.claims.chain import PREFIX
from portal.claims.model import Claim, ClaimProduct
from portal.languages.sentences import gettext
from portal.reports.scope import reported
from portal.reports.shapes import Asked, Report, Series, table_of


def reasons_by_product(asked: Asked) -> Report:
    """Count every reason that was given, once for each product of the claim that it was given for."""
    rulebook = asked.desk.policies.in_force()
    known = rulebook.known_reasons
    products = _products(asked)
    counted: dict[str, Counter[str]] = {}
    given = Counter[str]()
    for claim_id, codes in _given(asked):
        for code in codes:
            reason = known[code].label if code in known else code
            given[reason] += 1
            for product in products.get(claim_id, ()):
                counted.setdefault(rulebook.programs.product_label(product), Counter())[reason] += 1
    headings = sorted(given, key=lambda reason: (-given[reason], reason))
    ordered = dict(sorted(counted.items(), key=lambda pair: (-pair[1].total(), pair[0].casefold())))
    return Report(
        columns=((gettext("Product"), False), *((one, True) for one in headings), (gettext("All"), True)),
        rows=table_of(headings, ordered),
        series=tuple(Series(one, ((gettext("Claims"), given[one], "info"),)) for one in headings),
        notes=(gettext("A claim for two products counts for each of them, and the bars count it once."),),
    )


def _given(asked: Asked) -> list[tuple[int, list[str]]]:
    query = (
        select(Claim.id, AuditEvent.details)
        .join(Claim, AuditEvent.subject == literal(PREFIX) + Claim.number)
        .where(AuditEvent.to_status.is_not(None), reported(asked.desk, asked.actor))
    )
    rows = asked.session.execute(query)
    return [(claim_id, details.get("reasons", [])) for claim_id, details in rows if details.get("reasons")]


def _products(asked: Asked) -> dict[int, list[str]]:
    query = select(ClaimProduct.claim_id, ClaimProduct.product).join(Claim, Claim.id == ClaimProduct.claim_id)
    found: dict[int, list[str]] = {}
    for claim_id, product in asked.session.execute(query.where(reported(asked.desk, asked.actor)).distinct()):
        found.setdefault(claim_id, []).append(product)
    return found
