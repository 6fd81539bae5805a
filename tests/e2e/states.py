"""What a state of a page is: who sees it, where it begins, and what was done there."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.e2e.sample_house import Found
from tests.e2e.steps import Step

Find = Callable[[Found], str]
Address = str | Find
STRANGER = ""
PARTNER, GLOBAL, BILLING = "incentives@contoso.example", "global@contoso.example", "billing@contoso.example"
REVIEWER, REVIEWER2 = "reviewer@operator.example", "reviewer2@operator.example"
POLICY, ADMIN = "policy@operator.example", "admin@operator.example"


@dataclass(frozen=True)
class State:
    """A page as somebody can bring it about."""

    name: str
    who: str
    at: Address
    steps: tuple[Step, ...] = ()
    status: int = 200  # of the page that is seen in the end
    errs: bool = False  # htmx itself tells of the refused request on the console

    def address(self, found: Found) -> str:
        """Return where the state begins."""
        return self.at if isinstance(self.at, str) else self.at(found)
