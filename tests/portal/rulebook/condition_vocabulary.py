"""The small vocabulary and the one case that tests of conditions share."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

from portal.rulebook.conditions import FactType, Names, parse
from portal.rulebook.decision import Value

REASONS = frozenset(("incomplete", "duplicate", "other"))
NAMES = Names(
    facts={
        "claim.disputes_used": FactType("int", unit="disputes"),
        "claim.round": FactType("int", unit="rounds"),
        "claim.first_round": FactType("int", unit="rounds"),
        "claim.rejection_reasons": FactType("set", codes=REASONS),
        "claim.activity": FactType("choice", codes=frozenset(("migrate", "deploy")), may_be_absent=True),
        "claim.has_location": FactType("bool"),
        "claim.note": FactType("text", may_be_absent=True),
        "claim.due_on": FactType("date", may_be_absent=True),
        "claim.sent_on": FactType("date", may_be_absent=True),
        "claim.told_at": FactType("timestamp"),
        "claim.revenue": FactType("money", currency="USD"),
        "claim.fee": FactType("money", currency="EUR"),
        "product.has_subscription": FactType("bool", scope="product"),
        "document.pages": FactType("int", scope="document"),
    },
    values={"disputes_at_most": 1, "odd": "other"},
    sets={"disputable": frozenset(("incomplete", "other")), "grave": frozenset(("duplicate",))},
    attributes={"activity.can_earn": ("claim.activity", frozenset(("migrate",)))},
)
DISPUTABLE = "claim.disputes_used < value.disputes_at_most && claim.rejection_reasons.all(r, r in disputable)"
NAMES = replace(NAMES, defined={"claim.is_disputable": parse(DISPUTABLE, NAMES)})
FACTS: Mapping[str, Value] = {
    "claim.disputes_used": 0,
    "claim.round": 2,
    "claim.first_round": 1,
    "claim.rejection_reasons": frozenset(("incomplete", "duplicate")),
    "claim.activity": "migrate",
    "claim.has_location": True,
    "claim.note": "it's",
    "claim.due_on": date(2026, 11, 30),
    "claim.sent_on": None,
    "claim.told_at": datetime(2026, 11, 23, 17, 0, tzinfo=UTC),
    "claim.revenue": 150_00,
    "claim.fee": 1_00,
    "product.has_subscription": False,
    "document.pages": 3,
}
