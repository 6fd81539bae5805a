"""A question without an answer leaves in the log what is needed to ask it again."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask

from portal.clock import FixedClock
from portal.rulebook.decision import CouldNotBeDecided, Facts
from portal.web.logs import configure_logging
from portal.web.undecided import note_undecided


@pytest.fixture
def written(clock: FixedClock) -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging(clock, stream)
    yield stream
    root.handlers, root.level = handlers, level


def test_the_line_has_the_version_the_reason_and_every_fact(bakery: Flask, written: io.StringIO) -> None:
    error = CouldNotBeDecided("approve", "the two evaluators differ")
    error.policy_version = "abc123"
    error.facts = Facts(
        claim={
            "claim.round": 2,
            "actor.roles": frozenset({"b", "a"}),
            "claim.since": datetime(2026, 11, 23, tzinfo=UTC),
            "today": date(2026, 11, 23),
            "input.message": "see /consent/TOKEN",
            "input.password": "hunter2",
            "claim.name": None,
        },
        products=({"product.name": "Teams"},),
    )
    with bakery.app_context():
        note_undecided(error)
    (line,) = [json.loads(text) for text in written.getvalue().splitlines()]
    assert (line["event"], line["level"]) == ("a question could not be decided", "error")
    assert (line["question"], line["policy_version"], line["why"]) == (
        "approve",
        "abc123",
        "the two evaluators differ",
    )
    assert line["facts"] == {
        "claim": {
            "claim.round": 2,
            "actor.roles": ["a", "b"],
            "claim.since": "2026-11-23T00:00:00+00:00",
            "today": "2026-11-23",
            "input.message": "see /consent/***",
            "input.password": "***",
            "claim.name": None,
        },
        "products": [{"product.name": "Teams"}],
        "documents": [],
    }


def test_a_question_that_got_nowhere_has_no_facts(bakery: Flask, written: io.StringIO) -> None:
    error = CouldNotBeDecided("approve", "the engine is missing")
    with bakery.app_context():
        note_undecided(error)
        note_undecided(error)
    line = json.loads(written.getvalue())
    assert (line["policy_version"], line["facts"]) == ("", None)
