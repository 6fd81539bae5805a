"""Every kind of sheet that operators import."""

from portal.customers.subscription_sheet import SUBSCRIPTIONS
from portal.imports.kinds import Kind
from portal.incentives.earning_sheet import EARNINGS

SHEETS: tuple[Kind, ...] = (SUBSCRIPTIONS, EARNINGS)
