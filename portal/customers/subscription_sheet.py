"""The sheet of subscriptions: which subscriptions the customers have, and in which state each is."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from portal.customers.adding import tenant_id_of
from portal.customers.model import SubscriptionReading
from portal.imports.columns import BadCell, Column, day, is_to_come, one_of, small
from portal.imports.kinds import Entry, Kind
from portal.languages.sentences import gettext, lazy_gettext
from portal.rulebook.rulebook import Rulebook


def products(rulebook: Rulebook) -> Mapping[str, str]:
    """Return what products are called, by code."""
    return {code: product.label for code, product in rulebook.programs.products.items()}


def tenant(value: str, _rulebook: Rulebook) -> str:
    """Return a tenant ID as those of customers are written, however it is typed."""
    found = tenant_id_of(value)
    if found is None:
        raise BadCell(
            gettext(
                "It is no tenant ID. Write it as 32 digits and letters in five groups, such as "
                "3f0e3a9c-6a53-4f3f-8c59-2d4a4f7c1b11."
            )
        )
    return found


def _states(rulebook: Rulebook) -> Mapping[str, str]:
    return {code: state.label for code, state in rulebook.incentives.subscription_states.items()}


# stays English: people's own programs write these files, and find columns by their names
COLUMNS = (
    Column(
        "tenant_id", lazy_gettext("The customer’s tenant ID"), "8d7f9a52-7c1e-4c57-9f60-1d2ab2f1c001", tenant
    ),
    Column("product", lazy_gettext("The product, by its name or its code"), "Teams", one_of(products)),
    Column("subscription_id", lazy_gettext("The subscription ID"), "SUB-1001", small),
    Column("state", lazy_gettext("The state of the subscription on that day"), "active", one_of(_states)),
    Column("as_of", lazy_gettext("The day on which it was in this state"), "2026-10-31", day),
    Column("ends_on", lazy_gettext("The last day of the subscription"), "2027-06-30", day, required=False),
)


def _resolve(_session: Session, _rulebook: Rulebook, today: date, entries: Sequence[Entry]) -> None:
    for entry in entries:
        said = entry.values
        if is_to_come(said["as_of"], today):  # it would count until then, whatever is imported meanwhile
            entry.wrong("as_of", gettext("It is a day that has not come yet. Check the year."))
        entry.key = "|".join((said["tenant_id"], said["product"], said["subscription_id"], said["as_of"]))
        entry.found = dict(said)


SUBSCRIPTIONS = Kind(
    "subscriptions",
    lazy_gettext("Subscriptions"),
    lazy_gettext("The subscriptions of customers with their states. Of each, the newest day counts."),
    COLUMNS,
    SubscriptionReading,
    _resolve,
)
