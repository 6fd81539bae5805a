"""Every kind of sheet that operators import."""

from portal.claims.desk import Desk
from portal.customers.subscription_sheet import SUBSCRIPTIONS
from portal.imports.importer import Importer
from portal.imports.kinds import Kind
from portal.incentives.earning_sheet import EARNINGS

SHEETS: tuple[Kind, ...] = (SUBSCRIPTIONS, EARNINGS)


def importer_of(desk: Desk) -> Importer:
    """Return what imports every kind of sheet into the installation of `desk`."""
    kinds = {kind.code: kind for kind in SHEETS}
    return Importer(desk.clock, desk.policies, desk.files, desk.settings, kinds, desk.secret)
