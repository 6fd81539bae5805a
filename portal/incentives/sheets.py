"""Every kind of sheet that operators import."""

from portal.imports.kinds import Kind
from portal.incentives.earning_sheet import EARNINGS
from portal.incentives.subscription_sheet import SUBSCRIPTIONS

SHEETS: tuple[Kind, ...] = (SUBSCRIPTIONS, EARNINGS)
