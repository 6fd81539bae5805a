"""The stories of the sample claims: who did what on which day, until the claim stands where it does."""

from collections.abc import Mapping
from dataclasses import dataclass, field

PARTNER, REVIEWER, REVIEWER2, CUSTOMER = "partner", "reviewer", "reviewer2", "customer"


@dataclass(frozen=True)
class Deed:
    """One action of a story: on which day after its beginning, by whom, and what the form said.

    `fields` of "all" or "some" stand for the claim's own fields; `documents` counts new files.
    """

    day: float
    by: str
    action: str
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fields: str = ""
    documents: int = 0


@dataclass(frozen=True)
class Story:
    """A way a claim has gone. It began `days_ago`, and `count` claims of each partner went it."""

    title: str
    days_ago: int
    count: int
    deeds: tuple[Deed, ...]
    contested: int | None = None  # which of the contested customers; both partners claim the same unit
    only: str = ""  # the one partner whose story it is

    settled: bool = False  # no later moment changes where the claim stands

    @property
    def documents(self) -> int:
        """How many documents the claim brings."""
        return sum(deed.documents for deed in self.deeds)


def _deed(day: float, by: str, action: str, documents: int = 0, **answers: str) -> Deed:
    return Deed(day, by, action, {name: (text,) for name, text in answers.items()}, documents=documents)


BEGUN = (Deed(0, PARTNER, "create"),)
HALF = (*BEGUN, Deed(0.01, PARTNER, "edit", fields="some"))
READY = (*BEGUN, Deed(0.01, PARTNER, "edit", fields="all"), Deed(0.02, PARTNER, "edit", documents=1))
FILED = (*READY, _deed(0.03, PARTNER, "submit"))


def _reviewed(day: float, *further: Deed) -> tuple[Deed, ...]:
    return (*FILED, _deed(day, REVIEWER, "start_review"), *further)


def _asked(day: float) -> Deed:
    return Deed(
        day,
        REVIEWER,
        "request_information",
        {
            "reason": ("missing_customer_acknowledgment", "missing_or_old_dates"),
            "message": (
                "The customer’s signature is missing. Please upload a letter signed in the last 12 months.",
            ),
        },
    )


def _rejected(day: float, reason: str = "insufficient_poe") -> Deed:
    return _deed(
        day,
        REVIEWER,
        "reject",
        reason=reason,
        message="The documents do not show what was done for each product that the claim names.",
    )


def _disputed(day: float) -> Deed:
    return _deed(
        day,
        PARTNER,
        "dispute",
        documents=1,
        justification="The record of work on the last pages covers every product; a signed copy is attached.",
    )


def _comment(day: float, by: str, message: str) -> Deed:
    return _deed(day, by, "comment", message=message)


_approved = _deed(5, REVIEWER, "approve")
_DENIED = _deed(
    16, REVIEWER2, "deny_dispute", reason="insufficient_poe", message="The new letter is not signed either."
)

STORIES = (
    Story("Only begun", 1, 2, BEGUN),
    Story("Half filled in", 3, 2, HALF),
    Story("Ready to be submitted", 2, 2, READY),
    Story("Waiting for a reviewer", 1, 4, FILED),
    Story("Waiting too long for a reviewer", 12, 2, FILED),
    Story("Under review", 6, 4, _reviewed(2)),
    Story(
        "Under review, with a question answered",
        8,
        2,
        _reviewed(
            2,
            _comment(3, REVIEWER, "Which of the workshops covered the second product?"),
            _comment(4, PARTNER, "The one in week three; page 2 of the letter lists it."),
        ),
    ),
    Story("Review overdue", 40, 2, _reviewed(3)),
    Story("Asked for more information", 9, 4, _reviewed(2, _asked(5))),
    Story("Answer almost due", 19, 2, _reviewed(1, _asked(2))),
    Story(
        "Resubmitted",
        12,
        2,
        _reviewed(
            2, _asked(4), _deed(9, PARTNER, "resubmit", documents=1, message="The signed letter is attached.")
        ),
    ),
    Story("Approved, the customer may decline", 8, 3, _reviewed(2, _approved)),
    Story("Approved and agreed", 9, 2, _reviewed(2, _approved, _deed(6, CUSTOMER, "agree")), settled=True),
    Story("Approved and assessed", 40, 5, _reviewed(3, _deed(9, REVIEWER, "approve")), settled=True),
    Story("Rejected", 15, 4, _reviewed(2, _rejected(8))),
    Story("Rejected, products missing", 20, 1, _reviewed(2, _rejected(8, "missing_products"))),
    Story("No response", 45, 2, _reviewed(2, _asked(4)), settled=True),
    Story("Declined by the customer", 12, 2, _reviewed(2, _approved, _deed(7, CUSTOMER, "decline"))),
    Story("Time to dispute over", 75, 2, _reviewed(2, _rejected(8)), settled=True),
    Story(
        "Rejected at the partner’s request",
        10,
        2,
        _reviewed(
            2,
            _deed(
                4,
                PARTNER,
                "request_rejection",
                reason="wrong_activity",
                message="We chose the wrong activity.",
            ),
        ),
    ),
    Story("In dispute", 14, 3, _reviewed(2, _rejected(6), _disputed(12))),
    Story("Dispute overdue", 40, 1, _reviewed(2, _rejected(6), _disputed(12))),
    Story("Dispute denied", 50, 2, _reviewed(2, _rejected(6), _disputed(12), _DENIED), settled=True),
    Story(
        "Dispute approved",
        60,
        1,
        _reviewed(2, _rejected(6), _disputed(12), _deed(16, REVIEWER2, "approve_dispute")),
        settled=True,
    ),
    Story(
        "Disassociated",
        70,
        2,
        _reviewed(
            3,
            _deed(6, REVIEWER, "approve"),
            _deed(40, PARTNER, "disassociate", reason="Our work with this customer has ended."),
        ),
        settled=True,
    ),
    Story("Competing, both under review", 7, 1, _reviewed(2), contested=0),
    Story("Competing, one waits", 5, 1, _reviewed(2), contested=1, only="Contoso"),
    Story("Competing, the other waits", 4, 1, FILED, contested=1, only="Fabrikam"),
    Story(
        "Competing, won",
        16,
        1,
        _reviewed(2, _deed(9, REVIEWER, "settle")),
        contested=2,
        only="Contoso",
    ),
    Story("Competing, lost", 15, 1, _reviewed(2), contested=2, only="Fabrikam"),
)
