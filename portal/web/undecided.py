"""What is kept of a question that could not be decided: a line of the log with its facts, and a count."""

import logging
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import current_app

from portal.rulebook.decision import CouldNotBeDecided, Facts, Value
from portal.web.metrics import UNDECIDED

log = logging.getLogger(__name__)


def note_undecided(error: CouldNotBeDecided) -> None:
    """Log the question, the policy version, why, and every fact with its value; count it by question.

    With these the decision can be tried again. Whoever handles the error calls this; an error that is
    raised on and handled again is noted once. The log masks the facts as it masks everything.
    """
    if error.noted:
        return
    error.noted = True
    log.error(
        "a question could not be decided",
        extra={
            "question": error.question,
            "policy_version": error.policy_version,
            "why": error.why,
            "facts": _plain(error.facts) if error.facts is not None else None,
        },
    )
    current_app.extensions[UNDECIDED].labels(error.question).inc()


def _plain(facts: Facts) -> dict[str, Any]:
    return {
        "claim": _plain_values(facts.claim),
        "products": [_plain_values(item) for item in facts.products],
        "documents": [_plain_values(item) for item in facts.documents],
    }


def _plain_values(facts: Mapping[str, Value]) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in facts.items()}


def _plain_value(value: Value) -> Any:
    if isinstance(value, frozenset):
        return sorted(value, key=str)  # facts may be ill-typed, which may be why
    return value.isoformat() if isinstance(value, date) else value  # a datetime is a date as well
