"""The sample's earnings agree with what the portal says of earnings, whatever day it is."""

import random
from datetime import date

import pytest

from portal.sample.money import Held, earnings

HELD = [
    Held(f"CL-2026-{n:06d}", "Contoso", f"t-{n}", "teams", f"s-{n}", date(2026, 9, 17), earns=True)
    for n in range(8)
]


@pytest.mark.parametrize(
    ("today", "months"),
    [
        (date(2026, 11, 27), {"2026-09", "2026-10"}),
        (date(2026, 12, 1), {"2026-09", "2026-10", "2026-11"}),
        (date(2027, 1, 31), {"2026-09", "2026-10", "2026-11", "2026-12"}),
        (date(2026, 9, 30), set()),
    ],
)
def test_what_is_earned_in_a_month_is_reported_in_the_month_after_it(today: date, months: set[str]) -> None:
    rows = list(earnings(HELD, today, random.Random(1)))
    assert {row["month"] for row in rows} == months
    assert all(row.get("paid_on", "") <= today.isoformat() for row in rows)


def test_every_way_of_a_payment_can_be_looked_at() -> None:
    rows = earnings(HELD, date(2026, 11, 27), random.Random(1))
    assert {row["payment_status"] for row in rows} == {"earned", "scheduled", "paid", "withheld"}
