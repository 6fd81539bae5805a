"""The comments of a claim as a reader sees them: each with the answers to it."""

from dataclasses import dataclass
from datetime import datetime

from portal.accounts.actor import Actor
from portal.claims.model import Claim, ClaimComment
from portal.claims.timeline import OPERATOR, REVIEW_TEAM


@dataclass(frozen=True)
class Written:
    """One comment; `own` where the reader's side wrote it."""

    id: int
    who: str
    own: bool
    text: str
    at: datetime


@dataclass(frozen=True)
class Thread:
    """A comment and everything that was written in answer to it, in the order of writing."""

    first: Written
    answers: tuple[Written, ...]


def threads(claim: Claim, reader: Actor) -> tuple[Thread, ...]:
    """Return the claim's comments, the earliest first; an answer to an answer stands beside it.

    People are named to their own side and to reviewers; to a partner the operator is one team.
    """
    by_id = {row.id: row for row in claim.comments}
    answers: dict[int, list[Written]] = {}
    for row in claim.comments:
        if row.answers_id is not None:
            answers.setdefault(_first_of(row, by_id), []).append(_written(row, reader))
    return tuple(
        Thread(_written(row, reader), tuple(answers.get(row.id, ())))
        for row in claim.comments
        if row.answers_id is None
    )


def _first_of(row: ClaimComment, by_id: dict[int, ClaimComment]) -> int:
    while row.answers_id is not None:
        row = by_id[row.answers_id]  # always an earlier one, so this ends
    return row.id


def _written(row: ClaimComment, reader: Actor) -> Written:
    own = row.side == reader.side
    named = own or reader.side == OPERATOR or row.side != OPERATOR
    return Written(row.id, row.person.name if named else str(REVIEW_TEAM), own, row.text, row.at)
