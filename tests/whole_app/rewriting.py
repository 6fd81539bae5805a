"""Rewrites the rule files as a policy owner might: numbers, labels and roles, or new states."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from shutil import copyfile
from typing import Any

from ruamel.yaml import YAML

MARK = " ‡"


def rewritten(source: Path, target: Path, changes: dict[str, Callable[[Any], None]]) -> Path:
    """Copy the rule folder `source` to `target` with `changes` (file → function on its content) made.

    Every other file stays letter for letter, so that it was read before.
    """
    yaml = YAML()
    yaml.width = 4000
    yaml.preserve_quotes = True  # “Yes” in quotes is a text, and without them none that a file may have
    target.mkdir(parents=True)
    for path in sorted(source.glob("*.yaml")):
        if path.name not in changes:
            copyfile(path, target / path.name)
            continue
        content = yaml.load(path.read_text(encoding="utf-8"))
        changes[path.name](content)
        written = io.StringIO()
        yaml.dump(content, written)
        (target / path.name).write_text(written.getvalue(), encoding="utf-8")
    return target


def marked_labels(content: Any) -> None:
    """Add a mark to every label of a file, wherever it stands."""
    if isinstance(content, dict):
        for key, value in content.items():
            if key == "label" and isinstance(value, str):
                content[key] = value + MARK
            else:
                marked_labels(value)
    elif isinstance(content, list):
        for item in content:
            marked_labels(item)


def longer_clocks(content: Any) -> None:
    """Make every clock one day longer; the quoted source then no longer says the number."""
    for clock in content["clocks"].values():
        clock["length"] = re.sub(r"\d+", lambda found: str(int(found[0]) + 1), clock["length"])
        clock["decided"] = True
    marked_labels(content)


def renamed_roles(content: Any) -> None:
    """Give every role another code, and a label with a mark."""
    for code in list(content["roles"]):
        content["roles"][f"the_{code}"] = role = content["roles"].pop(code)
        if "never_with" in role:
            role["never_with"] = [f"the_{other}" for other in role["never_with"]]
    marked_labels(content)


def two_disputes(content: Any) -> None:
    """Allow two disputes instead of one."""
    content["values"]["disputes_at_most"] = 2


def other_lifecycle(content: Any) -> None:
    """Mark the labels; the source says that one dispute is allowed, and the value no longer does."""
    marked_labels(content)
    for rule in content["transitions"]["dispute"]["refuse"]:
        rule["decided"] = True


def a_pause(content: Any) -> None:
    """Add a status and the two transitions into and out of it."""
    content["statuses"]["paused"] = {
        "label": "On hold",
        "means": "The review rests until a question outside the claim is settled.",
        "waits_for": "operator",
    }
    content["transitions"]["pause"] = {
        "label": "Put on hold",
        "path": ["reviews/hold"],
        "moves": {"under_review": "paused"},
        "by": "reviews.decide",
        "asks": {"message": {"type": "text", "need": "required", "label": "Why does the review rest"}},
        "effects": ["post_message"],
        "decided": True,
    }
    content["transitions"]["resume"] = {
        "label": "Go on with the review",
        "path": ["reviews/resumption"],
        "moves": {"paused": "under_review"},
        "by": "reviews.decide",
        "decided": True,
    }
