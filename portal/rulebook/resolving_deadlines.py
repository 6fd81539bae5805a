"""The names of deadlines.yaml and notifications.yaml: clocks, their ends, and who is told of what."""

import re

from portal.rulebook import closed_names as closed
from portal.rulebook.documents import Path
from portal.rulebook.models import ClockRule, Mail, Side
from portal.rulebook.notes import Notes
from portal.rulebook.parts import Parts
from portal.rulebook.quoted_numbers import quoted_numbers
from portal.rulebook.resolving_lifecycle import of_claim
from portal.rulebook.resolving_rules import BOTH_SIDES, RuleChecks
from portal.rulebook.vocabulary import Vocabulary
from portal.rulebook.wording import listed, quoted

_REMINDER = re.compile(r"[1-9][0-9]{0,3} (business |calendar )?days? before")
_DUE_ON = "_due_on"


def statuses_of(clock: ClockRule) -> list[str]:
    """Return the statuses in which a clock runs."""
    return [clock.while_] if isinstance(clock.while_, str) else clock.while_


def check_deadlines(parts: Parts, vocabulary: Vocabulary, notes: Notes) -> None:
    """Check every name of deadlines.yaml into `notes`."""
    for name, clock in parts.deadlines.clocks.items():
        path: Path = ("clocks", name)
        file = "deadlines.yaml"
        for position, status in enumerate(statuses_of(clock)):
            place = (*path, "while") if isinstance(clock.while_, str) else (*path, "while", position)
            notes.unknown(file, place, "status", status, parts.lifecycle.statuses)
        if clock.if_ is not None:
            of_claim(notes, file, (*path, "if"), clock.if_, vocabulary)
        for position, reminder in enumerate(clock.remind):
            if not _REMINDER.fullmatch(reminder):
                sentence = f'"{reminder}" is no reminder: write one such as "7 days before"'
                notes.problem(file, (*path, "remind", position), sentence)
        if name.endswith(_DUE_ON):
            notes.problem(
                file, path, f"a clock's name must not end in {_DUE_ON}, which is its due date", key=True
            )
        _check_end(parts, notes, path, clock)
        _check_length(notes, path, clock)


def _check_end(parts: Parts, notes: Notes, path: Path, clock: ClockRule) -> None:
    file, transitions, place = "deadlines.yaml", parts.lifecycle.transitions, (*path, "at_end")
    if clock.at_end == closed.NOTHING:
        if clock.reason is None:
            notes.problem(file, place, "a clock whose end does nothing must say why: add `reason:`")
        return
    notes.unknown(file, place, "transition", clock.at_end, [*transitions, closed.NOTHING])
    end = transitions.get(clock.at_end)
    if end is None:
        return
    if end.by != closed.SYSTEM:
        notes.problem(
            file, place, f"{clock.at_end} is done by {end.by}: name a transition that is `by: system`"
        )
    elif end.refuse or end.guards or end.requires:
        sentence = (
            f"{clock.at_end} can be refused, so that the clock would end without a consequence: take out its "
            "`refuse:`, `guards:` and `requires:`, or say with `if:` when the clock runs"
        )
        notes.problem(file, place, sentence)
    known = parts.lifecycle.statuses
    missed = [status for status in statuses_of(clock) if status in known and status not in end.moves]
    if missed:
        sentence = (
            f"the clock runs in {quoted(missed)}, where {clock.at_end} cannot happen: add it to `moves`"
        )
        notes.problem(file, place, sentence)


def _check_length(notes: Notes, path: Path, clock: ClockRule) -> None:
    length = int(clock.length.split()[0])
    numbers = quoted_numbers(clock.source or "")
    if numbers and length not in numbers and not clock.decided:
        said = listed([str(number) for number in sorted(numbers)])
        sentence = (
            f"the source says {said}, but the clock {length}: correct one of them, or write `decided: true`"
        )
        notes.problem("deadlines.yaml", (*path, "length"), sentence)


def check_notifications(parts: Parts, vocabulary: Vocabulary, notes: Notes) -> None:
    """Check every name of notifications.yaml into `notes`."""
    file = "notifications.yaml"
    known = [*parts.lifecycle.transitions, *(f"remind_{clock}" for clock in parts.deadlines.clocks)]
    checks = RuleChecks(parts, vocabulary, notes)
    for event, mails in parts.notifications.events.items():
        notes.unknown(file, ("events", event), "transition or reminder", event, known, key=True)
        for position, mail in enumerate(mails):
            path: Path = ("events", event, position)
            if mail.when is not None:
                of_claim(notes, file, (*path, "when"), mail.when, vocabulary)
            for key in ("subject", "lead", "next"):
                checks.text(
                    file, (*path, key), getattr(mail, key), "claim", _readers(mail), closed.MAIL_NAMES
                )


def _readers(mail: Mail) -> frozenset[Side]:
    if mail.to in ("partner", "customer"):
        return frozenset(("partner",))
    return BOTH_SIDES if mail.to == "other_side" else frozenset(("operator",))
