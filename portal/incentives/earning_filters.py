"""What somebody asked the page of earnings to show, read from an address that anybody may have written."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Self

from sqlalchemy import ColumnElement

from portal.imports.columns import BadCell, month
from portal.incentives.model import EarningClaimSum, EarningLine, EarningSum
from portal.rulebook.rulebook import Rulebook

SEARCH_CHARACTERS_AT_MOST = 200
# Each filter that compares a column with a code or a month.
COMPARED = {"month": "month", "engagement": "engagement", "product": "product", "status": "payment_status"}


@dataclass(frozen=True)
class Wanted:
    """The filters and the place in the list; "" where one is not set."""

    q: str = ""
    month: str = ""
    engagement: str = ""
    product: str = ""
    status: str = ""
    after: str = ""
    before: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str], rulebook: Rulebook) -> Self:
        """Return what `given` asks for; what does not exist is left out."""
        known: Mapping[str, Mapping[str, object]] = {
            "engagement": rulebook.programs.engagements,
            "product": rulebook.programs.products,
            "status": rulebook.incentives.payment_statuses,
        }
        found = {name: given.get(name, "") for name, codes in known.items() if given.get(name, "") in codes}
        with suppress(BadCell):  # what is no month filters nothing
            found["month"] = month(given.get("month", ""), rulebook)
        q = given.get("q", "").strip()[:SEARCH_CHARACTERS_AT_MOST]
        return cls(q=q, after=given.get("after", ""), before=given.get("before", ""), **found)

    @property
    def params(self) -> dict[str, str]:
        """The filters that are set, as parameters of an address; without the place in the list."""
        return {name: value for name in ("q", *COMPARED) if (value := getattr(self, name))}

    def without(self, name: str) -> dict[str, str]:
        return replace(self, **{name: ""}).params

    def compared(
        self, table: type[EarningLine] | type[EarningSum] | type[EarningClaimSum]
    ) -> list[ColumnElement[bool]]:
        """Return what a row of `table` must fulfil, without what is searched for."""
        return [
            getattr(table, column) == asked
            for name, column in COMPARED.items()
            if (asked := getattr(self, name))
        ]
